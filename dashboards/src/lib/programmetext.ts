// The programme's texts, which come with its pages and not with the frame.
import en from '../i18n/programme.en.json'
import vi from '../i18n/programme.vi.json'
import type {Formats} from './format'
import {fill, isKey, localName, type Params} from './i18n'
import {language, t} from './language.svelte'
import type {Doubt, Lists} from './programme'

const texts: Record<'vi' | 'en', Record<keyof typeof vi, string>> = {vi, en}

export const tp = (key: keyof typeof vi, params: Params = {}) => fill(texts[language.now][key], params)
const known = (key: string): key is keyof typeof vi => key in vi

export const fieldName = (field: string) => (known(`programme.field.${field}`) ? tp(`programme.field.${field}` as 'programme.field.code') : field)

/** What is wrong with a cell or field; of what every table can have, in the words of the shift log. */
export function codeText(code: string, said = ''): string {
	if (known(`programme.code.${code}`)) return tp(`programme.code.${code}` as 'programme.code.missing')
	const shared = `log.code.${code}`
	return isKey(shared) ? t(shared) : said || code
}

/** What makes evidence weak, in a sentence. */
export const doubtText = (d: Doubt, f: Formats) =>
	tp(`programme.doubt.${d.code}`, {
		line: d.line ?? '', study: d.study ?? '', grade: d.grade ?? '', ratio: f.part(d.ratio), count: f.number(d.count),
		since: d.since ? `${f.time(d.since)} ${f.day(d.since)}` : tp('programme.never'),
	})

/** What a kind, level, state or province of the lists is called. */
export function wordOf(lists: Lists | undefined, list: 'kinds' | 'levels' | 'states' | 'provinces', id: string | undefined): string {
	if (!id) return tp('programme.money.unknown')
	if (list === 'provinces') return lists?.provinces.find((p) => p.id === id)?.name ?? id
	const word = lists?.[list].find((w) => w.id === id)
	return word ? localName(word.name, language.now, id) : id
}

/** What a metric of studies is called. */
export const metricName = (metric: string) => (known(`programme.metric.${metric}`) ? tp(`programme.metric.${metric}` as 'programme.metric.oee') : metric)
