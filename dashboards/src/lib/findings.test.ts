import {expect, test} from 'vitest'
import type {Finding, Line} from './api'
import {aboutOf, behind, figuresOf, tf, unjudged} from './findings'
import {Formats} from './format'
import {tName} from './language.svelte'

const line = {id: 'block', timezone: 'Asia/Ho_Chi_Minh', measures: [{machine: 'press', name: 'pressure', unit: 'MPa'}]} as unknown as Line
const f = new Formats('en', line.timezone)
const finding: Finding = {
	check: 'energy_idle',
	severity: 'impossible',
	machine: 'press',
	from: '2026-03-12T07:00:00Z',
	to: '2026-03-12T15:00:00Z',
	unit: 'kWh',
	observed: 2.404,
	expected: 301.7,
	limit: 152,
}

const cases: [name: string, change: Partial<Finding>, figures: string, about: string | undefined][] = [
	['energy', {}, '2.4|302|152', undefined],
	['nothing particular expected', {check: 'too_regular', unit: 'cycles', observed: 0.98, expected: null, limit: 1.5}, '0.98|1.5', undefined],
	['a gauge has its own unit', {check: 'frozen', unit: '', measure: 'pressure', observed: 14.2, expected: null, limit: 0}, '14.2 MPa', tName('measure', 'pressure')],
	['a count by hand', {check: 'hand_count', unit: 'units', measure: 'produced', observed: 2470, expected: 3000, limit: 67}, '2,470|3,000|67', tf('findings.measure.produced')],
	['a jump has no limit', {check: 'count_jump', unit: 'units', observed: 4096, expected: 0, limit: 0}, '4,096|0', undefined],
	['a ratio', {check: 'units_step', unit: '1', measure: 'energy', observed: 0.963, expected: 1, limit: 0.98}, '96.3%|100.0%|98.0%', tf('findings.measure.energy')],
]

test.each(cases)('%s', (_, change, figures, about) => {
	const x = {...finding, ...change}
	const got = figuresOf(x, line, f)
	expect(got.length).toBe(figures.split('|').length)
	figures.split('|').forEach((want, n) => expect(got[n]).toContain(want))
	if (about === undefined) expect(aboutOf(x)).toBeUndefined()
	else expect(aboutOf(x)).toBe(tf('findings.of', {measure: about}))
})

test('the minutes of a long finding are those of its first day', () => {
	expect(behind(line, finding)).toBe('/lines/block/minutes?from=2026-03-12T07%3A00%3A00Z&to=2026-03-12T15%3A00%3A00.000Z&machine=press')
	expect(behind(line, {...finding, to: '2026-03-31T00:00:00Z'})).toContain('to=2026-03-13T07%3A00%3A00.000Z')
})

test('a check that could judge one machine is not missing', () => {
	const judged = [
		{check: 'frozen', machine: 'mixer', hours: 0},
		{check: 'frozen', machine: 'press', hours: 3},
		{check: 'energy_idle', machine: 'mixer', hours: 0},
	] as const
	expect(unjudged([...judged])).toHaveLength(1)
})
