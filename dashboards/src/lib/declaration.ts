// A line that no gateway reads, as somebody types it.
import type {Declaration} from './logapi'

/** A name as an id: small letters, digits and -, as the collector wants it. */
export const idOf = (name: string) =>
	name
		.toLowerCase()
		.replace(/đ/g, 'd')
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, 60)

/** Products, one on each line: its code, then its name. A code that stands there twice is one product. */
export function productsOf(text: string): NonNullable<Declaration['products']> {
	const found = new Map<string, string>()
	for (const row of text.split('\n')) {
		const [, code, name] = /^\s*(\S+)\s*(.*?)\s*$/.exec(row) ?? []
		if (code) found.set(code, name ?? '')
	}
	return [...found].map(([code, name]) => ({code, ...(name && {name: {vi: name}}), units_per_cycle: 1, planned_cycle_s: 0}))
}
