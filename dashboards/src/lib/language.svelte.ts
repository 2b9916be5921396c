// The language of the page: Vietnamese unless the reader chose otherwise on this device.
import {isKey, languages, localName, named, translate, type Key, type Lang, type Params} from './i18n'
import {recall, remember} from './storage'

const slot = 'lineproof.language'

class Language {
	now = $state<Lang>(recall(slot, languages) ?? 'vi')

	choose(lang: Lang) {
		this.now = lang
		remember(slot, lang)
	}
}

export const language = new Language()

export const t = (key: Key, params?: Params) => translate(language.now, key, params)
export const tName = (prefix: string, name: string) => named(language.now, prefix, name)
/** What a window is called: the shift, by its usual name where it has one, or the day. */
export function windowName(shift: string): string {
	if (shift === '') return t('window.day')
	const key = `shift.${shift}`
	return isKey(key) ? t(key) : t('window.shift', {shift})
}
export const nameOf = (thing: {id: string; name: Record<string, string>}) =>
	localName(thing.name, language.now, thing.id)
