import {describe, expect, test} from 'vitest'
import type {Control, ControlPoint} from '../lib/api'
import {controlOption, isSignal, plannedPoints, rangeOption, signalsOf, type ControlWords} from './control'
import {palette} from './row.testdata'

const point = (changes: Partial<ControlPoint> = {}): ControlPoint => ({
	from: '2026-03-27T23:00:00Z',
	to: '2026-03-28T07:00:00Z',
	shift: 'morning',
	coverage: 1,
	produced_quantity: 40_000,
	scrap_quantity: 1120,
	value: 0.028,
	lower_limit: 0.02,
	upper_limit: 0.036,
	...changes,
})
const hole = (changes: Partial<ControlPoint> = {}) => point({coverage: 0, produced_quantity: undefined, value: null, lower_limit: null, upper_limit: null, ...changes})

const points = [point(), hole(), point({value: 0.05, rules: ['beyond_3_sigma', 'two_of_three'], upper_limit: 0.04}), point({from: '2026-03-29T23:00:00Z', moving_range: 0.022, moving_range_beyond: true})]

const words: ControlWords = {
	value: 'Tỷ lệ phế phẩm',
	centre: 'Đường trung tâm',
	limits: 'Giới hạn',
	signal: 'Ngoài kiểm soát',
	range: 'Độ rộng trượt',
	coverage: 'Dữ liệu',
	noData: 'không có số liệu',
	say: (v) => `${v}`,
	tick: (v) => `${v}`,
	when: (p) => p.from,
	mark: (_, i) => (i === 0 ? '28/03' : ''),
	broken: (p) => p.rules ?? [],
	of: (p) => (p.produced_quantity === undefined ? undefined : `${p.scrap_quantity}/${p.produced_quantity}`),
	share: (c) => `${c}`,
}

test('time that was not planned is no hole, time that nobody saw is', () => {
	const control = {points: [point(), hole(), hole({coverage: null})]} as unknown as Control
	expect(plannedPoints(control).map((p) => p.coverage)).toEqual([1, 0])
})

test('points out of control come newest first, by a rule or by their moving range', () => {
	expect(points.map(isSignal)).toEqual([false, false, true, true])
	expect(signalsOf(points)).toEqual([points[3], points[2]])
})

describe('the chart', () => {
	const option = controlOption(points, 0.028, words, palette)
	const series = option.series as {data: unknown[]; connectNulls: boolean; step?: string}[]
	test('has holes in all its lines where nothing is known', () => {
		expect(series.map((s) => s.data[1])).toEqual(['-', '-', '-', '-'])
		expect(series.every((s) => s.connectNulls === false)).toBe(true)
	})
	test('has limits that step from point to point', () => {
		expect(series[0]!.data).toEqual([0.036, '-', 0.04, 0.036])
		expect(series.slice(0, 3).map((s) => s.step)).toEqual(['middle', 'middle', 'middle'])
		expect(series[2]!.data).toEqual([0.028, '-', 0.028, 0.028])
	})
	test('gives points out of control a shape of their own', () => {
		expect(series[3]!.data[0]).toBe(0.028)
		expect(series[3]!.data[2]).toMatchObject({value: 0.05, symbol: 'diamond', itemStyle: {color: palette.fault}})
	})
	test('says what a point breaks, and no data instead of a ratio', () => {
		const tooltip = option.tooltip as {formatter: (items: unknown) => string}
		expect(tooltip.formatter([{dataIndex: 2}])).toContain('<th>Ngoài kiểm soát</th><td>beyond_3_sigma</td>')
		expect(tooltip.formatter([{dataIndex: 2}])).toContain('<td>1120/40000</td>')
		expect(tooltip.formatter([{dataIndex: 1}])).toContain('không có số liệu')
		expect(tooltip.formatter([])).toBe('')
	})
	test('has no limits where there are none', () => {
		const free = controlOption([point({lower_limit: null, upper_limit: null})], null, words, palette)
		expect((free.series as {data: unknown[]}[]).slice(0, 3).map((s) => s.data)).toEqual([['-'], ['-'], ['-']])
		const tooltip = free.tooltip as {formatter: (items: unknown) => string}
		expect(tooltip.formatter([{dataIndex: 0}])).not.toContain(words.limits)
	})
})

test('the chart of moving ranges begins at 0 and marks what is over its limit', () => {
	const option = rangeOption(points, 0.02, words, palette)
	const series = option.series as {data: unknown[]}[]
	expect(option.yAxis).toMatchObject({min: 0})
	expect(series[0]!.data).toEqual(['-', '-', '-', 0.02])
	expect(series[1]!.data.slice(0, 3)).toEqual(['-', '-', '-'])
	expect(series[1]!.data[3]).toMatchObject({value: 0.022, symbol: 'diamond'})
	const tooltip = option.tooltip as {formatter: (items: unknown) => string}
	expect(tooltip.formatter([{dataIndex: 3}])).toContain('<th>Giới hạn</th><td>0.02</td>')
})
