import {describe, expect, test} from 'vitest'
import type {Term} from './api'
import {substitute, unitOf, valueOf} from './explain'
import {Formats} from './format'

const f = new Formats('vi', 'Asia/Ho_Chi_Minh')
const term = (name: string, value: number | null, unit: Term['unit']): Term => ({name, value, unit})

describe('substitute', () => {
	const produced = term('produced_quantity', 2600, 'unit')
	const late = term('late_quantity', 26, 'unit')
	const time = term('actual_production_time', 1800, 's')
	const each = term('planned_run_time_per_item', 0.5769, 's/unit')
	const whole = term('planned_run_time', 1500, 's')
	const cases: [name: string, formula: string, terms: Term[], want: string][] = [
		['a quotient', 'produced_quantity / actual_production_time', [produced, time], '2600 ÷ 1800'],
		['signs and brackets', 'planned_run_time_per_item * (produced_quantity - late_quantity) / actual_production_time', [each, produced, late, time], '0.5769 × (2600 − 26) ÷ 1800'],
		['a name that begins with another', 'planned_run_time_per_item * planned_run_time', [whole, each], '0.5769 × 1500'],
		['a word that is no term', 'produced_quantity * yield', [produced], '2600 × yield'],
		['no terms', 'a / b', [], 'a / b'],
	]
	test.each(cases)('%s', (_, formula, terms, want) => expect(substitute(formula, terms, (t) => String(t.value))).toBe(want))
})

describe('a value with its unit', () => {
	const word = (unit: string) => `<${unit}>`
	const cases: [name: string, value: number | null, unit: string, want: string][] = [
		['a ratio', 0.97213, '1', '97,21 %'],
		['a count', 2600, 'unit', '2.600 <unit>'],
		['seconds also in hours', 10_508, 's', '10.508 <s> (2 giờ 55 phút)'],
		['few seconds', 12.25, 's', '12,3 <s>'],
		['little energy', 0.041234, 'kWh/unit', '0,041234 <kWh/unit>'],
		['not known', null, 'unit', '–'],
	]
	test.each(cases)('%s', (_, value, unit, want) => expect(valueOf(value, unit, f, word).replaceAll('\u00a0', ' ')).toBe(want))
})

test('the unit of a figure follows from its name', () => {
	expect(['good_quantity', 'oee', 'energy_per_unit_kwh', 'energy_kwh', 'planned_busy_time_s'].map(unitOf)).toEqual(['unit', '1', 'kWh/unit', 'kWh', 's'])
})
