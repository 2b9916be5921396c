import {expect, test} from 'vitest'
import {idOf, productsOf} from './declaration'

const names: [name: string, want: string][] = [
	['Ép tay', 'ep-tay'],
	['  Đóng gói số 2 ', 'dong-goi-so-2'],
	['Dây chuyền gạch bê tông', 'day-chuyen-gach-be-tong'],
	['—', ''],
]
test.each(names)('%s', (name, want) => expect(idOf(name)).toBe(want))

test('products are codes with their names', () => {
	expect(productsOf('GB-390 Gạch bê tông 390\n\n  GB-400  \nGB-400 Gạch')).toEqual([
		{code: 'GB-390', name: {vi: 'Gạch bê tông 390'}, units_per_cycle: 1, planned_cycle_s: 0},
		{code: 'GB-400', name: {vi: 'Gạch'}, units_per_cycle: 1, planned_cycle_s: 0},
	])
	expect(productsOf(' \n')).toEqual([])
})
