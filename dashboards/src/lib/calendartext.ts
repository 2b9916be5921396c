// The calendar page's texts, which come with the page and not with the frame.
import en from '../i18n/calendar.en.json'
import vi from '../i18n/calendar.vi.json'
import type {Mistake} from './calendar'
import type {Formats} from './format'
import {fill, type Params} from './i18n'
import {language} from './language.svelte'

const texts: Record<'vi' | 'en', Record<keyof typeof vi, string>> = {vi, en}

export const tc = (key: keyof typeof vi, params: Params = {}) => fill(texts[language.now][key], params)

type Place = 'shifts' | 'breaks' | 'holidays' | 'working' | 'extra' | 'public' | 'from'

/** A mistake as a person reads it: where it is and what it is. */
export function mistakeText(m: Mistake, f: Formats): string {
	const where: string[] = []
	m.path.forEach((part, i) => {
		if (/^\d+$/.test(part) || (i > 0 && !['breaks'].includes(part))) return
		where.push(tc(`calendar.where.${part as Place}`, {n: Number(m.path[i + 1] ?? 0) + 1}))
	})
	const value = m.code === 'frozen' && m.value ? when(m.value, f) : (m.value ?? '')
	return `${where.join(', ')}: ${tc(`calendar.wrong.${m.code}`, {value})}`
}

/** Day and time, such as 02/03 06:00. */
export const when = (time: string, f: Formats) => `${f.day(time)}/${time.slice(0, 4)} ${f.time(time)}`
