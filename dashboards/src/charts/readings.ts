// What a signal said over a window: a line through its readings, or a band from least to greatest with the mean in it.
// Where nobody looked there is a shaded hole and no line; what is not good has a mark of its own.
import type {Reading, ReadingBucket, Readings} from '../lib/api'
import type {Frame} from '../lib/readings'
import {base, text, tip} from './base'
import {drawn, type Drawn, type Point} from './drawn'
import type {Option} from './echarts'
import type {Palette} from './palette'

/** How one chart says its values and times. */
export interface ReadingsWords {
	value: string
	band: string
	/** Of a bucket: from its first to its last value. */
	course: string
	count: string
	bad: string
	hole: string
	/** A value in full, with its unit. */
	say(value: unknown, state?: Reading['state']): string
	/** A number on the axis. */
	tick(value: number, spread: number): string
	/** A moment of the axis, and in full. */
	mark(time: number, frame: Frame): string
	when(from: number, to?: number): string
	/** How far the line's wall clock is ahead of UTC, in milliseconds: days of the axis begin at its midnight. */
	offset: number
}

/** The frame that is seen, and all that there is to be seen. */
export interface Seen {
	frame: Frame
	reach: Frame
}

export function readingsOption(a: Readings, seen: Seen, w: ReadingsWords, p: Palette): Option {
	const d = drawn(a, w.say)
	const shifted = (points: readonly Point[]) => points.map(([x, y]) => [x + w.offset, y ?? '-'] as [number, number | string])
	return {
		...base(p),
		useUTC: true,
		tooltip: {...base(p).tooltip, formatter: (items) => tipAt(a, items, w)},
		xAxis: {
			type: 'time',
			min: seen.reach.from + w.offset,
			max: seen.reach.to + w.offset,
			axisLine: {lineStyle: {color: p.rule}, onZero: false},
			axisLabel: {color: p.quiet, fontSize: text(p), hideOverlap: true, formatter: (x: number) => w.mark(x - w.offset, seen.frame)},
		},
		yAxis: heights(d, w, p),
		dataZoom: [
			{
				type: 'inside',
				filterMode: 'none',
				startValue: seen.frame.from + w.offset,
				endValue: seen.frame.to + w.offset,
				minValueSpan: 10_000,
				preventDefaultMouseMove: false,
				throttle: 50,
			},
		],
		series: [...(d.low.length > 0 ? band(shifted(d.low), d, w, p) : []), values(a, shifted(d.line), d, w, p), marks(shifted(d.bad), w, p)],
	}
}

function heights(d: Drawn, w: ReadingsWords, p: Palette): Option['yAxis'] {
	const label = {color: p.quiet, fontSize: text(p)}
	const splitLine = {show: true, lineStyle: {color: p.rule}}
	if (d.categories) {
		return {type: 'category', data: d.categories, axisLine: {show: false}, axisTick: {show: false}, splitLine, axisLabel: {...label, width: 8 * p.rem, overflow: 'truncate'}}
	}
	const known = [...d.line, ...d.low, ...d.high].map(([, y]) => y).filter((y) => y !== null)
	const spread = known.length > 0 ? Math.max(...known) - Math.min(...known) : 0
	return {type: 'value', scale: true, splitNumber: 4, splitLine, axisLabel: {...label, formatter: (v: number) => w.tick(v, spread)}}
}

function values(a: Readings, data: [number, number | string][], d: Drawn, w: ReadingsWords, p: Palette) {
	const stepped = d.categories !== undefined || a.signal.kind === 'counter'
	return {
		type: 'line' as const,
		name: w.value,
		data,
		connectNulls: false,
		...(stepped ? {step: 'end' as const} : {}),
		showSymbol: a.as === 'readings' && a.readings.length <= 120,
		symbol: 'circle',
		symbolSize: 0.3 * p.rem,
		z: 4,
		lineStyle: {color: p.good, width: 0.1 * p.rem},
		itemStyle: {color: p.good},
		markArea: {
			silent: true,
			itemStyle: {color: p.quiet, opacity: 0.22, borderColor: p.quiet, borderWidth: 0.5}, // a border, so that the shortest can be seen
			data: a.holes.map((h): [{xAxis: number}, {xAxis: number}] => [{xAxis: Date.parse(h.from) + w.offset}, {xAxis: Date.parse(h.to) + w.offset}]),
		},
	}
}

function marks(data: [number, number | string][], w: ReadingsWords, p: Palette) {
	return {
		type: 'line' as const,
		name: w.bad,
		data,
		symbol: 'diamond',
		showAllSymbol: true,
		symbolSize: 0.6 * p.rem,
		z: 5,
		silent: true,
		lineStyle: {width: 0},
		itemStyle: {color: p.fault, borderColor: p.surface, borderWidth: 1},
	}
}

// band draws the space between the least and the greatest: the first line lifts the second, which is filled.
function band(low: [number, number | string][], d: Drawn, w: ReadingsWords, p: Palette) {
	const common = {type: 'line' as const, stack: 'band', stackStrategy: 'all' as const, symbol: 'none', silent: true, lineStyle: {width: 0}, z: 2}
	const high = d.high.map(([x, y], n) => [x + w.offset, y === null ? '-' : y - (d.low[n]?.[1] ?? 0)] as [number, number | string])
	return [
		{...common, name: w.course, data: low},
		{...common, name: w.band, data: high, areaStyle: {color: p.good, opacity: 0.25}},
	]
}

/** What stands at a moment: the bucket that holds it, or the last reading before it; undefined in a hole. */
export function standsAt(a: Readings, t: number): Reading | ReadingBucket | undefined {
	if (a.holes.some((h) => Date.parse(h.from) < t && t < Date.parse(h.to))) return undefined
	const bucket = a.buckets.find((b) => Date.parse(b.from) <= t && t <= Date.parse(b.to))
	return bucket ?? a.readings.findLast((r) => Date.parse(r.time) <= t)
}

function tipAt(a: Readings, items: unknown, w: ReadingsWords): string {
	const first = (Array.isArray(items) ? items[0] : items) as {axisValue?: number; value?: [number]} | undefined
	const x = first?.axisValue ?? first?.value?.[0]
	if (x === undefined) return ''
	const at = standsAt(a, x - w.offset)
	if (!at) return tip(w.when(x - w.offset), [[w.value, w.hole]])
	if ('time' in at) {
		const samples = at.samples ? ([[w.band, `${w.say(at.samples.min)} … ${w.say(at.samples.max)}`]] as const) : []
		return tip(w.when(Date.parse(at.time)), [[w.value, w.say(at.value, at.state)], ...samples, ...(at.quality === 'good' ? [] : [[w.bad, w.say(at.quality === 'missing' ? null : at.quality)] as const])])
	}
	return tip(w.when(Date.parse(at.from), Date.parse(at.to)), [
		...(at.mean === null || a.signal.kind === 'counter' ? [] : [[w.value, w.say(at.mean)] as const, [w.band, `${w.say(at.min)} … ${w.say(at.max)}`] as const]),
		[w.course, `${w.say(at.first, at.first_state)} → ${w.say(at.last, at.last_state)}`],
		[w.count, String(at.count)],
		...(at.bad > 0 ? [[w.bad, String(at.bad)] as const] : []),
	])
}
