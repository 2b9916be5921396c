// Control charts of the made-up line: shapes as in openapi.json, limits by the shortest of rules.
import {noise, row, rows, shiftAt} from './plant.mjs'

const mean = (all) => all.reduce((sum, v) => sum + v, 0) / all.length
const ranges = (all) => all.slice(1).map((v, i) => Math.abs(v - all[i]))

/** Some eight in a hundred points were not seen, so that there are holes. */
function points(query, from, to, now) {
	const [by, measure] = [query.get('by'), query.get('measure')]
	return rows(from, to, by, now).map((r, i) => {
		const at = Date.parse(r.from)
		const shift = by === 'shift' ? shiftAt(at).shift : undefined
		const point = {from: r.from, to: r.to, shift, coverage: r.coverage, value: null, lower_limit: null, upper_limit: null}
		if (noise(i + 3) < 0.08 || r.produced_quantity === 0) return {...point, coverage: 0}
		if (measure) return {...point, value: 15 + 1.5 * noise(at / 60_000)}
		return {...point, produced_quantity: r.produced_quantity, scrap_quantity: r.scrap_quantity, value: r.scrap_ratio}
	})
}

const known = (all) => all.filter((p) => p.value !== null)

function limit(all, centre, sigmaOf) {
	for (const p of known(all)) {
		const sigma = sigmaOf(p)
		p.lower_limit = Math.max(0, centre - 3 * sigma)
		p.upper_limit = centre + 3 * sigma
		if (Math.abs(p.value - centre) > 3 * sigma) p.rules = ['beyond_3_sigma']
	}
}

/** The answer to /control. */
export function control(query, now) {
	const time = (name) => Date.parse(query.get(name))
	const all = points(query, time('from'), time('to'), now)
	const base = known(points(query, time('freeze_from'), time('freeze_to'), now))
	const baseline = {from: query.get('freeze_from'), to: query.get('freeze_to'), points: base.length, centre: null}
	if (base.length < 2) return {chart: 'p', unit: query.has('measure') ? 'MPa' : '1', baseline, points: all}
	const range = mean(ranges(base.map((p) => p.value)))
	if (query.has('measure')) {
		baseline.centre = mean(base.map((p) => p.value))
		Object.assign(baseline, {mean_moving_range: range, moving_range_limit: 3.267 * range})
		limit(all, baseline.centre, () => range / 1.128)
		known(all).forEach((p, i, of) => i > 0 && (p.moving_range = Math.abs(p.value - of[i - 1].value)))
		const capability = {lower: 8, upper: 21, points: known(all).length, mean: 15.7, within_sigma: 0.5, overall_sigma: 0.6, cp: 1.41, cpk: 1.15, pp: 1.2, ppk: 0.97}
		return {chart: 'individuals', unit: 'MPa', baseline, points: all, capability}
	}
	baseline.centre = mean(base.map((p) => p.value))
	baseline.dispersion = {sigma_z: 4.2, chi_square: 512, degrees_of_freedom: base.length - 1, p_value: 0}
	limit(all, baseline.centre, (p) => 4.2 * Math.sqrt((baseline.centre * (1 - baseline.centre)) / p.produced_quantity))
	return {chart: 'p_prime', unit: '1', baseline, points: all}
}

/** The answer to /scrap. */
export function scrap(from, to, now) {
	const r = row(from, to, now)
	let sum = 0
	const reasons = Object.entries(r.scrap_by_reason).map(([reason, units]) => {
		sum += units
		return {reason, units, share: units / r.scrap_quantity, cumulative_share: sum / r.scrap_quantity}
	})
	return {from: r.from, to: r.to, produced_quantity: r.produced_quantity, scrap_quantity: r.scrap_quantity, scrap_ratio: r.scrap_ratio, coverage: r.coverage, reasons}
}
