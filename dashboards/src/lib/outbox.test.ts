import {beforeEach, describe, expect, test} from 'vitest'
import {ApiError} from './api'
import {adopt, newId, put, remove, sendAll, waiting, type Waiting} from './outbox'

/** What a browser keeps for all tabs of a site. */
class Kept implements Storage {
	[name: string]: unknown
	#all = new Map<string, string>()
	get length() {
		return this.#all.size
	}
	key = (n: number) => [...this.#all.keys()][n] ?? null
	getItem = (key: string) => this.#all.get(key) ?? null
	setItem = (key: string, value: string) => void this.#all.set(key, value)
	removeItem = (key: string) => void this.#all.delete(key)
	clear = () => this.#all.clear()
}

const lan = {name: 'Lan', token: 'T-Lan'}
const entry = {shift_start: '2026-03-01T06:00:00+07:00', shift_end: '2026-03-01T14:00:00+07:00', produced: 0}
const of = (id: string, more: Partial<Waiting> = {}): Waiting => ({id, line: 'hand-press', by: 'Lan', typed: Number(id), entry, ...more})

let store: Kept
beforeEach(() => {
	store = new Kept()
	store.setItem('lineproof.language', 'vi') // not ours
	store.setItem('lineproof.outbox.0', '{"torn') // nobody's
})

/** A collector that keeps what it is sent, once for each id; each answer may fail to come. */
function collector(answers: (number | undefined)[] = []) {
	const kept = new Map<string, Waiting>()
	const send = async (w: Waiting) => {
		kept.set(w.id, w)
		const status = answers.shift()
		if (status !== undefined) throw new ApiError(status, {})
	}
	return {kept, send}
}

test('what was typed is sent in order, and gone from here', async () => {
	for (const id of ['2', '1', '3']) put(store, of(id))
	const {kept, send} = collector()
	expect(await sendAll(store, lan, send)).toBe('done')
	expect([...kept.keys()]).toEqual(['1', '2', '3'])
	expect(waiting(store)).toEqual([])
	expect(store.getItem('lineproof.language')).toBe('vi')
})

describe.each([0, 408, 429, 500, 502, 503])('an answer of %d', (status) => {
	test('keeps the entry, and the same id is sent again', async () => {
		put(store, of('1'))
		const {kept, send} = collector([status])
		expect(await sendAll(store, lan, send)).toBe('later')
		expect(waiting(store)).toEqual([of('1')])
		expect(await sendAll(store, lan, send)).toBe('done')
		expect([...kept.keys()]).toEqual(['1'])
		expect(waiting(store)).toEqual([])
	})
})

test('a refusal names its fields, keeps the entry and does not stop the others', async () => {
	for (const id of ['1', '2']) put(store, of(id))
	const sent: string[] = []
	const round = await sendAll(store, lan, async (w) => {
		sent.push(w.id)
		const errors = [{location: 'body.good', value: 'more_than_produced', message: '11 are more than the 10 produced.'}]
		if (w.id === '1') throw new ApiError(422, {detail: 'the entry cannot be right', errors})
	})
	expect(round).toBe('done')
	expect(sent).toEqual(['1', '2'])
	const mistakes = [{field: 'good', code: 'more_than_produced', message: '11 are more than the 10 produced.'}]
	expect(waiting(store)).toEqual([of('1', {refused: {status: 422, mistakes, said: 'the entry cannot be right'}})])
})

test('what was refused is not sent again by itself', async () => {
	put(store, of('1', {refused: {status: 409, mistakes: [], said: ''}}))
	expect(await sendAll(store, lan, () => Promise.reject(new Error('sent')))).toBe('done')
})

test('a token that the collector does not know keeps all', async () => {
	put(store, of('1'))
	expect(await sendAll(store, lan, collector([401]).send)).toBe('sign_in')
	expect(waiting(store)).toEqual([of('1')])
})

test('nobody sends under the name of another, and without a name nothing goes', async () => {
	put(store, of('1'))
	put(store, of('2', {by: ''}))
	const {kept, send} = collector()
	await sendAll(store, undefined, send)
	await sendAll(store, {name: 'Minh', token: 'T-Minh'}, send)
	expect([...kept.keys()]).toEqual([])
	adopt(store, 'Minh')
	await sendAll(store, {name: 'Minh', token: 'T-Minh'}, send)
	expect([...kept.values()]).toEqual([of('2', {by: 'Minh'})])
	expect(waiting(store)).toEqual([of('1')])
})

test('two tabs neither lose nor double', async () => {
	for (const id of ['1', '2', '3']) put(store, of(id))
	const {kept, send} = collector()
	const late = sendAll(store, lan, send)
	put(store, of('4')) // typed in the other tab meanwhile
	await Promise.all([late, sendAll(store, lan, send)])
	expect([...kept.keys()].sort()).toEqual(['1', '2', '3', '4'])
	expect(waiting(store)).toEqual([])
})

test('what was taken away while it was refused does not come back', async () => {
	put(store, of('1'))
	await sendAll(store, lan, async (w) => {
		remove(store, w.id)
		throw new ApiError(422, {})
	})
	expect(waiting(store)).toEqual([])
})

test('a browser that keeps nothing says so', () => {
	store.setItem = () => {
		throw new DOMException('full', 'QuotaExceededError')
	}
	expect(() => put(store, of('1'))).toThrow('full')
})

test('an id without TLS is as long and never the same', () => {
	const plain = {getRandomValues: (into: Uint8Array) => crypto.getRandomValues(into)} as unknown as Crypto
	const ids = Array.from({length: 100}, () => newId(plain))
	expect(new Set(ids).size).toBe(100)
	expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true)
	expect(newId()).toMatch(/^[0-9a-f-]{36}$/)
})
