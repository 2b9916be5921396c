// Unit tests read all languages.
import {fetchTexts, languages} from './i18n'

await Promise.all(languages.map(fetchTexts))
