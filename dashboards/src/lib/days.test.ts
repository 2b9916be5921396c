import {describe, expect, test} from 'vitest'
import {addDays, dayOf, daysBetween, fullHours, mondayOf, startOfDay, stretchOf} from './days'

describe('a day begins at midnight of its zone', () => {
	const cases: [zone: string, day: string, want: string][] = [
		['Asia/Ho_Chi_Minh', '2026-03-28', '2026-03-27T17:00:00.000Z'],
		['Asia/Kathmandu', '2026-03-28', '2026-03-27T18:15:00.000Z'],
		['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z'], // summer time begins in that night
		['Europe/Berlin', '2026-03-30', '2026-03-29T22:00:00.000Z'],
		['UTC', '2026-01-01', '2026-01-01T00:00:00.000Z'],
	]
	test.each(cases)('%s %s', (zone, day, want) => {
		const start = startOfDay(day, zone)
		expect(new Date(start).toISOString()).toBe(want)
		expect(dayOf(start, zone)).toBe(day)
		expect(dayOf(start - 1, zone)).toBe(addDays(day, -1))
	})
})

test('days between, both included', () => {
	expect(daysBetween('2026-02-27', '2026-03-01')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01'])
	expect(daysBetween('2026-03-02', '2026-03-01')).toEqual([])
})

test('full hours are those of the zone, also where it is half an hour off', () => {
	const from = Date.parse('2026-03-28T00:00:00Z')
	const iso = (all: number[]) => all.map((t) => new Date(t).toISOString().slice(11, 16))
	expect(iso(fullHours(from, from + 2 * 3_600_000, 'Asia/Ho_Chi_Minh'))).toEqual(['00:00', '01:00', '02:00'])
	expect(iso(fullHours(from, from + 2 * 3_600_000, 'Asia/Kolkata'))).toEqual(['00:30', '01:30'])
})

test('a week begins on its Monday', () => {
	expect(['2026-03-29', '2026-03-30', '2026-04-05'].map(mondayOf)).toEqual(['2026-03-23', '2026-03-30', '2026-03-30'])
})

test('a stretch of days ends with the last one, however long it is', () => {
	expect(stretchOf('2026-03-29', '2026-03-29', 'Europe/Berlin')).toEqual({from: '2026-03-28T23:00:00.000Z', to: '2026-03-29T22:00:00.000Z'})
})
