// Quality ratio of each day with its target. A day whose ratio is undefined is a hole in the line, never 0.
import type {Row} from '../lib/api'
import {dayOf, daysBetween, mondayOf, startOfDay} from '../lib/days'
import type {Formats} from '../lib/format'
import {base, text, tip} from './base'
import type {Option} from './echarts'
import type {Palette} from './palette'

export interface Day {
	/** 2026-03-27, in the line's time zone. */
	day: string
	/** Its beginning, in milliseconds since 1970. */
	from: number
	quality: number | null
	good: number | null
	produced: number | null
	coverage: number | null
}

export interface QualityWords {
	quality: string
	target: string
	produced: string
	coverage: string
	noData: string
}

/** Every day from the first to the last, whether the server has a row for it or not. */
export function daysOf(rows: readonly Row[], first: string, last: string, zone: string): Day[] {
	const byDay = new Map(rows.map((row) => [dayOf(Date.parse(row.from), zone), row]))
	return daysBetween(first, last).map((day) => {
		const row = byDay.get(day)
		return {
			day,
			from: startOfDay(day, zone),
			quality: row?.quality_ratio ?? null,
			good: row?.good_quantity ?? null,
			produced: row?.produced_quantity ?? null,
			coverage: row?.coverage ?? null,
		}
	})
}

/** The axis ends at 1 and begins at a full step below the lowest ratio or target, so that a change of one point can be seen. */
export function axisOf(days: readonly Day[], target: number | undefined): {min: number; step: number} {
	const known = days.map((d) => d.quality).filter((q) => q !== null)
	if (target !== undefined) known.push(target)
	const lowest = known.length > 0 ? Math.min(...known) : 0
	const step = [0.01, 0.02, 0.05, 0.1].find((s) => 1 - lowest <= 5 * s) ?? 0.2
	const steps = Math.min(Math.round(1 / step), Math.ceil((1 - lowest) / step + 0.1)) // what lies on a step gets one more below it
	return {min: Math.max(0, 1 - Math.max(1, steps) * step), step}
}

export function qualityOption(days: readonly Day[], target: number | undefined, words: QualityWords, f: Formats, p: Palette): Option {
	const axis = axisOf(days, target)
	return {
		...base(p),
		tooltip: {...base(p).tooltip, formatter: (items) => dayTip(days, items, words, f)},
		xAxis: {
			type: 'category',
			boundaryGap: true,
			data: days.map((d) => f.day(d.from)),
			axisTick: {show: false},
			axisLine: {lineStyle: {color: p.rule}},
			axisLabel: {color: p.quiet, fontSize: text(p), hideOverlap: true, margin: 0.75 * p.rem, interval: (i: number) => isMonday(days[i])},
		},
		yAxis: {
			type: 'value',
			min: axis.min,
			max: 1,
			interval: axis.step,
			splitLine: {lineStyle: {color: p.rule}},
			axisLabel: {color: p.quiet, fontSize: text(p), formatter: (v: number) => f.percent(v, 0)},
		},
		series: [
			{
				type: 'line',
				name: words.quality,
				data: days.map((d) => d.quality ?? '-'),
				connectNulls: false,
				showAllSymbol: true,
				symbol: 'circle',
				symbolSize: 0.4 * p.rem,
				lineStyle: {color: p.good, width: 0.15 * p.rem},
				itemStyle: {color: p.good},
				...(target === undefined ? {} : {markLine: targetLine(target, words, f, p)}),
			},
		],
	}
}

const isMonday = (day: Day | undefined) => day !== undefined && mondayOf(day.day) === day.day

function targetLine(target: number, words: QualityWords, f: Formats, p: Palette) {
	return {
		silent: true,
		symbol: 'none',
		lineStyle: {color: p.target, width: 2, type: [6, 4]},
		label: {
			position: 'insideStartTop' as const,
			color: p.target,
			fontSize: text(p),
			fontWeight: 600 as const,
			distance: 0.3 * p.rem,
			formatter: `${words.target} ${f.percent(target, 0)}`,
		},
		data: [{yAxis: target}],
	}
}

function dayTip(days: readonly Day[], items: unknown, words: QualityWords, f: Formats): string {
	const first = (Array.isArray(items) ? items[0] : items) as {dataIndex: number} | undefined
	const day = first && days[first.dataIndex]
	if (!day) return ''
	if (day.quality === null) return tip(f.date(day.from), [[words.quality, words.noData]])
	return tip(f.date(day.from), [
		[words.quality, f.percent(day.quality, 2)],
		[words.produced, f.number(day.produced)],
		[words.coverage, f.percent(day.coverage)],
	])
}
