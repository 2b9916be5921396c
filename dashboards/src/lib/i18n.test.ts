import {fileURLToPath} from 'node:url'
import {describe, expect, test} from 'vitest'
import {checkAll, compare, literals, unused} from '../i18n/check.mjs'
import {localName, named, translate} from './i18n'

test('the language files agree with each other and with the sources', () => {
	expect(checkAll(fileURLToPath(new URL('..', import.meta.url)))).toEqual([])
}, 60_000) // it parses every component

describe('the check finds', () => {
	const cases: [name: string, got: string[], want: string][] = [
		['a key that one lacks', compare({a: 'x'}, {}, 'vi', 'en'), 'en lacks a'],
		['another placeholder', compare({a: '{n}'}, {a: '{m}'}, 'vi', 'en'), 'a: {n} in vi, {m} in en'],
		['an empty text', compare({a: 'x'}, {a: ' '}, 'vi', 'en'), 'a is empty'],
		['a key that nothing uses', unused(['x.y', 'z.w'], ["t('x.y')"]), 'nothing uses z.w'],
		['words in a component', literals('<p>Hello {name}</p>', 'A.svelte'), 'A.svelte says "Hello" in no language file'],
		['words in a label', literals('<a aria-label="Go" href="/">x</a>'.replace('>x<', '>·<'), 'A.svelte'), 'A.svelte says "Go" in no language file'],
	]
	test.each(cases)('%s', (_, got, want) => expect(got).toEqual([want]))
})

test('a key whose end comes at run time is used', () => {
	expect(unused(['state.idle'], ['t(`state.${name}`)'])).toEqual([])
})

test('placeholders are filled; one without a value stays to be seen', () => {
	expect(translate('vi', 'output.behind', {n: '1.580'})).toBe('chậm 1.580')
	expect(translate('en', 'output.behind', {n: 0})).toBe('0 behind')
	expect(translate('en', 'output.behind')).toBe('{n} behind')
})

test('a name that the server chose and no language file knows is made readable', () => {
	expect(named('vi', 'reason', 'after-compression')).toBe('Sau ép')
	expect(named('vi', 'reason', 'broken_corner')).toBe('broken corner')
})

test('a name in one language stands in for the other, and the id for both', () => {
	expect(localName({vi: 'Máy ép'}, 'en', 'press')).toBe('Máy ép')
	expect(localName(undefined, 'vi', 'press')).toBe('press')
})
