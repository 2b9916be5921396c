// The studies' texts, which come with their pages and not with the frame.
import en from '../i18n/study.en.json'
import vi from '../i18n/study.vi.json'
import {ApiError} from './api'
import {fill, localName, type Params} from './i18n'
import {language} from './language.svelte'
import type {Mistake} from './studies'

const texts: Record<'vi' | 'en', Record<keyof typeof vi, string>> = {vi, en}

export const ts = (key: keyof typeof vi, params: Params = {}) => fill(texts[language.now][key], params)

/** A text that the collector has in every language. */
export const say = (names: Record<string, string> | undefined, fallback = '') => localName(names, language.now, fallback)

/** Why something was not taken. */
export function failure(cause: unknown): string {
	if (!(cause instanceof ApiError) || cause.status === 0) return ts('study.failed.offline')
	if (cause.status === 401) return ts('study.failed.session')
	if (cause.status === 409) return ts('study.failed.taken')
	return ts('study.failed.other', {why: cause.message})
}

/** A mistake of the form in the reader's language. */
export const mistakeText = (m: Mistake) => ts(`study.wrong.${m.code}`, {value: m.value ?? ''})
