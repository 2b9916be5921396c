// Turns the arithmetic that the server sends with a figure into words and numbers that a person reads.
import type {Explanation, Row, Term} from './api'
import type {Formats} from './format'

const signs: Record<string, string> = {'*': '×', '/': '÷', '-': '−'}

/** The formula with each term replaced by what `say` makes of it, and the signs of print. */
export function substitute(formula: string, terms: readonly Term[], say: (term: Term) => string): string {
	const byLength = [...terms].sort((a, b) => b.name.length - a.name.length)
	if (byLength.length === 0) return formula
	const names = byLength.map((t) => t.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
	const token = new RegExp(`(?<![\\p{L}\\d_])(?:${names})(?![\\p{L}\\d_])|(?<=\\s)[*/-](?=\\s)`, 'gu')
	return formula.replace(token, (found) => {
		const term = byLength.find((t) => t.name === found)
		return term ? say(term) : (signs[found] ?? found)
	})
}

// Digits after the comma at most, by unit.
const digits: Record<string, number> = {s: 1, unit: 0, cycle: 0, 'unit/cycle': 2, 's/unit': 4, kWh: 2, 'kWh/unit': 6}

/** A value with its unit: a ratio (unit 1) as per cent, seconds also in hours. */
export function valueOf(value: number | null, unit: string, f: Formats, unitWord: (unit: string) => string): string {
	if (value === null) return f.number(value)
	if (unit === '1') return f.percent(value, 2)
	const word = `${f.atMost(value, digits[unit] ?? 2)}\u00a0${unitWord(unit)}`
	return unit === 's' && value >= 60 ? `${word} (${f.duration(value)})` : word
}

/** The unit of a figure, which the server's explanation leaves to its name. */
export function unitOf(kpi: string): string {
	if (kpi.endsWith('_quantity')) return 'unit'
	if (kpi.endsWith('_time_s')) return 's'
	if (kpi === 'energy_per_unit_kwh') return 'kWh/unit'
	return kpi.endsWith('_kwh') ? 'kWh' : '1'
}

export const explanationOf = (row: Row, kpi: string): Explanation | undefined => row.explain?.find((e) => e.kpi === kpi)
