import {describe, expect, test} from 'vitest'
import type {Collector} from './api'
import {backlogOf, clockOff, healthOf, progressOf, timeUncertain, troubleOf} from './custody'

const collector = (changes: Partial<Collector> = {}): Collector => ({ledger_batches: 1000, view_batches: 1000, in_doubt: 0, isolated: [], refused: [], ...changes})

describe('figures that are not of this moment', () => {
	const cases: [name: string, changes: Partial<Collector>, want: string | undefined][] = [
		['all well', {}, undefined],
		['nothing yet', {ledger_batches: 0, view_batches: 0}, undefined],
		['a few behind', {view_batches: 950}, undefined],
		['behind', {view_batches: 949}, 'behind'],
		['the database is down', {view_error: 'connection refused'}, 'views'],
		['down for long', {view_batches: 100, view_error: 'connection refused'}, 'views'],
		['the disk is full', {ledger_error: 'no space left on device', view_error: 'connection refused'}, 'ledger'],
	]
	test.each(cases)('%s', (_, changes, want) => expect(troubleOf(collector(changes))).toBe(want))
})

test('progress', () => {
	expect(progressOf(collector({view_batches: 610}))).toEqual({behind: 390, share: 0.61})
	expect(progressOf(collector())).toBeUndefined()
})

test('a clock is wrong from a minute on', () => {
	expect([300, 61, 60, -60, -61].map((s) => clockOff({clock_ahead_s: s}))).toEqual([300, 61, 0, 0, -61])
})

test('a row says that its time is uncertain', () => {
	expect([undefined, [], ['oee_over_1'], ['oee_over_1', 'time_uncertain']].map((flags) => timeUncertain({flags}))).toEqual([false, false, false, true])
})

describe('where batches are', () => {
	const cases: [name: string, sealed: number, ledger: number, stored: number, waiting: number, uncounted: number][] = [
		['all counted', 9, 9, 9, 0, 0],
		['on the way', 9, 7, 7, 2, 0],
		['figures are behind', 9, 7, 4, 2, 3],
		['the ledger is ahead of what was heard', 9, 11, 10, 0, 1],
	]
	test.each(cases)('%s', (_, sealed, in_ledger, stored, waiting, uncounted) => expect(backlogOf({sealed, in_ledger, stored})).toEqual({waiting, uncounted}))
})

describe('why batches are late', () => {
	const missing = {first: 4, last: 5, since: '2026-03-27T23:00:00Z'}
	const cases: [name: string, g: Parameters<typeof healthOf>[0], want: string][] = [
		['not late', {health: 'ok', sealed: 9, in_ledger: 9, stored: 9}, 'ok.words'],
		['on the way', {health: 'late', sealed: 9, in_ledger: 3, stored: 3}, 'late.words'],
		['perhaps lost', {health: 'late', sealed: 9, in_ledger: 3, stored: 3, missing}, 'late.missing'],
		['figures are behind', {health: 'late', sealed: 9, in_ledger: 8, stored: 3}, 'late.uncounted'],
	]
	test.each(cases)('%s', (_, g, want) => expect(healthOf(g)).toBe(want))
})
