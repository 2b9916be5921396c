// A row as the server sends it, for tests: an hour of the block line.
import type {Row} from '../lib/api'

export const hourRow = (changes: Partial<Row> = {}): Row => ({
	from: '2026-03-27T23:00:00Z',
	to: '2026-03-28T00:00:00Z',
	produced_quantity: 6240,
	good_quantity: 6067,
	scrap_quantity: 173,
	rework_quantity: null,
	late_quantity: 0,
	suspect_quantity: 0,
	planned_busy_time_s: 3600,
	observed_busy_time_s: 3600,
	overtime_s: 0,
	actual_production_time_s: 3600,
	state_s: {execute: 3600},
	availability: 1,
	effectiveness: 1,
	quality_ratio: 6067 / 6240,
	oee: 6067 / 6240,
	scrap_ratio: 173 / 6240,
	energy_kwh: 257.1,
	energy_per_unit_kwh: 0.0412,
	coverage: 1,
	uncertain_time_s: 0,
	time_error_s: 0,
	...changes,
})

/** A row of time in which nothing was seen. */
export const unseenRow = (changes: Partial<Row> = {}): Row =>
	hourRow({produced_quantity: null, good_quantity: null, scrap_quantity: null, quality_ratio: null, oee: null, coverage: 0, ...changes})

export const palette = {
	ink: '#111',
	quiet: '#555',
	rule: '#ddd',
	surface: '#fff',
	good: '#177',
	scrap: '#e83',
	target: '#930',
	plan: '#111',
	fault: '#c41',
	font: 'sans-serif',
	rem: 16,
}
