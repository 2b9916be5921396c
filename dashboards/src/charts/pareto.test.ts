import {expect, test} from 'vitest'
import {Formats} from '../lib/format'
import {paretoOption} from './pareto'
import {palette} from './row.testdata'

const causes = [
	{reason: 'after-compression', units: 60, share: 0.6, cumulative_share: 0.6},
	{reason: 'edge', units: 30, share: 0.3, cumulative_share: 0.9},
	{reason: '', units: 10, share: 0.1, cumulative_share: 1},
]
const words = {units: 'Phế phẩm', share: 'Tỷ trọng', cumulative: 'Cộng dồn', reason: (name: string) => name || 'không rõ'}
const option = paretoOption(causes, words, new Formats('vi', 'Asia/Ho_Chi_Minh'), palette)

test('bars and cumulative line have one scale', () => {
	const [units, share] = option.yAxis as {max: number}[]
	expect([units!.max, share!.max]).toEqual([100, 1])
	const [bars, line] = option.series as {data: unknown[]}[]
	expect(bars!.data).toEqual([60, 30, 10])
	expect(line!.data).toEqual([0.6, 0.9, 1])
})

test('a reason that the machine does not give is said to be unknown', () => {
	expect(option.xAxis).toMatchObject({data: ['after-compression', 'edge', 'không rõ']})
	const tooltip = option.tooltip as {formatter: (items: unknown) => string}
	expect(tooltip.formatter([{dataIndex: 1}]).replaceAll('\u00a0', ' ')).toContain('<th>Cộng dồn</th><td>90,0 %</td>')
	expect(tooltip.formatter([])).toBe('')
})
