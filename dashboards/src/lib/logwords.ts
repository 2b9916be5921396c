// Entries and their mistakes as a reader says them.
import type {Mistake} from './entry'
import type {Formats} from './format'
import {isKey} from './i18n'
import {t} from './language.svelte'
import type {Entered} from './logapi'

/** Friday 27/11/2026, 06:00–14:00 */
export const shiftTime = (e: Pick<Entered, 'shift_start' | 'shift_end'>, f: Formats) =>
	t('log.shift_time', {day: f.date(e.shift_start), from: f.time(e.shift_start), to: f.time(e.shift_end)})

export const fieldName = (field: string) => (isKey(`log.field.${field}`) ? t(`log.field.${field}` as 'log.field.good') : field)

/** What is wrong, and what to do; in the collector's words where we have none for its code. */
export const codeText = (code: string, said = '') => (isKey(`log.code.${code}`) ? t(`log.code.${code}` as 'log.code.missing') : said || code)

export const mistakeText = (m: Mistake) => t('log.mistake', {field: fieldName(m.field), text: codeText(m.code, m.message)})
