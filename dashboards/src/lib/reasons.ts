// The names of reasons for stops: two levels, such as Breakdown · Mechanical.
import type {ReasonGroup} from './api'
import {localName, type Lang} from './i18n'

/** The name of GROUP/REASON; what the tree does not list (any more) is shown as it is. */
export function reasonName(id: string, groups: readonly ReasonGroup[], lang: Lang): string {
	for (const group of groups) {
		const reason = group.reasons.find((r) => r.id === id)
		if (reason) return `${localName(group.name, lang, group.id)} · ${localName(reason.name, lang, id.slice(group.id.length + 1))}`
	}
	return id
}

/** What may be chosen for a kind of stop: why nobody looked is another question than why a machine stood. */
export const choicesFor = (kind: string, groups: readonly ReasonGroup[]) => groups.filter((g) => (g.id === 'unobserved') === (kind === 'unobserved'))
