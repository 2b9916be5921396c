// Who cosigns the ledger, and in which words that is said. The texts come with the panel and not with the frame.
import type {components} from '../api'
import en from '../i18n/witness.en.json'
import vi from '../i18n/witness.vi.json'
import {get} from './api'
import {fill, type Params} from './i18n'
import {language} from './language.svelte'

export type Cosigning = components['schemas']['Cosigning']

export const getWitnesses = (signal?: AbortSignal) => get<Cosigning>('/api/v1/ledger/witnesses', signal)

type Key = keyof typeof vi
const texts: Record<'vi' | 'en', Record<Key, string>> = {vi, en}

export const tw = (key: Key, params: Params = {}) => fill(texts[language.now][key], params)
