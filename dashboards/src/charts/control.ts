// Control charts: points with their centre and limits, which step where subgroups differ in size. A point that is not
// known is a hole in all lines; one that is out of control has a shape of its own beside its colour.
import type {Control, ControlPoint} from '../lib/api'
import {base, text, tip} from './base'
import type {Option} from './echarts'
import type {Palette} from './palette'

/** How one control chart says its numbers and points. */
export interface ControlWords {
	/** What is charted, and what it is counted of. */
	value: string
	centre: string
	limits: string
	signal: string
	range: string
	coverage: string
	noData: string
	/** A value with its unit, exact enough for this chart. */
	say(value: number | null | undefined): string
	/** The same for an axis. */
	tick(value: number): string
	/** A point's stretch of time: in full, and as a mark of the axis where there is one. */
	when(p: ControlPoint): string
	mark(p: ControlPoint, index: number): string
	/** The rules that a point breaks, in a few words each; empty where it breaks none. */
	broken(p: ControlPoint): string[]
	/** What the value was computed from, where there is such a thing. */
	of(p: ControlPoint): string | undefined
	share(coverage: number | null): string
}

/** The points of stretches that were planned, or seen: a night without a shift is no hole. */
export const plannedPoints = (c: Control): ControlPoint[] => c.points.filter((p) => p.coverage !== null || p.value !== null)

/** The points that are out of control, newest first. */
export const signalsOf = (points: readonly ControlPoint[]): ControlPoint[] => points.filter(isSignal).reverse()

export const isSignal = (p: ControlPoint): boolean => (p.rules?.length ?? 0) > 0 || p.moving_range_beyond === true

export function controlOption(points: readonly ControlPoint[], centre: number | null, w: ControlWords, p: Palette): Option {
	const limited = (p: ControlPoint, limit: number | null) => (p.value === null ? '-' : (limit ?? '-'))
	return {
		...axes(points, w, p),
		tooltip: {...base(p).tooltip, formatter: (items) => pointTip(points, centre, items, w)},
		series: [
			step(w.limits, points.map((q) => limited(q, q.upper_limit)), p, [5, 4]),
			step(w.limits, points.map((q) => limited(q, q.lower_limit)), p, [5, 4]),
			step(w.centre, points.map((q) => limited(q, centre)), p, 'solid'),
			values(w.value, points.map((q) => q.value), (i) => (points[i]?.rules?.length ?? 0) > 0, p),
		],
	}
}

/** The moving ranges of a chart of single values, with their upper limit. */
export function rangeOption(points: readonly ControlPoint[], limit: number | undefined, w: ControlWords, p: Palette): Option {
	const a = axes(points, w, p)
	return {
		...a,
		yAxis: {...a.yAxis, min: 0, scale: false, splitNumber: 2},
		tooltip: {...base(p).tooltip, formatter: (items) => rangeTip(points, limit, items, w)},
		series: [
			step(w.limits, points.map((q) => (q.moving_range === undefined ? '-' : (limit ?? '-'))), p, [5, 4]),
			values(w.range, points.map((q) => q.moving_range ?? null), (i) => points[i]?.moving_range_beyond === true, p),
		],
	}
}

function axes(points: readonly ControlPoint[], w: ControlWords, p: Palette) {
	return {
		...base(p),
		xAxis: {
			type: 'category' as const,
			data: points.map((q, i) => w.mark(q, i)),
			axisTick: {show: false},
			axisLine: {lineStyle: {color: p.rule}, onZero: false},
			axisLabel: {color: p.quiet, fontSize: text(p), hideOverlap: true, margin: 0.75 * p.rem, interval: (_: number, mark: string) => mark !== ''},
		},
		yAxis: {
			type: 'value' as const,
			scale: true,
			splitNumber: 4,
			splitLine: {lineStyle: {color: p.rule}},
			axisLabel: {color: p.quiet, fontSize: text(p), formatter: (v: number) => w.tick(v)},
		},
	}
}

function step(name: string, data: (number | string)[], p: Palette, type: 'solid' | number[]) {
	return {
		type: 'line' as const,
		name,
		step: 'middle' as const,
		data,
		connectNulls: false,
		silent: true,
		symbol: 'none',
		lineStyle: {color: p.quiet, width: 0.09375 * p.rem, type},
	}
}

function values(name: string, data: (number | null)[], out: (index: number) => boolean, p: Palette) {
	const size = (data.length > 100 ? 0.25 : 0.4) * p.rem
	return {
		type: 'line' as const,
		name,
		connectNulls: false,
		showAllSymbol: true,
		symbol: 'circle',
		symbolSize: size,
		z: 4,
		lineStyle: {color: p.good, width: 0.125 * p.rem},
		itemStyle: {color: p.good},
		data: data.map((v, i) =>
			out(i) ? {value: v ?? '-', symbol: 'diamond', symbolSize: size + 0.4 * p.rem, itemStyle: {color: p.fault, borderColor: p.surface, borderWidth: 1}} : (v ?? '-'),
		),
	}
}

const picked = (points: readonly ControlPoint[], items: unknown): ControlPoint | undefined => {
	const first = (Array.isArray(items) ? items[0] : items) as {dataIndex: number} | undefined
	return first && points[first.dataIndex]
}

function pointTip(points: readonly ControlPoint[], centre: number | null, items: unknown, w: ControlWords): string {
	const point = picked(points, items)
	if (!point) return ''
	if (point.value === null) return tip(w.when(point), [[w.value, w.noData]])
	const limits: [string, string][] =
		point.upper_limit === null
			? []
			: [
					[w.limits, `${w.say(point.lower_limit)} … ${w.say(point.upper_limit)}`],
					[w.centre, w.say(centre)],
				]
	const of = w.of(point)
	return tip(w.when(point), [
		[w.value, w.say(point.value)],
		...(of === undefined ? [] : [['', of] as const]),
		...limits,
		[w.coverage, w.share(point.coverage)],
		...w.broken(point).map((rule, i) => [i === 0 ? w.signal : '', rule] as const),
	])
}

function rangeTip(points: readonly ControlPoint[], limit: number | undefined, items: unknown, w: ControlWords): string {
	const point = picked(points, items)
	if (!point) return ''
	return tip(w.when(point), [
		[w.range, point.moving_range === undefined ? w.noData : w.say(point.moving_range)],
		...(limit === undefined ? [] : [[w.limits, w.say(limit)] as const]),
	])
}
