// The texts of the page that checks a bundle, which come with the page and not with the frame. What the checks say,
// the verifier says itself.
import en from '../i18n/verify.en.json'
import vi from '../i18n/verify.vi.json'
import {fill, type Params} from './i18n'
import {language} from './language.svelte'

const texts: Record<'vi' | 'en', Record<keyof typeof vi, string>> = {vi, en}

export const tv = (key: keyof typeof vi, params: Params = {}) => fill(texts[language.now][key], params)
