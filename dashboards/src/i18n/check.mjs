// Holds the language files against each other and against the sources: same keys, same {placeholders}, no key
// that nothing uses, no text in a component that no language file knows. `node src/i18n/check.mjs` says what is wrong.
import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parse} from 'svelte/compiler'

const placeholders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().join(' ')

/** What differs between two languages, one sentence each. */
export function compare(a, b, nameA, nameB) {
	const wrong = []
	for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
		if (!(key in a)) wrong.push(`${nameA} lacks ${key}`)
		else if (!(key in b)) wrong.push(`${nameB} lacks ${key}`)
		else if (placeholders(a[key]) !== placeholders(b[key])) wrong.push(`${key}: {${placeholders(a[key])}} in ${nameA}, {${placeholders(b[key])}} in ${nameB}`)
		else if (!a[key].trim() || !b[key].trim()) wrong.push(`${key} is empty`)
	}
	return wrong
}

/** Keys that no source names, neither whole nor by the part before a name that comes at run time. */
export function unused(keys, sources) {
	const all = sources.join('\n')
	const used = (key) => {
		if (all.includes(`'${key}'`)) return true
		for (let dot = key.indexOf('.'); dot > 0; dot = key.indexOf('.', dot + 1)) {
			const prefix = key.slice(0, dot)
			if (all.includes(`\`${prefix}.\${`) || all.includes(`tName('${prefix}',`)) return true
		}
		return false
	}
	return keys.filter((key) => !used(key)).map((key) => `nothing uses ${key}`)
}

const readAloud = new Set(['title', 'aria-label', 'alt', 'placeholder'])
const brand = 'Lineproof'

/** Words written into a component instead of a language file. */
export function literals(source, name) {
	const wrong = []
	const check = (text) => /\p{L}/u.test(text.replaceAll(brand, '')) && wrong.push(`${name} says "${text.trim()}" in no language file`)
	const walk = (node) => {
		if (node === null || typeof node !== 'object') return
		if (Array.isArray(node)) return node.forEach(walk)
		if (node.type === 'StyleDirective') return
		if (node.type === 'Attribute') {
			if (readAloud.has(node.name) && Array.isArray(node.value)) node.value.forEach((v) => v.type === 'Text' && check(v.data))
			return
		}
		if (node.type === 'Text') check(node.data)
		Object.values(node).forEach(walk)
	}
	walk(parse(source, {modern: true}).fragment)
	return wrong
}

/** Everything that is wrong in a source folder. */
export function checkAll(folder) {
	// A page that few open has files of its own, such as calendar.vi.json, which come with it.
	const files = (lang) => readdirSync(join(folder, 'i18n')).filter((n) => n === `${lang}.json` || n.endsWith(`.${lang}.json`))
	const texts = (lang) => Object.assign({}, ...files(lang).map((n) => JSON.parse(readFileSync(join(folder, 'i18n', n), 'utf8'))))
	const [vi, en] = [texts('vi'), texts('en')]
	const names = readdirSync(folder, {recursive: true}).filter((n) => /(?<!\.test|api\.d)\.(svelte|ts)$/.test(n))
	const sources = names.map((n) => readFileSync(join(folder, n), 'utf8'))
	return [
		...compare(vi, en, 'vi', 'en'),
		...unused(Object.keys(vi), sources),
		...names.flatMap((n, i) => (n.endsWith('.svelte') ? literals(sources[i], n) : [])),
	]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const wrong = checkAll(join(dirname(fileURLToPath(import.meta.url)), '..'))
	wrong.forEach((line) => console.error(`i18n: ${line}`))
	process.exitCode = wrong.length > 0 ? 1 : 0
}
