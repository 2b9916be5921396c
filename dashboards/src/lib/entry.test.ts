import {describe, expect, test} from 'vitest'
import {doubts, draftOf, emptyDraft, read, readFigure, shiftsOn, type Draft} from './entry'
import type {Entered, Sheet} from './logapi'

const sheet: Sheet = {
	name: {vi: 'Ép tay'},
	timezone: 'Asia/Ho_Chi_Minh',
	machines: [],
	products: [],
	shifts: [
		{shift: 'morning', from: '2026-02-28T23:00:00Z', to: '2026-03-01T07:00:00Z'},
		{shift: 'night', from: '2026-03-01T15:00:00Z', to: '2026-03-01T23:00:00Z'},
	],
}
const now = Date.parse('2026-03-02T12:00:00+07:00')
const draft = (more: Partial<Draft> = {}): Draft => ({...emptyDraft('2026-03-01'), shift: '2026-02-28T23:00:00Z', figures: {produced: '100'}, ...more})
const said = (d: Draft) => read(d, sheet, now).mistakes.map((m) => `${m.field} ${m.code}`)

describe('a figure', () => {
	const cases: [text: string, whole: boolean, want: unknown][] = [
		['', true, {}],
		['  ', false, {}],
		['0', true, {value: 0}],
		[' 6250 ', true, {value: 6250}],
		['412,5', false, {value: 412.5}],
		['412.5', false, {value: 412.5}],
		['0,125', false, {value: 0.125}],
		['1,2340', false, {value: 1.234}],
		['1.234', true, {code: 'ambiguous'}],
		['1,234', false, {code: 'ambiguous'}],
		['1.234.567', true, {code: 'thousands'}],
		['1 234', true, {code: 'thousands'}],
		['12,5', true, {code: 'not_whole'}],
		['-3', false, {code: 'negative'}],
		['12h', false, {code: 'not_a_number'}],
		['-', false, {code: 'negative'}],
		['9999999999999999', true, {code: 'number_too_large'}],
	]
	test.each(cases)('%j (whole: %j)', (text, whole, want) => expect(readFigure(text, whole)).toEqual(want))
})

test('what was left empty is not in the entry', () => {
	const {entry, mistakes} = read(draft({figures: {produced: '0', good: '', scrap: ' '}}), sheet, now)
	expect(mistakes).toEqual([])
	expect(entry).toEqual({shift_start: '2026-02-28T23:00:00Z', shift_end: '2026-03-01T07:00:00Z', produced: 0})
})

test('hours of one\'s own go past midnight', () => {
	const {entry} = read(draft({shift: '', from: '22:00', to: '06:00'}), sheet, now)
	expect([entry.shift_start, entry.shift_end]).toEqual(['2026-03-01T15:00:00.000Z', '2026-03-01T23:00:00.000Z'])
})

describe('what cannot be', () => {
	const cases: [name: string, draft: Draft, want: string[]][] = [
		['no time', draft({shift: ''}), ['shift_start missing']],
		['a shift that is not over', draft({shift: '', day: '2026-03-02', from: '06:00', to: '14:00'}), ['shift_end in_future']],
		['nothing', draft({figures: {}}), ['produced nothing']],
		['more good than made', draft({figures: {produced: '10', good: '11'}}), ['good more_than_produced']],
		['more than made together', draft({figures: {produced: '10', good: '8', scrap: '3'}}), ['scrap good_and_scrap_more_than_produced']],
		['more worked than attended', draft({figures: {attended_hours: '8', worked_hours: '9'}}), ['worked_hours worked_more_than_attended']],
		['more hours than there are', draft({figures: {workers: '2', attended_hours: '16,5'}}), ['attended_hours attended_more_than_possible']],
		['two at once', draft({figures: {produced: 'x', energy_kwh: '-1'}}), ['produced not_a_number', 'energy_kwh negative', 'produced nothing']],
	]
	test.each(cases)('%s', (_, d, want) => expect(said(d)).toEqual(want))
	test('hours with two decimals are not too many', () => expect(said(draft({figures: {workers: '3', attended_hours: '24,01'}}))).toEqual([]))
})

describe('what should be looked at', () => {
	const entry = (more: Partial<Entered>): Entered => ({shift_start: '2026-02-28T23:00:00Z', shift_end: '2026-03-01T07:00:00Z', ...more})
	const cases: [name: string, entry: Entered, want: string[]][] = [
		['nothing', entry({produced: 100, good: 97, scrap: 3, workers: 10, attended_hours: 80, energy_kwh: 5}), []],
		['units that are neither', entry({produced: 100, good: 90, scrap: 3}), ['unaccounted']],
		['the hours of one', entry({workers: 10, attended_hours: 8}), ['short_hours']],
		['energy without output', entry({energy_kwh: 5}), ['energy_alone']],
		['energy for nothing', entry({energy_kwh: 5, produced: 0}), ['idle_energy']],
		['more out than in', entry({material_in_kg: 10, product_out_kg: 11}), ['heavier']],
	]
	test.each(cases)('%s', (_, e, want) => expect(doubts(e).map((d) => d.key)).toEqual(want))
})

test('an entry comes back as it was', () => {
	const entry: Entered = {
		shift_start: '2026-03-01T15:00:00Z', shift_end: '2026-03-01T23:00:00Z', machine: 'press', product: 'GB-390', order: 'L1',
		produced: 10, good: 0, attended_hours: 1.234, energy_kwh: 12.5, comment: 'thay khuôn', coverage: 0.5, cluster: 'c', replaces: 'e1',
	}
	expect(read(draftOf(entry, sheet), sheet, now)).toEqual({entry, mistakes: []})
	const own = {...entry, shift_start: '2026-03-01T15:30:00.000Z', shift_end: '2026-03-01T23:00:00.000Z'}
	expect(read(draftOf(own, sheet), sheet, now)).toEqual({entry: own, mistakes: []})
})

test('a day has the shifts that begin on it', () => {
	expect(shiftsOn(sheet, '2026-03-01').map((s) => s.shift)).toEqual(['morning', 'night'])
	expect(shiftsOn(sheet, '2026-03-02')).toEqual([])
})
