// Output of each hour against plan. An hour without data is a hole, not a bar of height 0.
import type {Row, Stretch} from '../lib/api'
import {timeUncertain} from '../lib/custody'
import {fullHours} from '../lib/days'
import type {Formats} from '../lib/format'
import {base, text, tip} from './base'
import type {Option} from './echarts'
import type {Palette} from './palette'

export interface Hour {
	/** Milliseconds since 1970. */
	from: number
	to: number
	good: number | null
	scrap: number | null
	/** Good units that the hour's planned time is worth; null where the line has no plan. */
	plan: number | null
	coverage: number | null
	/** Whether part of it may belong to another hour. */
	uncertain: boolean
	/** Whether the hour is not over yet. */
	open: boolean
}

export interface HoursWords {
	good: string
	scrap: string
	plan: string
	coverage: string
	uncertain: string
	open: string
}

/**
 * Every hour of a window in a zone, those to come included; the server's rows end at the present, and so does
 * the last one's planned time. perHour is the plan in good units for an hour of planned time.
 */
export function hoursOf(rows: readonly Row[], window: Stretch, perHour: number | undefined, zone: string): Hour[] {
	const byStart = new Map(rows.map((row) => [Date.parse(row.from), row]))
	const [from, to] = [Date.parse(window.from), Date.parse(window.to)]
	const edges = [from, ...fullHours(from, to, zone).filter((t) => t > from && t < to), to]
	return edges.slice(0, -1).map((start, i) => {
		const end = edges[i + 1] ?? to
		const row = byStart.get(start)
		return {
			from: start,
			to: end,
			good: row?.good_quantity ?? null,
			scrap: row?.scrap_quantity ?? null,
			plan: row === undefined || perHour === undefined ? null : (perHour * row.planned_busy_time_s) / 3600,
			coverage: row?.coverage ?? null,
			uncertain: row !== undefined && timeUncertain(row),
			open: row !== undefined && Date.parse(row.to) < end,
		}
	})
}

export function hoursOption(hours: readonly Hour[], words: HoursWords, f: Formats, p: Palette): Option {
	return {
		...base(p),
		tooltip: {...base(p).tooltip, formatter: (items) => hourTip(hours, items, words, f)},
		xAxis: {
			type: 'category',
			data: hours.map((h) => f.time(h.from)),
			axisTick: {show: false},
			axisLine: {lineStyle: {color: p.rule}},
			axisLabel: {color: p.quiet, fontSize: text(p), hideOverlap: true},
		},
		yAxis: {
			type: 'value',
			min: 0,
			minInterval: 1,
			splitNumber: 4,
			splitLine: {lineStyle: {color: p.rule}},
			axisLabel: {color: p.quiet, fontSize: text(p), formatter: (v: number) => f.atMost(v, 0)},
		},
		series: [goodBars(hours, words, p), scrapBars(hours, words, p), planOutlines(hours, words, p)],
	}
}

function goodBars(hours: readonly Hour[], words: HoursWords, p: Palette) {
	return {
		type: 'bar' as const,
		name: words.good,
		stack: 'output',
		barCategoryGap: '28%',
		data: hours.map((h) => ({value: h.good ?? '-', itemStyle: {color: p.good, opacity: h.open ? 0.6 : 1}})),
	}
}

function scrapBars(hours: readonly Hour[], words: HoursWords, p: Palette) {
	return {
		type: 'bar' as const,
		name: words.scrap,
		stack: 'output',
		itemStyle: {color: p.scrap},
		data: hours.map((h) => h.scrap ?? '-'),
	}
}

// An outline that the hour's output fills. The hour that runs has one for the part that is over.
function planOutlines(hours: readonly Hour[], words: HoursWords, p: Palette) {
	return {
		type: 'bar' as const,
		name: words.plan,
		barGap: '-100%',
		z: 3,
		silent: true,
		itemStyle: {color: 'transparent', borderColor: p.plan, borderWidth: 0.09375 * p.rem, borderType: [5, 3]},
		data: hours.map((h) => h.plan ?? '-'),
	}
}

function hourTip(hours: readonly Hour[], items: unknown, words: HoursWords, f: Formats): string {
	const first = (Array.isArray(items) ? items[0] : items) as {dataIndex: number} | undefined
	const hour = first && hours[first.dataIndex]
	if (!hour) return ''
	const heading = `${f.time(hour.from)}–${f.time(hour.to)}${hour.open ? ` · ${words.open}` : ''}`
	return tip(heading, [
		[words.good, f.number(hour.good)],
		[words.scrap, f.number(hour.scrap)],
		[words.plan, f.number(hour.plan)],
		[words.coverage, coverageOf(hour, words, f)],
	])
}

/** The hour's coverage, and whether its time is uncertain. */
export const coverageOf = (hour: Hour, words: HoursWords, f: Formats): string =>
	f.percent(hour.coverage) + (hour.uncertain ? ` · ${words.uncertain}` : '')
