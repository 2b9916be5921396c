// Calendar days in a time zone of their own: a line's day begins at its midnight, wherever it is looked at.
import type {Line, Stretch} from './api'

const formatters = (zone: string) =>
	new Intl.DateTimeFormat('en-CA', {
		timeZone: zone,
		hourCycle: 'h23',
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
		hour: '2-digit',
		minute: '2-digit',
		second: '2-digit',
	})

function fields(time: number, zone: string): Record<string, string> {
	return Object.fromEntries(formatters(zone).formatToParts(time).map((p) => [p.type, p.value]))
}

/** The day on the zone's calendar as 2026-03-27. */
export function dayOf(time: number, zone: string): string {
	const f = fields(time, zone)
	return `${f.year}-${f.month}-${f.day}`
}

/** The instant, in milliseconds since 1970, at which a day begins in the zone. */
export function startOfDay(day: string, zone: string): number {
	const midnight = Date.parse(`${day}T00:00:00Z`)
	const first = midnight - offset(midnight, zone)
	return midnight - offset(first, zone) // again: the offset may have changed between the two instants
}

/** How far the zone's wall clock is ahead of UTC at an instant, in milliseconds. */
export function offset(time: number, zone: string): number {
	const f = fields(time, zone)
	return Date.parse(`${f.year}-${f.month}-${f.day}T${f.hour}:${f.minute}:${f.second}Z`) - Math.floor(time / 1000) * 1000
}

/** The full hours of the zone's wall clock from one instant to another, both included. */
export function fullHours(from: number, to: number, zone: string, stepHours = 1): number[] {
	const all: number[] = []
	const step = stepHours * 3_600_000
	for (let t = startOfDay(dayOf(from, zone), zone); t <= to; t += step) if (t >= from) all.push(t)
	return all
}

/** The day some days later, or earlier where the number is negative. */
export function addDays(day: string, days: number): string {
	return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** All days from the first to the last, both included; empty where the first comes after the last. */
export function daysBetween(first: string, last: string): string[] {
	const all: string[] = []
	for (let day = first; day <= last; day = addDays(day, 1)) all.push(day)
	return all
}

/** The Monday of a day's week. */
export function mondayOf(day: string): string {
	const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
	return addDays(day, -((weekday + 6) % 7))
}

/** From the beginning of the first day to the end of the last, as the API is asked. */
export const stretchOf = (first: string, last: string, zone: string): Stretch => ({
	from: new Date(startOfDay(first, zone)).toISOString(),
	to: new Date(startOfDay(addDays(last, 1), zone)).toISOString(),
})

/** The day of a line's newest data: a recorded line shows its own weeks, not this one. */
export const lastDay = (line: Line): string =>
	dayOf(line.data_to ? Date.parse(line.data_to) - 1 : Date.parse(line.window.from), line.timezone)
