// The outbox of this device at work: it sends at once, and again when the network or the reader comes back.
import {ApiError} from './api'
import {writeEntry, type Entered} from './logapi'
import {adopt, newId, put, remove, sendAll, waiting, type Waiting} from './outbox'
import {signed} from './session.svelte'
import {outboxSlot as slot} from './storage'

const retryMs = {least: 5_000, most: 300_000}

class Outbox {
	all = $state.raw<Waiting[]>([])
	sending = $state(false)
	/** Counts rounds that brought something to the collector: what is shown of the log has changed. */
	heard = $state(0)

	#started = false
	#again = false
	#timer: ReturnType<typeof setTimeout> | undefined
	#waitMs = retryMs.least

	/** Begins to send; once is enough for the life of the page. */
	start() {
		if (this.#started) return
		this.#started = true
		addEventListener('online', this.#soon)
		addEventListener('pageshow', this.#soon)
		document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#soon())
		addEventListener('storage', (event) => (event.key === null || event.key.startsWith(slot)) && this.#look())
		this.#soon()
	}

	/** Puts an entry down and sends it as soon as can be. Throws where the browser keeps nothing. */
	add(line: string, entry: Entered) {
		put(localStorage, {id: newId(), line, by: signed.now?.name ?? '', typed: Date.now(), entry})
		this.#soon()
	}

	remove(id: string) {
		remove(localStorage, id)
		this.#look()
	}

	/** Sends an entry again that was refused: what stood in its way may be gone. */
	retry(w: Waiting) {
		put(localStorage, {...w, refused: undefined})
		this.#soon()
	}

	/** To be called when somebody has signed in. */
	signedIn(name: string) {
		adopt(localStorage, name)
		this.#soon()
	}

	#look = () => {
		const before = this.all.length
		this.all = stored()
		if (this.all.length < before) this.heard++
	}

	#soon = () => {
		this.#waitMs = retryMs.least
		this.#look()
		void this.#round()
	}

	#round = async () => {
		clearTimeout(this.#timer)
		this.#again = true
		if (this.sending) return
		this.sending = true
		while (this.#again) {
			this.#again = false
			await this.#sendAll()
		}
		this.sending = false
	}

	async #sendAll() {
		const round = await sendAll(localStorage, signed.now, async (w, token) => {
			await writeEntry(w.line, w.id, w.entry, token)
		}).catch(() => 'later' as const)
		this.#look()
		if (round === 'sign_in') signed.lapse(new ApiError(401, {}))
		if (round !== 'later') return
		this.#timer = setTimeout(this.#round, this.#waitMs)
		this.#waitMs = Math.min(this.#waitMs * 2, retryMs.most)
	}
}

// Where storage is forbidden nothing waits: adding says so.
function stored(): Waiting[] {
	try {
		return waiting(localStorage)
	} catch {
		return []
	}
}

export const outbox = new Outbox()
