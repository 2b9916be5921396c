// The live view of one line over server-sent events. A lost connection is said, and comes back by itself.
import {livePath, type Line, type LiveEvent} from './api'

/** Silence after which a connection is opened anew: a broken one does not always say so. */
const silenceMs = 45_000
const retryMs = {least: 1_000, most: 15_000}

export type LiveStatus = 'connecting' | 'live' | 'lost'

export class Live {
	/** The line as the last `line` event told it, its machines as the last `now` event did. */
	line = $state.raw<Line>()
	status = $state<LiveStatus>('connecting')
	/** When the last event came, in milliseconds since 1970 by this device's clock. */
	heard = $state<number>()

	#url: string
	#source: EventSource | undefined
	#watchdog: ReturnType<typeof setTimeout> | undefined
	#retry: ReturnType<typeof setTimeout> | undefined
	#waitMs = retryMs.least

	constructor(line: string) {
		this.#url = livePath(line)
		addEventListener('offline', this.#lost)
		addEventListener('online', this.#open)
		this.#open()
	}

	close() {
		removeEventListener('offline', this.#lost)
		removeEventListener('online', this.#open)
		this.#drop()
	}

	#open = () => {
		this.#drop()
		if (this.status === 'live') this.status = 'connecting'
		const source = (this.#source = new EventSource(this.#url))
		source.addEventListener('line', (event) => this.#tookLine(JSON.parse(event.data) as Line))
		source.addEventListener('now', (event) => this.#tookNow(JSON.parse(event.data) as LiveEvent))
		source.addEventListener('error', this.#lost)
		this.#watchdog = setTimeout(this.#open, silenceMs)
	}

	#drop() {
		clearTimeout(this.#watchdog)
		clearTimeout(this.#retry)
		this.#source?.close()
		this.#source = undefined
	}

	#tookLine(line: Line) {
		this.line = line
		this.#alive()
	}

	#tookNow(now: LiveEvent) {
		if (this.line) this.line = {...this.line, machines: now.machines}
		this.#alive()
	}

	#alive() {
		this.heard = Date.now()
		this.status = 'live'
		this.#waitMs = retryMs.least
		clearTimeout(this.#watchdog)
		this.#watchdog = setTimeout(this.#open, silenceMs)
	}

	// The browser's own retry gives up for ever after an answer such as 502; ours does not.
	#lost = () => {
		this.status = 'lost'
		this.#drop()
		this.#retry = setTimeout(this.#open, this.#waitMs)
		this.#waitMs = Math.min(this.#waitMs * 2, retryMs.most)
	}
}
