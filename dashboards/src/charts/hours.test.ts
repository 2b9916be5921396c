import {describe, expect, test} from 'vitest'
import {Formats} from '../lib/format'
import {coverageOf, hoursOf, hoursOption} from './hours'
import {hourRow, palette, unseenRow} from './row.testdata'

const zone = 'Asia/Ho_Chi_Minh'
const f = new Formats('vi', zone)
const words = {good: 'Đạt', scrap: 'Phế phẩm', plan: 'Kế hoạch', coverage: 'Dữ liệu', uncertain: 'giờ chưa chắc chắn', open: 'chưa hết giờ'}

// A shift from 06:00 to 10:30 in Vietnam; it is 08:15 there.
const window = {from: '2026-03-27T23:00:00Z', to: '2026-03-28T03:30:00Z'}
const rows = [
	hourRow(),
	unseenRow({from: '2026-03-28T00:00:00Z', to: '2026-03-28T01:00:00Z', planned_busy_time_s: 1800}),
	hourRow({from: '2026-03-28T01:00:00Z', to: '2026-03-28T01:15:00Z', planned_busy_time_s: 900, good_quantity: 1500}),
]
const hours = hoursOf(rows, window, 6000, zone)

describe('hours', () => {
	test('cover the whole window, the last one shorter', () => {
		expect(hours.map((h) => f.time(h.from))).toEqual(['06:00', '07:00', '08:00', '09:00', '10:00'])
		expect(f.time(hours[4]!.to)).toBe('10:30')
	})
	test('the plan follows the planned time, breaks taken out', () => {
		expect(hours.map((h) => h.plan)).toEqual([6000, 3000, 1500, null, null])
	})
	test('an hour that nobody saw is not known, and not 0', () => {
		expect(hours.map((h) => h.good)).toEqual([6067, null, 1500, null, null])
	})
	test('the hour that runs is open', () => {
		expect(hours.map((h) => h.open)).toEqual([false, false, true, false, false])
	})
	test('an hour whose time is uncertain says so', () => {
		const [vague] = hoursOf([hourRow({flags: ['time_uncertain']})], window, 6000, zone)
		expect([hours[0]!, vague!].map((h) => coverageOf(h, words, f).replace('\u00a0', ' '))).toEqual(['100,0 %', '100,0 % · giờ chưa chắc chắn'])
	})
	test('a line without a plan has none', () => {
		expect(hoursOf(rows, window, undefined, zone).every((h) => h.plan === null)).toBe(true)
	})
})

describe('the chart', () => {
	const option = hoursOption(hours, words, f, palette)
	const series = option.series as {name: string; data: unknown[]}[]
	test('leaves holes where nothing is known', () => {
		const good = series[0]!.data.map((d) => (d as {value: unknown}).value)
		expect(good).toEqual([6067, '-', 1500, '-', '-'])
		expect(series[2]!.data).toEqual([6000, 3000, 1500, '-', '-'])
	})
	test('says a dash for what is not known', () => {
		const tooltip = option.tooltip as {formatter: (items: unknown) => string}
		expect(tooltip.formatter([{dataIndex: 1}])).toContain('<th>Đạt</th><td>–</td>')
		expect(tooltip.formatter([{dataIndex: 2}])).toContain('08:00–09:00 · chưa hết giờ')
		expect(tooltip.formatter([])).toBe('')
	})
})
