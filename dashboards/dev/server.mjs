// A development aid only: the built web app with made-up data, for those who design pages without a plant.
// `npm run build && npm run design`, then http://127.0.0.1:8090; SCENE=views and others of scenes.mjs show what goes
// wrong. No test uses it.
import {readFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import {extname, join, normalize} from 'node:path'
import {fileURLToPath} from 'node:url'
import {control, scrap} from './control.mjs'
import {row, rows, shiftAt, spans} from './plant.mjs'
import {scene} from './scenes.mjs'

const port = Number(process.env.PORT ?? 8090)
const dist = fileURLToPath(new URL('../dist', import.meta.url))
const perHour = 5600
const shown = scene(process.env.SCENE)
const iso = (ms) => new Date(ms).toISOString()

const machines = (now) =>
	[
		{id: 'mixer', name: {vi: 'Máy trộn', en: 'Mixer'}, output: false},
		{id: 'press', name: {vi: 'Máy ép rung', en: 'Block press'}, output: true},
		{id: 'stacker', name: {vi: 'Máy xếp', en: 'Stacker'}, output: false},
	].map((m) => {
		const last = spans(m.id, now - 6 * 3_600_000, now).at(-1)
		return {...m, state: last.state, since: last.from, observed: iso(now)}
	})

function line(id = 'block-line', names = {vi: 'Dây chuyền gạch bê tông', en: 'Concrete block line'}) {
	const now = Date.now()
	const window = shiftAt(now)
	const [from, to] = [Date.parse(window.from), Date.parse(window.to)]
	const upTo = now - (now % 60_000)
	return {
		id,
		site: 'tan-thinh-phat',
		name: names,
		timezone: 'Asia/Ho_Chi_Minh',
		machines: machines(now),
		product: {code: 'GB-390', name: {vi: 'Gạch block 390 × 190', en: 'Block 390 × 190'}, units_per_cycle: 26, planned_cycle_s: 15},
		targets: {quality_ratio: 0.97},
		window,
		plan: {output_per_hour: perHour, so_far: (perHour * (now - from)) / 3.6e6, total: (perHour * (to - from)) / 3.6e6},
		kpi: row(from, upTo, upTo, {changes: shown.row}),
		gateways: [{id: 'huu-lung-01', health: 'ok', seen: iso(now - 2000)}],
		data_from: iso(now - 60 * 86_400_000),
		data_to: iso(upTo),
		measures: [{id: 'press.pressure', machine: 'press', name: 'pressure', unit: 'MPa', lower: 8, upper: 21}],
	}
}

/** A line that was set up but never reported: every figure unknown. */
function silent() {
	const l = line('bicycle-1', {vi: 'Dây chuyền lắp ráp xe đạp điện số 1', en: 'Electric bicycle assembly 1'})
	const unknown = Object.fromEntries(Object.entries(l.kpi).map(([k, v]) => [k, typeof v === 'number' || v === null ? null : v]))
	const kpi = {...unknown, late_quantity: 0, suspect_quantity: 0, uncertain_time_s: 0, time_error_s: 0, flags: undefined, planned_busy_time_s: 3600, observed_busy_time_s: 0, overtime_s: 0, actual_production_time_s: 0, state_s: {}, scrap_by_reason: undefined, coverage: 0}
	const asleep = l.machines.slice(1, 2).map((m) => ({...m, state: null, since: null, observed: null}))
	return {...l, site: 'dk-viet-nhat', product: undefined, measures: undefined, plan: undefined, kpi, machines: asleep, data_from: null, data_to: null, gateways: [{id: 'bac-giang-07', health: 'never', seen: null}]}
}

const lines = () => (process.env.EMPTY ? [] : [line(), silent()])

function gateways() {
	const now = Date.now()
	const ok = {ok: true, since: iso(now - 5 * 3_600_000), polls: 18_230, failed: 3}
	const failed = {ok: false, since: iso(now - 400_000), polls: 1812, failed: 41, error: 'read holding 52..55 of unit 5: i/o timeout'}
	const g = {site: 'tan-thinh-phat', version: '0.9.0', sealed: 48_211, in_ledger: 48_210, stored: 48_210, stored_at: iso(now - 9000), received_at: iso(now - 8600), undated: 0, clock: 'synchronised', clock_error_s: 0.005, clock_ahead_s: -0.04, devices: {press: ok, meter: failed}, ports: {'rtu:///dev/ttyUSB0': {busy: 0.71, planned: 1.4, skipped: 12}, 'tcp://192.168.1.10:502': {busy: 0.02}}, refused: [], id: 'huu-lung-01', health: 'ok', seen: iso(now - 2000)}
	const refused = [{time: iso(now - 900_000), kind: 'forged', reason: 'batch 112 of bac-giang-07: signature does not match', times: 1}]
	const away = {...g, id: 'bac-giang-07', site: 'dk-viet-nhat', health: 'offline', seen: iso(now - 7_300_000), clock: 'free-running', clock_error_s: 0, sealed: 131, in_ledger: 111, stored: 111, devices: {}, ports: {}, refused}
	return [{...g, ...shown.gateway}, away]
}

function answer(path, query) {
	const [, id, rest] = /^\/api\/v1\/lines(?:\/([^/]+))?(?:\/(\w+))?$/.exec(path) ?? []
	const [from, to] = [Date.parse(query.get('from')), Date.parse(query.get('to'))]
	if (path === '/api/v1/gateways') return {gateways: process.env.EMPTY ? [] : gateways()}
	if (path === '/api/v1/collector') return shown.collector
	if (path === '/api/v1/alerts') return shown.alerts
	if (path === '/api/v1/lines') return {lines: lines()}
	const found = lines().find((l) => l.id === id)
	if (!found) return undefined
	if (rest === undefined) return found
	if (rest === 'kpi') return {rows: found.data_to ? rows(from, to, query.get('by'), Date.now(), {explain: query.has('explain'), changes: shown.row}) : []}
	if (rest === 'control') return control(query, Date.now())
	if (rest === 'scrap') return scrap(from, to, Date.now())
	return {machines: found.machines.map(({id, name}) => ({id, name, spans: found.data_to ? spans(id, from, Math.min(to, Date.now())) : []}))}
}

function live(res, id) {
	res.writeHead(200, {'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store'})
	const tell = () => {
		const now = lines().find((l) => l.id === id)
		res.write(`event: line\ndata: ${JSON.stringify(now)}\n\n`)
		res.write(`event: now\ndata: ${JSON.stringify({time: iso(Date.now()), machines: now.machines, values: {}})}\n\n`)
	}
	tell()
	const timer = setInterval(tell, 1000)
	res.on('close', () => clearInterval(timer))
}

const types = {'.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml'}

async function file(res, path) {
	const name = extname(path) ? normalize(path) : '/index.html'
	res.setHeader('Content-Type', types[extname(name)] ?? 'application/octet-stream')
	res.end(await readFile(join(dist, name)))
}

createServer(async (req, res) => {
	const url = new URL(req.url, 'http://localhost')
	try {
		const watch = /^\/api\/v1\/lines\/([^/]+)\/live$/.exec(url.pathname)
		if (watch && lines().some((l) => l.id === watch[1])) return live(res, watch[1])
		if (!url.pathname.startsWith('/api/')) return await file(res, url.pathname)
		const body = answer(url.pathname, url.searchParams)
		res.writeHead(body ? 200 : 404, {'Content-Type': body ? 'application/json' : 'application/problem+json'})
		res.end(JSON.stringify(body ?? {title: 'Not Found', status: 404, detail: `no line at ${url.pathname}`}))
	} catch (cause) {
		res.writeHead(cause.code === 'ENOENT' ? 404 : 500).end(String(cause))
	}
}).listen(port, '127.0.0.1', () => console.log(`made-up data at http://127.0.0.1:${port}`))
