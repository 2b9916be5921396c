import {expect, test} from 'vitest'
import {along, axisOf, draftOf, knownSum, projectOf, type Project, type ProjectVersion} from './programme'

const project: Project = {
	project: 'p1', code: 'LS-01', name: 'Máy ép', establishment: 'Tân Thịnh Phát', province: 'lang-son', kind: 'model', level: 'national', state: 'accepted',
	machines: 0, support: 300_000_000, approved: '2024-02-29', accepted: '2024-12-01', lines: ['block-line', 'hand-press'], studies: ['q'],
	documents: [{name: 'Biên bản', sha256: 'ab'.repeat(32), link: 'https://example.vn/a'}, {name: 'Hợp đồng'}], note: 'a\nb',
}

test('what is edited and not changed stays as it was', () => {
	const {project: again, wrong} = projectOf(draftOf(project), {...project, statement: 's1'} as ProjectVersion)
	expect(again).toEqual({...project, replaces: 's1'})
	expect(wrong).toEqual([])
})

test('figures may stand in groups, and nothing is guessed', () => {
	const of = (support: string) => projectOf({...draftOf(), code: 'A', support})
	expect(of('300.000.000').project.support).toBe(300_000_000)
	expect(of('300 000 000').project.support).toBe(300_000_000)
	expect(of('').project.support).toBeUndefined()
	for (const text of ['300,5', '1.5', '-3', '300 triệu', '1.2345']) expect(of(text).wrong, text).toEqual(['support'])
})

test('an axis holds all changes and 0', () => {
	const axis = axisOf([0.05, 0.31, null, undefined])
	expect(axis.low).toBeLessThanOrEqual(0)
	expect(axis.high).toBeGreaterThanOrEqual(0.31)
	expect(axis.ticks.some((t) => Math.abs(t) < 1e-9)).toBe(true)
	expect(along(axis.low, axis.low, axis.high)).toBe(0)
	expect(along(9, axis.low, axis.high)).toBe(1)
	expect(axisOf([]).ticks.length).toBeGreaterThan(0)
})

test('what nobody wrote down adds up to nothing known, not to 0', () => {
	const sums = {projects: 2, aggregated: 0, establishments: 2, machines: 0, support_vnd: 0, counterpart_vnd: 5, no_machines: 2, no_support: 1, no_counterpart: 1}
	expect(knownSum(sums, 'machines')).toBeNull()
	expect(knownSum(sums, 'support')).toBe(0)
	expect(knownSum(sums, 'counterpart')).toBe(5)
})
