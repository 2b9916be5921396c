// A made-up concrete block line for designers: shapes as in openapi.json, numbers from a small deterministic rule.
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const zone = 7 * hour // Asia/Ho_Chi_Minh has no daylight saving

/** The same for the same number, between 0 and 1. */
export const noise = (n) => {
	const x = Math.sin(n * 12.9898) * 43758.5453
	return x - Math.floor(x)
}

const iso = (ms) => new Date(ms).toISOString()
const midnight = (ms) => Math.floor((ms + zone) / day) * day - zone
const perMould = 26
const cycleS = 15

/** The shift that holds an instant: four of six hours, so that there always is one. */
export function shiftAt(now) {
	const n = Math.floor((now - midnight(now)) / (6 * hour))
	const from = midnight(now) + n * 6 * hour
	return {shift: ['đêm', 'sáng', 'chiều', 'tối'][n], from: iso(from), to: iso(from + 6 * hour)}
}

const kinds = ['execute', 'held', 'execute', 'stopped', 'execute', 'aborted', 'execute', 'suspended', 'execute', 'idle']

/** What a machine did in a stretch, without holes. */
export function spans(machine, from, to) {
	const all = []
	let at = from - (from % (6 * hour))
	for (let i = 0; at < to; i++) {
		const seed = at / minute + machine.charCodeAt(0) * 17
		let state = kinds[i % kinds.length]
		let long = state === 'execute' ? (8 + 40 * noise(seed)) * minute : (0.3 + 6 * noise(seed + 1)) * minute
		if (state === 'stopped' && noise(seed + 2) > 0.3) [state, long] = [null, 11 * minute]
		const end = Math.min(to, at + Math.round(long / 1000) * 1000)
		if (end > from) all.push({from: iso(Math.max(at, from)), to: iso(end), state})
		at += Math.round(long / 1000) * 1000
	}
	return all
}

const seconds = (list, ok) => list.filter(ok).reduce((sum, s) => sum + (Date.parse(s.to) - Date.parse(s.from)) / 1000, 0)

/** One KPI row of a stretch; explain adds the arithmetic, changes are what the scene is about. */
export function row(from, to, now, {explain = false, changes = {}} = {}) {
	const end = Math.max(from, Math.min(to, now))
	const did = spans('press', from, end)
	const run = seconds(did, (s) => s.state === 'execute')
	const seen = seconds(did, (s) => s.state !== null)
	const busy = (end - from) / 1000
	const cycles = Math.floor((run / cycleS) * 0.93)
	const before = end < now - 24 * day // the investment was 24 days ago
	const produced = cycles * perMould
	const scrap = Math.round(produced * ((before ? 0.055 : 0.026) + 0.012 * noise(from / hour)))
	const made = {produced, scrap, good: produced - scrap, cycles}
	return {...figures({from, to: end, busy, made, run, seen, did}, explain), ...changes}
}

function figures({from, to, busy, made, run, seen, did}, explain) {
	const ratio = (a, b) => (b > 0 ? a / b : null)
	const {produced, scrap, good, cycles} = made
	const availability = ratio(run, seen)
	const effectiveness = ratio((cycleS / perMould) * produced, run)
	const quality = ratio(good, produced)
	const oee = availability === null || effectiveness === null || quality === null ? null : availability * effectiveness * quality
	const energy = produced > 0 ? Math.round(produced * 0.412) / 10 : null
	const r = {
		from: iso(from),
		to: iso(to),
		produced_quantity: produced,
		good_quantity: good,
		scrap_quantity: scrap,
		rework_quantity: null,
		scrap_by_reason: {'after-compression': Math.round(scrap * 0.58), edge: Math.round(scrap * 0.27), height: scrap - Math.round(scrap * 0.58) - Math.round(scrap * 0.27)},
		late_quantity: produced > 4000 ? 52 : 0,
		suspect_quantity: 0,
		planned_busy_time_s: busy,
		observed_busy_time_s: seen,
		overtime_s: 0,
		actual_production_time_s: run,
		state_s: Object.fromEntries(['execute', 'held', 'suspended', 'aborted', 'idle', 'stopped'].map((k) => [k, seconds(did, (s) => s.state === k)])),
		availability,
		effectiveness,
		quality_ratio: quality,
		oee,
		scrap_ratio: ratio(scrap, produced),
		energy_kwh: energy,
		energy_per_unit_kwh: energy === null ? null : energy / produced,
		coverage: ratio(seen, busy),
		uncertain_time_s: 0,
		time_error_s: 0.005,
	}
	if (explain) r.explain = arithmetic(r, cycles)
	return r
}

function arithmetic(r, cycles) {
	const term = (name, value, unit) => ({name, value, unit})
	const apt = term('actual_production_time', r.actual_production_time_s, 's')
	const seen = term('observed_busy_time', r.observed_busy_time_s, 's')
	const pq = term('produced_quantity', r.produced_quantity, 'unit')
	const gq = term('good_quantity', r.good_quantity, 'unit')
	const of = (kpi, formula, ...terms) => ({kpi, formula, terms, value: r[kpi]})
	return [
		of('produced_quantity', 'cycles * units_per_cycle', term('cycles', cycles, 'cycle'), term('units_per_cycle', perMould, 'unit/cycle')),
		of('good_quantity', 'produced_quantity - scrap_quantity', pq, term('scrap_quantity', r.scrap_quantity, 'unit')),
		of('quality_ratio', 'good_quantity / produced_quantity', gq, pq),
		of('availability', 'actual_production_time / observed_busy_time', apt, seen),
		of('effectiveness', 'planned_run_time_per_item * produced_quantity / actual_production_time', term('planned_run_time_per_item', cycleS / perMould, 's/unit'), pq, apt),
		of('oee', 'availability * effectiveness * quality_ratio', ...['availability', 'effectiveness', 'quality_ratio'].map((k) => term(k, r[k], '1'))),
		of('energy_per_unit_kwh', 'energy / produced_quantity', term('energy', r.energy_kwh, 'kWh'), pq),
		of('coverage', 'observed_busy_time / planned_busy_time', seen, term('planned_busy_time', r.planned_busy_time_s, 's')),
	]
}

/** The rows of a window, one for each hour or day; Sundays have none. */
export function rows(from, to, by, now, how) {
	if (!by) return [row(from, to, now, how)]
	const step = {day, shift: 6 * hour}[by] ?? hour
	const all = []
	for (let at = by === 'day' ? midnight(from) : from; at < to; at += step) {
		const sunday = by === 'day' && new Date(at + zone).getUTCDay() === 0
		if (sunday || at >= now) continue
		all.push(row(at, Math.min(at + step, to), now))
	}
	return all
}
