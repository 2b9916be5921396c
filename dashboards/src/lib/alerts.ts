// What is out of order, put into words: the server tells facts, the page says them in the reader's language.
import type {Alert} from './api'
import {Formats} from './format'
import {localName, translate, type Lang} from './i18n'

export const isOpen = (a: Pick<Alert, 'until'>): boolean => a.until === null

/** What an alert is called: what is wrong, and where. */
export function titleOf(a: Alert, lang: Lang): string {
	const about = a.about
	const f = new Formats(lang, about.timezone)
	const lines = (about.line_names ?? []).map((names) => localName(names, lang, about.line ?? '')).join(', ')
	return translate(lang, `alert.${about.refuses ? 'refused' : a.rule}`, {
		line: lines,
		machine: localName(about.machine_name, lang, about.machine ?? ''),
		gateway: about.gateway ?? '',
		witness: about.witness ?? '',
		holder: about.holder ?? about.file ?? '',
		ratio: f.part(about.ratio),
		limit: f.part(about.limit),
		ends: about.ends ? f.date(about.ends) : '',
	})
}

/** The channels on which the last message of an alert went, and those on which it has not gone. */
export function toldOf(a: Alert): {sent: string[]; not: string[]} {
	const kind = isOpen(a) ? 'raised' : 'over'
	const of = (...states: string[]) =>
		a.messages.filter((m) => m.kind === kind && states.includes(m.state)).map((m) => m.channel)
	return {sent: of('sent'), not: of('waiting', 'failed')}
}
