import {expect, test} from 'vitest'
import type {ReasonGroup} from './api'
import {choicesFor, reasonName} from './reasons'

const groups: ReasonGroup[] = [
	{id: 'people', name: {vi: 'Nhân lực', en: 'People'}, reasons: [{id: 'people/missing', name: {vi: 'Thiếu người', en: ''}}]},
	{id: 'unobserved', name: {vi: 'Không quan sát'}, reasons: [{id: 'unobserved/power-cut', name: {}}]},
]

test.each([
	['people/missing', 'en', 'People · Thiếu người'],
	['people/missing', 'vi', 'Nhân lực · Thiếu người'],
	['unobserved/power-cut', 'en', 'Không quan sát · power-cut'],
	['people/gone', 'vi', 'people/gone'],
] as const)('%s in %s', (id, lang, want) => expect(reasonName(id, groups, lang)).toBe(want))

test('each kind has its own reasons', () => {
	expect(choicesFor('stop', groups).map((g) => g.id)).toEqual(['people'])
	expect(choicesFor('unobserved', groups).map((g) => g.id)).toEqual(['unobserved'])
})
