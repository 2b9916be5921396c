// What a reader chose of the control charts, and how exactly their numbers are written.
import type {Control, ControlBy, ControlPoint} from './api'
import {addDays, dayOf, mondayOf} from './days'
import {windowName} from './language.svelte'
import type {Formats} from './format'

export interface Choice {
	by: ControlBy
	/** First and last day of the period that limits are frozen from. */
	first: string
	last: string
}

export const groupings: readonly ControlBy[] = ['hour', 'shift', 'day']

const shownDays: Record<ControlBy, number> = {hour: 7, shift: 28, day: 56}

/** The first day that is shown up to a last one: as many points as can be told apart. */
export const firstShown = (by: ControlBy, last: string): string => addDays(last, 1 - shownDays[by])

/** The last four weeks up to a day. */
export const lastWeeks = (last: string): {first: string; last: string} => ({first: addDays(last, -27), last})

/** Digits after the comma with which four steps of an axis differ, for figures that lie so far apart. */
export function digitsOf(spread: number): number {
	if (!(spread > 0)) return 1
	return Math.min(6, Math.max(0, Math.ceil(-Math.log10(spread / 4))))
}

/** How far the values and limits of a chart lie apart. */
export function spreadOf(c: Control): number {
	const all = c.points.flatMap((p) => [p.value, p.lower_limit, p.upper_limit]).filter((v) => v !== null)
	return all.length > 0 ? Math.max(...all) - Math.min(...all) : 0
}

/** A point's stretch of time in words. */
export function whenOf(p: ControlPoint, by: ControlBy, f: Formats): string {
	if (by === 'shift') return `${windowName(p.shift ?? '')}, ${f.date(p.from)}`
	return by === 'day' ? f.date(p.from) : `${f.time(p.from)}–${f.time(p.to)}, ${f.date(p.from)}`
}

/** Marks of the axis: the day at the first point of each day or, of shifts and days, of each week but one begun before; else empty. */
export function marksOf(points: readonly ControlPoint[], by: ControlBy, f: Formats): string[] {
	const days = points.map((p) => dayOf(Date.parse(p.from), f.zone))
	const groups = by === 'hour' ? days : days.map(mondayOf)
	const begins = (i: number) => (i === 0 ? groups[0] === days[0] : groups[i] !== groups[i - 1])
	return points.map((p, i) => (begins(i) ? f.day(p.from) : ''))
}
