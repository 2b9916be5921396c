import {expect, test} from 'vitest'
import {before, isPeriod, presetOf, stretchOf} from './period'

test.each([
	['today', '2026-03-29', '2026-03-29', '2026-03-29'],
	['yesterday', '2026-03-01', '2026-02-28', '2026-02-28'],
	['week', '2026-03-29', '2026-03-23', '2026-03-29'],
	['week', '2026-03-30', '2026-03-30', '2026-03-30'],
	['last_week', '2026-03-29', '2026-03-16', '2026-03-22'],
	['four_weeks', '2026-03-29', '2026-03-02', '2026-03-29'],
	['month', '2026-03-29', '2026-03-01', '2026-03-29'],
	['last_month', '2026-03-29', '2026-02-01', '2026-02-28'],
	['last_month', '2026-01-29', '2025-12-01', '2025-12-31'],
] as const)('%s on %s', (preset, today, first, last) => expect(presetOf(preset, today)).toEqual({first, last}))

test('as long, just before', () => expect(before({first: '2026-03-02', last: '2026-03-29'})).toEqual({first: '2026-02-02', last: '2026-03-01'}))

test('days of the line', () =>
	expect(stretchOf({first: '2026-03-02', last: '2026-03-02'}, 'Asia/Ho_Chi_Minh')).toEqual({
		from: '2026-03-01T17:00:00.000Z',
		to: '2026-03-02T17:00:00.000Z',
	}))

test('no period', () => {
	expect(isPeriod({first: '2026-03-02', last: '2026-03-01'})).toBe(false)
	expect(isPeriod({first: '', last: '2026-03-01'})).toBe(false)
	expect(isPeriod({first: '2026-03-01', last: '2026-03-01'})).toBe(true)
})
