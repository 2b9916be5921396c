// Entries of shift logs that were typed on this device and that the collector is not known to have. Each has an id that was
// chosen here, under which the collector takes it once, however often it is sent; so neither a lost answer, nor a browser that
// was closed, nor two tabs can double it. Each lies under a key of its own, so that two tabs cannot write over each other's.
//
// It does not keep what the browser itself throws away: who clears the site's data clears this too.
import {ApiError} from './api'
import type {Mistake} from './entry'
import type {Entered, Session} from './logapi'
import {outboxSlot as slot} from './storage'

export interface Waiting {
	id: string
	line: string
	/** Who typed it, and under whose name alone it is sent; '' where nobody was signed in. */
	by: string
	/** When, in milliseconds since 1970 by this device's clock. */
	typed: number
	entry: Entered
	refused?: Refusal
}

/** Why the collector will not have an entry as it is. */
export interface Refusal {
	status: number
	mistakes: Mistake[]
	/** What the collector said, in English. */
	said: string
}

/** Puts an entry down; throws where the browser keeps nothing. */
export const put = (store: Storage, w: Waiting) => store.setItem(slot + w.id, JSON.stringify(w))

export const remove = (store: Storage, id: string) => store.removeItem(slot + id)

/** All that wait, the oldest first. */
export function waiting(store: Storage): Waiting[] {
	const all: Waiting[] = []
	for (let n = 0; n < store.length; n++) {
		const key = store.key(n)
		const w = key?.startsWith(slot) ? parsed(store.getItem(key)) : undefined
		if (w) all.push(w)
	}
	return all.sort((a, b) => a.typed - b.typed)
}

// What somebody else left there keeps nothing else from being sent.
function parsed(text: string | null): Waiting | undefined {
	try {
		return JSON.parse(text ?? 'null') ?? undefined
	} catch {
		return undefined
	}
}

/** Gives a name to what was typed without one: it is sent under that. */
export function adopt(store: Storage, name: string) {
	for (const w of waiting(store)) if (w.by === '') put(store, {...w, by: name})
}

/** How a round of sending ended: everything of this person is there or refused, nobody answered, or they must sign in anew. */
export type Round = 'done' | 'later' | 'sign_in'

/** Sends all that a person typed and that was not refused. */
export async function sendAll(store: Storage, session: Session | undefined, send: (w: Waiting, token: string) => Promise<unknown>): Promise<Round> {
	for (;;) {
		const next = waiting(store).find((w) => !w.refused && w.by === session?.name) // anew each time: another tab may have sent it
		if (!next || !session) return 'done'
		try {
			await send(next, session.token)
			remove(store, next.id)
		} catch (cause) {
			const error = cause instanceof ApiError ? cause : new ApiError(0, {detail: String(cause)})
			if (error.status === 401) return 'sign_in'
			if (mayPass(error.status)) return 'later'
			if (store.getItem(slot + next.id) !== null) put(store, {...next, refused: refusal(error)}) // unless it was taken away meanwhile
		}
	}
}

// No answer, too slow, too much at once, or trouble of the server's own: the same may be taken another time.
const mayPass = (status: number) => status === 0 || status === 408 || status === 425 || status === 429 || status >= 500

function refusal({status, problem}: ApiError): Refusal {
	const mistakes = (problem.errors ?? []).map((e) => ({
		field: e.location?.replace(/^body\./, '') ?? '',
		code: typeof e.value === 'string' ? e.value : '',
		message: e.message,
	}))
	return {status, mistakes, said: problem.detail ?? problem.title ?? ''}
}

/** An id that nobody else has. A page that was not had over TLS has no randomUUID. */
export function newId(from: Crypto = crypto): string {
	if (typeof from.randomUUID === 'function') return from.randomUUID()
	return Array.from(from.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}
