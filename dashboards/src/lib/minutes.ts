// The minutes behind figures, gathered by the hour: a phone shows an hour in a row, and its minutes when it is opened.
import type {Line, Minute, Row, Stretch} from './api'
import {fullHours} from './days'
import {lineHref} from './route'

/** What minutes add up to. */
export interface MinuteSum {
	produced: number
	good: number
	scrap: number
	executeS: number
	unobservedS: number
	/** Null where no meter was read. */
	energyKWh: number | null
}

export interface MinuteHour {
	/** Its beginning, or that of what is looked at, in milliseconds since 1970. */
	from: number
	minutes: Minute[]
	sum: MinuteSum
}

export function sumOf(minutes: readonly Minute[]): MinuteSum {
	const sum: MinuteSum = {produced: 0, good: 0, scrap: 0, executeS: 0, unobservedS: 0, energyKWh: null}
	for (const m of minutes) {
		sum.produced += m.produced_quantity
		sum.good += m.good_quantity
		sum.scrap += m.scrap_quantity
		sum.executeS += m.state_s['execute'] ?? 0
		sum.unobservedS += m.unobserved_s
		if (m.energy_kwh !== null) sum.energyKWh = (sum.energyKWh ?? 0) + m.energy_kwh
	}
	return sum
}

/** The hours of a zone's wall clock that have minutes, in order. */
export function byHour(minutes: readonly Minute[], s: Stretch, zone: string): MinuteHour[] {
	const [from, to] = [Date.parse(s.from), Date.parse(s.to)]
	const starts = [from, ...fullHours(from, to, zone).filter((t) => t > from && t < to)]
	const groups = starts.map((start): {from: number; minutes: Minute[]} => ({from: start, minutes: []}))
	let at = 0
	for (const m of minutes) {
		const t = Date.parse(m.start)
		while (at + 1 < groups.length && t >= groups[at + 1]!.from) at++
		groups[at]?.minutes.push(m)
	}
	return groups.filter((g) => g.minutes.length > 0).map((g) => ({...g, sum: sumOf(g.minutes)}))
}

/** No more than this is listed by the minute, in milliseconds: a day on which clocks are put back. */
const most = 25 * 3_600_000

/** The address of the minutes behind a row; undefined where there are too many, or none. */
export function minutesHref(line: Line, row: Pick<Row, 'from' | 'to' | 'machine'>): string | undefined {
	const length = Date.parse(row.to) - Date.parse(row.from)
	if (length <= 0 || length > most) return undefined
	const query = new URLSearchParams({from: row.from, to: row.to, ...(row.machine ? {machine: row.machine} : {})})
	return `${lineHref(line.id, 'minutes')}?${query}`
}
