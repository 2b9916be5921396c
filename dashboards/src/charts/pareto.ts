// Reasons for scrap as bars, most first, with the cumulative share as a line.
import type {Cause} from '../lib/api'
import type {Formats} from '../lib/format'
import {base, text, tip} from './base'
import type {Option} from './echarts'
import type {Palette} from './palette'

export interface ParetoWords {
	units: string
	share: string
	cumulative: string
	/** A reason as people say it. */
	reason(name: string): string
}

/** Both axes end at all of the scrap, so that bars and line have one scale: the line starts on top of the first bar. */
export function paretoOption(causes: readonly Cause[], w: ParetoWords, f: Formats, p: Palette): Option {
	const total = causes.reduce((sum, c) => sum + c.units, 0)
	const label = {color: p.quiet, fontSize: text(p)}
	return {
		...base(p),
		tooltip: {...base(p).tooltip, formatter: (items) => causeTip(causes, items, w, f)},
		xAxis: {
			type: 'category',
			data: causes.map((c) => w.reason(c.reason)),
			axisTick: {show: false},
			axisLine: {lineStyle: {color: p.rule}},
			axisLabel: {...label, interval: 0, width: 7 * p.rem, overflow: 'break', lineHeight: 1.3 * text(p), margin: 0.625 * p.rem},
		},
		yAxis: [
			{type: 'value', min: 0, max: total, interval: total / 4, splitLine: {lineStyle: {color: p.rule}}, axisLabel: {...label, formatter: (v: number) => f.atMost(v, 0)}},
			{type: 'value', min: 0, max: 1, interval: 0.25, splitLine: {show: false}, axisLabel: {...label, formatter: (v: number) => f.percent(v, 0)}},
		],
		series: [
			{type: 'bar', name: w.units, barMaxWidth: 5 * p.rem, barCategoryGap: '28%', itemStyle: {color: p.scrap}, data: causes.map((c) => c.units)},
			{
				type: 'line',
				name: w.cumulative,
				yAxisIndex: 1,
				symbol: 'circle',
				symbolSize: 0.45 * p.rem,
				lineStyle: {color: p.ink, width: 0.125 * p.rem},
				itemStyle: {color: p.ink},
				data: causes.map((c) => c.cumulative_share),
			},
		],
	}
}

function causeTip(causes: readonly Cause[], items: unknown, w: ParetoWords, f: Formats): string {
	const first = (Array.isArray(items) ? items[0] : items) as {dataIndex: number} | undefined
	const cause = first && causes[first.dataIndex]
	if (!cause) return ''
	return tip(w.reason(cause.reason), [
		[w.units, f.number(cause.units)],
		[w.share, f.percent(cause.share)],
		[w.cumulative, f.percent(cause.cumulative_share)],
	])
}
