import {expect, test} from 'vitest'
import {Formats} from './format'
import {at, decisive, draftOf, emptyDraft, MetricFormats, nameFor, protocolOf, read, seconds, type Metric, type Report, type Study, type StudyVersion} from './studies'

const metrics: Metric[] = [
	{name: 'quality_ratio', text: {}, share: true, lower_is_better: false, baseline: false},
	{name: 'output_per_hour', text: {}, share: false, lower_is_better: false, baseline: false},
	{name: 'energy_per_unit', text: {}, share: false, lower_is_better: true, baseline: false},
	{name: 'avoided_energy', text: {}, share: false, lower_is_better: true, baseline: true},
	{name: 'oee', text: {}, share: true, lower_is_better: false, baseline: false},
]
const hanoi = 'Asia/Ho_Chi_Minh'
const draft = () => ({...emptyDraft('block-line', '2026-03-02'), study: 'q', vi: ' Tỷ lệ đạt ', bound: '97,5'})

test('a form is sent in the units of the API', () => {
	const p = protocolOf(draft(), metrics, hanoi, false)
	expect(p.target).toEqual({kind: 'level', at_least: 0.975})
	expect(p.title).toEqual({vi: 'Tỷ lệ đạt'})
	expect(p.before).toEqual({source: 'metered', from: '2026-02-01T17:00:00.000Z', to: '2026-03-01T17:00:00.000Z'})
	expect(p.after).toEqual({source: 'metered', from: '2026-03-08T17:00:00.000Z', to: '2026-04-05T17:00:00.000Z'})
	expect(p.draft).toBeUndefined()
	expect(protocolOf(draft(), metrics, hanoi, true).draft).toBe(true)
})

test.each([
	['a level of what is better when lower', {metric: 'energy_per_unit', bound: '0,05'}, {kind: 'level', at_most: 0.05}],
	['a fall by a tenth', {metric: 'energy_per_unit', kind: 'change', bound: '10'}, {kind: 'change', at_least: 0.1}],
	['a rise in units', {metric: 'output_per_hour', kind: 'difference', bound: '500'}, {kind: 'difference', at_least: 500}],
	['half a number is none', {bound: '97,'}, {kind: 'level'}],
] as const)('%s', (_, change, want) => {
	expect(protocolOf({...draft(), ...change}, metrics, hanoi, false).target).toEqual(want)
})

test('energy saved names what explains it beside output', () => {
	const saved = {...draft(), metric: 'avoided_energy', kind: 'change' as const, bound: '10', covariate: 'oven.air.top'}
	const p = protocolOf(saved, metrics, hanoi, false)
	expect(p.covariate).toEqual({column: 'temperature', machine: 'oven', measure: 'air.top'})
	expect(draftOf({id: 'v1', line: 'block-line', protocol: p} as StudyVersion, 'v1', metrics, hanoi).covariate).toBe('oven.air.top')
	expect(protocolOf({...saved, covariate: 'temperature'}, metrics, hanoi, false).covariate).toEqual({column: 'temperature'})
	expect(protocolOf({...saved, metric: 'quality_ratio'}, metrics, hanoi, false).covariate).toBeUndefined()
})

test('what a study does without is not sent', () => {
	expect(protocolOf({...draft(), without: true}, metrics, hanoi, false).before).toBeUndefined()
	const declared = {...draft(), comparator: 'declared' as const}
	expect(protocolOf({...declared, before: {...declared.before, value: '91'}}, metrics, hanoi, false).before).toEqual({source: 'declared', value: 0.91})
	expect(protocolOf({...draft(), metric: 'oee', cycle: '0,6'}, metrics, hanoi, false).planned_cycle).toBe('0.6s')
})

test('a version becomes a form and the same version again', () => {
	const whole = {
		...draft(),
		secondary: ['oee'], cycle: '0,6', machine: 'press', before: {...draft().before, source: 'records' as const, file: 'ab'},
		exclude: [{from: '2026-03-10', to: '2026-03-11', why: 'Tết'}], declared: [{name: 'jobs', before: '10', after: '', unit: 'người'}],
	}
	const protocol = protocolOf(whole, metrics, hanoi, false)
	const version = {id: 'v1', line: 'block-line', protocol} as StudyVersion
	const again = draftOf(version, 'v1', metrics, hanoi)
	expect(protocolOf(again, metrics, hanoi, false)).toEqual({...protocol, replaces: 'v1'})
	const fall = draftOf({...version, protocol: {...protocol, metric: 'energy_per_unit', target: {kind: 'change', at_most: -0.1}}}, 'v1', metrics, hanoi)
	expect(protocolOf(fall, metrics, hanoi, false).target).toEqual({kind: 'change', at_least: 0.1})
})

test('the figure that the target is on', () => {
	const report = {
		after: {value: 0.97, low: 0.96, high: 0.98},
		relative_change: {estimate: -0.2, low: -0.3, high: -0.1},
		difference: {estimate: null, low: null, high: null},
	} as Report
	const on = (target: Study['target'], metric: Metric) => decisive({target, metric}, report)
	expect(on({kind: 'level', at_least: 0.97}, metrics[0]!)).toEqual({kind: 'level', bound: 0.97, atMost: false, estimate: {value: 0.97, low: 0.96, high: 0.98}})
	expect(on({kind: 'change', at_least: 0.1}, metrics[2]!)).toMatchObject({bound: -0.1, atMost: true, estimate: {value: -0.2}})
	expect(on({kind: 'change', at_most: -0.1}, metrics[2]!)).toMatchObject({bound: -0.1, atMost: true})
	expect(on({kind: 'difference', at_least: 5}, metrics[1]!).estimate).toBeUndefined()
})

test('small things', () => {
	expect(read(' 1 234,5 ')).toBe(1234.5)
	expect(read('97 %')).toBeUndefined()
	expect(seconds('1m0.5s')).toBe(60.5)
	expect(seconds('600ms')).toBeCloseTo(0.6)
	expect(nameFor('Gạch đạt sau ép – Đợt 1')).toBe('gach-dat-sau-ep-dot-1')
	expect(at([{path: ['exclude', '1', 'to'], code: 'reversed', message: ''}, {path: ['exclude', '10'], code: 'missing', message: ''}], 'exclude.1')).toHaveLength(1)
	const m = new MetricFormats({share: false}, new Formats('vi', hanoi))
	expect([m.level(5263.4), m.level(0.0070164), m.difference(12.345), m.change(-0.3)]).toEqual(['5.263', '0,007016', '+12,35', '-30,0\u00a0%'])
})
