// A study shift by shift: each side's values with their mean and its interval, and the target where it is a level. A
// shift whose figures are not known is a hole.
import {base, text, tip} from './base'
import type {Option} from './echarts'
import type {Palette} from './palette'

export interface StudyPoint {
	/** In full, for the tooltip, and as a mark of the axis where there is one. */
	when: string
	mark: string
	value: number | null
	/** By a baseline. */
	expected?: number
	coverage: string
}

export interface StudySeries {
	name: string
	points: readonly StudyPoint[]
	mean: number | null
	low: number | null
	high: number | null
}

export interface StudyWords {
	value: string
	expected: string
	coverage: string
	noData: string
	target: string
	say(value: number): string
	tick(value: number): string
}

export function studyOption(before: StudySeries | undefined, after: StudySeries, target: number | undefined, w: StudyWords, p: Palette): Option {
	const sides = before ? [before, after] : [after]
	const all = sides.flatMap((s) => s.points.map((q) => ({...q, side: s.name})))
	let from = 0
	const series = sides.map((side, n) => {
		const first = from
		from += side.points.length
		return line(side, first, all.length, n === sides.length - 1 ? p.good : p.quiet, p)
	})
	return {
		...base(p),
		xAxis: {
			type: 'category',
			data: all.map((q) => q.mark),
			axisTick: {show: false},
			axisLine: {lineStyle: {color: p.rule}, onZero: false},
			axisLabel: {color: p.quiet, fontSize: text(p), hideOverlap: true, margin: 0.75 * p.rem, interval: (_: number, mark: string) => mark !== ''},
		},
		yAxis: {
			type: 'value',
			scale: true,
			splitNumber: 4,
			splitLine: {lineStyle: {color: p.rule}},
			axisLabel: {color: p.quiet, fontSize: text(p), formatter: (v: number) => w.tick(v)},
		},
		tooltip: {
			...base(p).tooltip,
			formatter: (items) => {
				const first = (Array.isArray(items) ? items[0] : items) as {dataIndex: number} | undefined
				const point = first && all[first.dataIndex]
				if (!point) return ''
				return tip(`${point.side} · ${point.when}`, [
					[w.value, point.value === null ? w.noData : w.say(point.value)],
					...(point.expected === undefined ? [] : [[w.expected, w.say(point.expected)] as [string, string]]),
					[w.coverage, point.coverage],
				])
			},
		},
		series: [
			...series,
			...(target === undefined ? [] : [dashed(w.target, Array.from({length: all.length}, () => target), p)]),
			...(all.some((q) => q.expected !== undefined) ? [dashed(w.expected, all.map((q) => q.expected ?? '-'), p)] : []),
		],
	}
}

function line(side: StudySeries, first: number, length: number, color: string, p: Palette) {
	const last = first + side.points.length - 1
	const banded = side.low !== null && side.high !== null && last > first
	return {
		type: 'line' as const,
		name: side.name,
		connectNulls: false,
		showAllSymbol: true,
		symbol: 'circle',
		symbolSize: (length > 100 ? 0.25 : 0.375) * p.rem,
		lineStyle: {color, width: 0.0625 * p.rem, opacity: 0.5},
		itemStyle: {color},
		data: Array.from({length}, (_, i) => (i < first || i > last ? '-' : (side.points[i - first]?.value ?? '-'))),
		markArea: banded ? {silent: true, itemStyle: {color, opacity: 0.18}, data: [[{xAxis: first, yAxis: side.low ?? 0}, {xAxis: last, yAxis: side.high ?? 0}] as [object, object]]} : undefined,
		markLine:
			side.mean === null || last <= first
				? undefined
				: {silent: true, symbol: 'none', label: {show: false}, lineStyle: {color, width: 0.15625 * p.rem, type: 'solid' as const}, data: [[{coord: [first, side.mean]}, {coord: [last, side.mean]}] as [object, object]]},
	}
}

function dashed(name: string, data: (number | '-')[], p: Palette) {
	return {
		type: 'line' as const,
		name,
		silent: true,
		symbol: 'none',
		connectNulls: false,
		lineStyle: {color: p.target, width: 0.125 * p.rem, type: [6, 4]},
		data,
	}
}
