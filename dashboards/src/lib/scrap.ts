// Scrap by reason, largest first.
import type {Row} from './api'

export interface Reason {
	reason: string
	quantity: number
	/** Of all scrap with a reason; 0..1. */
	share: number
}

export function scrapReasons(row: Row): Reason[] {
	const entries = Object.entries(row.scrap_by_reason ?? {}).filter(([, quantity]) => quantity > 0)
	const total = entries.reduce((sum, [, quantity]) => sum + quantity, 0)
	return entries
		.map(([reason, quantity]) => ({reason, quantity, share: quantity / total}))
		.sort((a, b) => b.quantity - a.quantity || a.reason.localeCompare(b.reason))
}

/** Whether the line's quality is judged after a press: its ratio is then named so. */
export const judgedAfterCompression = (rows: readonly Row[]) =>
	rows.some((row) => Object.hasOwn(row.scrap_by_reason ?? {}, 'after-compression'))
