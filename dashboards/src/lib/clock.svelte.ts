// The time now, in steps of a second, for everything on the page that ticks.
import {createSubscriber} from 'svelte/reactivity'

class Clock {
	#subscribe = createSubscriber((update) => {
		const timer = setInterval(update, 1000)
		return () => clearInterval(timer)
	})

	/** Milliseconds since 1970; ticks only while something on the page shows it. */
	get now(): number {
		this.#subscribe()
		return Date.now()
	}

	/** Seconds from a time until now, never negative: clocks of two machines may differ a little. */
	since(time: string | number): number {
		return Math.max(0, (this.now - new Date(time).getTime()) / 1000)
	}
}

export const clock = new Clock()
