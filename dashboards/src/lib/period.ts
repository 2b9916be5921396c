// Stretches of whole days on a line's calendar, to be looked at and compared.
import type {Stretch} from './api'
import {addDays, daysBetween, startOfDay} from './days'

/** Days from the first to the last, both included: 2026-03-27. */
export interface Period {
	first: string
	last: string
}

export const presets = ['today', 'yesterday', 'week', 'last_week', 'four_weeks', 'month', 'last_month'] as const
export type Preset = (typeof presets)[number]

/** What a preset means on a day; weeks begin on Monday, and what has begun goes up to today. */
export function presetOf(preset: Preset, today: string): Period {
	const weekday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7
	const monday = addDays(today, -weekday)
	const monthBegin = `${today.slice(0, 7)}-01`
	const monthBefore = `${addDays(monthBegin, -1).slice(0, 7)}-01`
	switch (preset) {
		case 'today':
			return {first: today, last: today}
		case 'yesterday':
			return {first: addDays(today, -1), last: addDays(today, -1)}
		case 'week':
			return {first: monday, last: today}
		case 'last_week':
			return {first: addDays(monday, -7), last: addDays(monday, -1)}
		case 'four_weeks':
			return {first: addDays(today, -27), last: today}
		case 'month':
			return {first: monthBegin, last: today}
		case 'last_month':
			return {first: monthBefore, last: addDays(monthBegin, -1)}
	}
}

/** As many days as a period has, just before it. */
export function before(p: Period): Period {
	const days = daysBetween(p.first, p.last).length
	return {first: addDays(p.first, -days), last: addDays(p.first, -1)}
}

/** The period as the server is asked for it. */
export const stretchOf = (p: Period, zone: string): Stretch => ({
	from: new Date(startOfDay(p.first, zone)).toISOString(),
	to: new Date(startOfDay(addDays(p.last, 1), zone)).toISOString(),
})

/** Whether both are days and in order. */
export const isPeriod = (p: Period) => /^\d{4}-\d\d-\d\d$/.test(p.first) && /^\d{4}-\d\d-\d\d$/.test(p.last) && p.first <= p.last
