// Texts by language. Every text that a person reads is in i18n/*.json; a test holds the files against each other.
// Vietnamese comes with the app; another language is fetched when somebody reads it.
import vi from '../i18n/vi.json'

export type Key = keyof typeof vi
export type Lang = 'vi' | 'en'
export type Params = Record<string, string | number>

export const languages: readonly Lang[] = ['vi', 'en']

type Texts = Record<Key, string>
const texts: {vi: Texts} & Partial<Record<Lang, Texts>> = {vi}

/** Makes a language ready to be read. Fails where its file cannot be had. */
export async function fetchTexts(lang: Lang): Promise<void> {
	if (lang === 'en') texts.en ??= (await import('../i18n/en.json')).default
}

const textsOf = (lang: Lang) => texts[lang] ?? vi

/** The text of a key with its {placeholders} filled; one without a parameter stays as it is. */
export function translate(lang: Lang, key: Key, params: Params = {}): string {
	return fill(textsOf(lang)[key], params)
}

/** A text with its {placeholders} filled. */
export const fill = (text: string, params: Params) => text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole))

/** Whether there is a text for a name that the server chose. */
export const isKey = (name: string): name is Key => Object.hasOwn(vi, name)

/** The text of prefix.name where there is one; else the name, made readable. */
export function named(lang: Lang, prefix: string, name: string): string {
	const key = `${prefix}.${name}`
	return isKey(key) ? textsOf(lang)[key] : name.replace(/[-_]/g, ' ')
}

/** A name by language as the API sends it; the other language's where this one's is missing. */
export function localName(names: Record<string, string> | undefined, lang: Lang, fallback: string): string {
	return names?.[lang] || names?.vi || names?.en || fallback
}
