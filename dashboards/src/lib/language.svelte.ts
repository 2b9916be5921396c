// The language of the page: Vietnamese unless the reader chose otherwise on this device.
import {fetchTexts, isKey, languages, localName, named, translate, type Key, type Lang, type Params} from './i18n'
import {recall, remember} from './storage'

const slot = 'lineproof.language'

class Language {
	now = $state<Lang>('vi')
	/** The language that was chosen and could not be fetched. */
	missing = $state<Lang>()

	#wanted: Lang = 'vi'

	/** Takes the language that was chosen on this device, before anything is shown in another. */
	async recall() {
		const chosen = recall(slot, languages)
		if (chosen) await this.choose(chosen)
	}

	async choose(lang: Lang) {
		this.#wanted = lang
		try {
			await fetchTexts(lang)
		} catch {
			this.missing = lang
			return
		}
		if (this.#wanted !== lang) return // the reader was faster than the network
		this.missing = undefined
		this.now = lang
		remember(slot, lang)
		document.cookie = `${slot}=${lang}; path=/; max-age=31536000; samesite=lax` // so that the server sends its texts along
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
