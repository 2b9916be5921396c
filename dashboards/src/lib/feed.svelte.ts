// A resource that is asked for again and again. What was known stays on the page when an answer fails to come.
import {onMount, untrack} from 'svelte'
import {ApiError} from './api'

export class Feed<T> {
	data = $state.raw<T>()
	error = $state.raw<ApiError>()
	/** When the data came, in milliseconds since 1970. */
	at = $state<number>()

	#ask: (signal: AbortSignal) => Promise<T>
	#everyMs: number
	#timer: ReturnType<typeof setTimeout> | undefined
	#running: AbortController | undefined

	/** The first load() begins; everyMs after each answer it asks again, with 0 never by itself. */
	constructor(ask: (signal: AbortSignal) => Promise<T>, everyMs: number) {
		this.#ask = ask
		this.#everyMs = everyMs
	}

	/** Asks now. A request that still runs is given up. */
	load = async () => {
		this.stop()
		const running = (this.#running = new AbortController())
		try {
			this.data = await this.#ask(running.signal)
			this.at = Date.now()
			this.error = undefined
		} catch (cause) {
			if (running.signal.aborted) return
			this.error = cause instanceof ApiError ? cause : new ApiError(0, {detail: String(cause)})
		}
		if (this.#running === running && this.#everyMs > 0) this.#timer = setTimeout(this.load, this.#everyMs)
	}

	stop() {
		clearTimeout(this.#timer)
		this.#running?.abort()
		this.#running = undefined
	}
}

/** Loads the feeds while a component is there. To be called while it is set up. */
export function mounted(...feeds: Feed<unknown>[]) {
	onMount(() => {
		for (const feed of feeds) void feed.load()
		return () => feeds.forEach((feed) => feed.stop())
	})
}

/** Loads the feed now and whenever key() has another value; undefined is nothing to ask for yet. To be called while a
 *  component is set up. */
export function follow<T>(feed: Feed<T>, key: () => string | undefined) {
	const value = $derived(key())
	$effect(() => {
		if (value === undefined) return
		untrack(() => void feed.load())
		return () => feed.stop()
	})
}
