import {describe, expect, test} from 'vitest'
import {Formats} from '../lib/format'
import {axisOf, daysOf, qualityOption} from './quality'
import {hourRow, palette, unseenRow} from './row.testdata'

const zone = 'Asia/Ho_Chi_Minh'
const f = new Formats('vi', zone)
const words = {quality: 'Tỷ lệ đạt', target: 'Mục tiêu', produced: 'Làm ra', coverage: 'Dữ liệu', noData: 'không có số liệu'}

// 26 March is missing altogether, 27 March has a row that knows nothing.
const rows = [
	hourRow({from: '2026-03-24T17:00:00Z', quality_ratio: 0.94}),
	unseenRow({from: '2026-03-26T17:00:00Z'}),
	hourRow({from: '2026-03-27T17:00:00Z', quality_ratio: 0.974}),
]
const days = daysOf(rows, '2026-03-25', '2026-03-28', zone)

test('a day without data is a hole, whether the server has a row for it or not', () => {
	expect(days.map((d) => [d.day, d.quality])).toEqual([
		['2026-03-25', 0.94],
		['2026-03-26', null],
		['2026-03-27', null],
		['2026-03-28', 0.974],
	])
})

describe('the axis begins a full step below what is shown', () => {
	const cases: [name: string, ratios: (number | null)[], target: number | undefined, min: number, step: number][] = [
		['below the lowest day', [0.938, null, 0.974], 0.97, 0.92, 0.02],
		['below the target', [0.99], 0.97, 0.96, 0.01],
		['in larger steps for worse days', [0.864], 0.97, 0.85, 0.05],
		['not below nothing', [0.003], undefined, 0, 0.2],
		['of a line that makes no scrap', [1], undefined, 0.99, 0.01],
		['of a line without data', [null], undefined, 0, 0.2],
	]
	test.each(cases)('%s', (_, ratios, target, min, step) => {
		const some = ratios.map((quality) => ({day: '2026-03-25', from: 0, quality, good: null, produced: null, coverage: null}))
		const axis = axisOf(some, target)
		expect(axis.min).toBeCloseTo(min, 10)
		expect(axis.step).toBe(step)
	})
})

describe('the chart', () => {
	const option = qualityOption(days, 0.97, words, f, palette)
	const [series] = option.series as {data: unknown[]; connectNulls: boolean; markLine?: {data: unknown[]}}[]
	test('does not bridge its holes', () => {
		expect(series!.data).toEqual([0.94, '-', '-', 0.974])
		expect(series!.connectNulls).toBe(false)
	})
	test('has the target as a line, where there is one', () => {
		expect(series!.markLine?.data).toEqual([{yAxis: 0.97}])
		const without = qualityOption(days, undefined, words, f, palette).series as {markLine?: unknown}[]
		expect(without[0]!.markLine).toBeUndefined()
	})
	test('says no data instead of a ratio', () => {
		const tooltip = option.tooltip as {formatter: (items: unknown) => string}
		expect(tooltip.formatter([{dataIndex: 1}])).toContain('không có số liệu')
		expect(tooltip.formatter([{dataIndex: 3}]).replaceAll('\u00a0', ' ')).toContain('<td>97,40 %</td>')
	})
})
