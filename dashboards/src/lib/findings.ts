// What speaks against a line's figures, in words. The texts come with the panel and not with the frame.
import en from '../i18n/findings.en.json'
import vi from '../i18n/findings.vi.json'
import type {Finding, Findings, Line} from './api'
import type {Formats} from './format'
import {fill, type Params} from './i18n'
import {language, tName} from './language.svelte'
import {minutesHref} from './minutes'

type Key = keyof typeof vi
const texts: Record<'vi' | 'en', Record<Key, string>> = {vi, en}

export const tf = (key: Key, params: Params = {}) => fill(texts[language.now][key], params)

/** The checks that could judge no machine of the line, in words. */
export function unjudged(judged: Findings['judged']): string[] {
	const able = new Set(judged.filter((j) => j.hours > 0).map((j) => j.check))
	const all = [...new Set(judged.map((j) => j.check))]
	return all.filter((check) => !able.has(check)).map((check) => tf(`findings.check.${check}`))
}

/** What a finding is of, beside its machine; undefined where that is all. */
export function aboutOf(x: Finding): string | undefined {
	if (!x.measure) return undefined
	const key = `findings.measure.${x.measure}`
	return tf('findings.of', {measure: key in vi ? tf(key as Key) : tName('measure', x.measure)})
}

/** The figures that show it. A gauge that hangs has one: the value at which it does. */
export function figuresOf(x: Finding, line: Line, f: Formats): string[] {
	const word = (value: number) => valueOf(x, value, line, f)
	if (x.check === 'frozen') return [tf('findings.observed', {value: word(x.observed)})]
	return [
		tf('findings.observed', {value: word(x.observed)}),
		...(x.expected === null ? [] : [tf(x.check === 'hand_count' ? 'findings.counted' : 'findings.expected', {value: word(x.expected)})]),
		...(x.check === 'count_jump' ? [] : [tf('findings.limit', {value: word(x.limit)})]),
	]
}

function valueOf(x: Finding, value: number, line: Line, f: Formats): string {
	if (x.unit === '1') return f.percent(value)
	const number = f.atMost(value, value >= 100 ? 0 : 2)
	if (x.unit !== '') return tf(`findings.unit.${x.unit}` as Key, {value: number})
	const unit = line.measures?.find((m) => m.machine === x.machine && m.name === x.measure)?.unit
	return unit ? `${number} ${unit}` : number
}

const day = 86_400_000

/** The minutes of a finding, or of its first day. */
export function behind(line: Line, x: Finding): string | undefined {
	const to = Math.min(Date.parse(x.to), Date.parse(x.from) + day)
	return minutesHref(line, {from: x.from, to: new Date(to).toISOString(), machine: x.machine})
}
