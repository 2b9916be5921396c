import {expect, test} from 'vitest'
import type {Control, ControlPoint} from './api'
import {digitsOf, firstShown, lastWeeks, marksOf, spreadOf, whenOf} from './control'
import {Formats} from './format'

const f = new Formats('en', 'Asia/Ho_Chi_Minh')
const at = (from: string, changes: Partial<ControlPoint> = {}): ControlPoint => ({
	from,
	to: new Date(Date.parse(from) + 3_600_000).toISOString(),
	coverage: 1,
	value: null,
	lower_limit: null,
	upper_limit: null,
	...changes,
})

test('what is shown ends with the last day and has as many points as can be told apart', () => {
	expect((['hour', 'shift', 'day'] as const).map((by) => firstShown(by, '2026-03-28'))).toEqual(['2026-03-22', '2026-03-01', '2026-02-01'])
	expect(lastWeeks('2026-03-28')).toEqual({first: '2026-03-01', last: '2026-03-28'})
})

test('an axis has as many digits as its steps need', () => {
	expect([40, 12, 3, 0.9, 0.05, 0, NaN].map(digitsOf)).toEqual([0, 0, 1, 1, 2, 1, 1])
})

test('the spread is that of values and limits, holes left out', () => {
	const points = [at('2026-03-28T00:00:00Z', {value: 3, lower_limit: 1, upper_limit: 4}), at('2026-03-28T01:00:00Z')]
	expect(spreadOf({points} as unknown as Control)).toBe(3)
	expect(spreadOf({points: [at('2026-03-28T01:00:00Z')]} as unknown as Control)).toBe(0)
})

test('hours are marked by day, shifts and days by week, in the time zone of the line', () => {
	const hours = [at('2026-03-27T15:00:00Z'), at('2026-03-27T16:00:00Z'), at('2026-03-27T17:00:00Z')]
	expect(marksOf(hours, 'hour', f)).toEqual(['27/03', '', '28/03'])
	const days = ['2026-03-27', '2026-03-28', '2026-03-29', '2026-03-31'].map((day) => at(`${day}T17:00:00Z`)) // Saturday to Monday, and Wednesday
	expect(marksOf(days, 'day', f)).toEqual(['', '', '30/03', ''])
	expect(marksOf(days.slice(2), 'day', f)).toEqual(['30/03', ''])
})

test('a point is named by its hour, shift or day', () => {
	const p = at('2026-03-27T23:00:00Z', {shift: 'morning'})
	expect(whenOf(p, 'hour', f)).toBe(`06:00–07:00, ${f.date(p.from)}`)
	expect(whenOf(p, 'shift', f)).toBe(`Ca sáng, ${f.date(p.from)}`)
	expect(whenOf(p, 'day', f)).toBe(f.date(p.from))
})
