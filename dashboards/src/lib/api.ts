// The collector's API, typed by its own OpenAPI document. Times are RFC 3339, ratios fractions, and null
// means undefined or not known, never 0.
import type {components, operations} from '../api'

type Schemas = components['schemas']
export type Line = Schemas['Line']
export type Row = Schemas['Row']
export type Machine = Schemas['Machine']
export type MachineStates = Schemas['MachineStates']
export type StateSpan = Schemas['StateSpan']
export type State = NonNullable<Machine['state']>
export type Gateway = Schemas['Gateway']
export type GatewayHealth = Schemas['GatewayHealth']
export type Alert = Schemas['Alert']
export type Alerts = Schemas['Alerts']
export type Collector = Schemas['Collector']
export type Refused = Schemas['Refused']
export type Explanation = Schemas['Explanation']
export type Stop = Schemas['Stop']
export type Stops = Schemas['Stops']
export type ReasonGroup = Schemas['ReasonGroup']
export type Term = Schemas['Term']
export type LiveEvent = Schemas['LiveEvent']
export type Control = Schemas['Control']
export type ControlPoint = Schemas['ControlPoint']
export type Rule = NonNullable<ControlPoint['rules']>[number]
export type Capability = Schemas['Capability']
export type Measure = Schemas['Measure']
export type Scrap = Schemas['Scrap']
export type Findings = Schemas['Findings']
export type Finding = Schemas['Finding']
export type Signal = Schemas['Signal']
export type SignalRole = Schemas['SignalRole']
export type Readings = Schemas['Readings']
export type Reading = Schemas['Reading']
export type ReadingBucket = Schemas['ReadingBucket']
export type Minutes = Schemas['Minutes']
export type Minute = Schemas['Minute']
export type Cause = Schemas['Cause']
export type Problem = Partial<Schemas['ErrorModel']> // every member of RFC 9457 may be missing
export type Grouping = NonNullable<NonNullable<operations['get-line-kpi']['parameters']['query']>['by']>
export type ControlBy = NonNullable<NonNullable<operations['get-line-control']['parameters']['query']>['by']>

/** A stretch of time: from is included, to is not; RFC 3339. */
export interface Stretch {
	from: string
	to: string
}

/** What went wrong with a request: status is 0 where no answer came at all. */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		readonly problem: Problem,
	) {
		super(problem.detail ?? problem.title ?? String(status))
	}
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
	let answer: Response
	try {
		answer = await fetch(path, {signal, headers: {Accept: 'application/json, application/problem+json'}})
	} catch (cause) {
		if (signal?.aborted) throw cause
		throw new ApiError(0, {})
	}
	if (!answer.ok) throw new ApiError(answer.status, await problemOf(answer))
	return (await answer.json()) as T
}

export async function problemOf(answer: Response): Promise<Problem> {
	if (!answer.headers.get('Content-Type')?.includes('json')) return {}
	return answer.json().catch(() => ({}))
}

export const linePath = (line: string, rest = '') => `/api/v1/lines/${encodeURIComponent(line)}${rest}`

export const getLines = (signal?: AbortSignal) => get<Schemas['Lines']>('/api/v1/lines', signal).then((a) => a.lines)

export const getLine = (line: string, signal?: AbortSignal) => get<Line>(linePath(line), signal)

export const getGateways = (signal?: AbortSignal) =>
	get<Schemas['Gateways']>('/api/v1/gateways', signal).then((a) => a.gateways)

export const getAlerts = (signal?: AbortSignal) => get<Alerts>('/api/v1/alerts', signal)

export const getCollector = (signal?: AbortSignal) => get<Collector>('/api/v1/collector', signal)

export function getKpi(line: string, s: Stretch, by: Grouping | '', signal?: AbortSignal): Promise<Row[]> {
	const query = new URLSearchParams({from: s.from, to: s.to})
	if (by) query.set('by', by)
	return get<Schemas['Rows']>(linePath(line, `/kpi?${query}`), signal).then((a) => a.rows)
}

/** The line's row of a stretch with the arithmetic behind each figure; undefined where there is none. */
export function getExplained(line: string, s: Stretch, signal?: AbortSignal): Promise<Row | undefined> {
	const query = new URLSearchParams({from: s.from, to: s.to, explain: 'true'})
	return get<Schemas['Rows']>(linePath(line, `/kpi?${query}`), signal).then((a) => a.rows[0])
}

export function getStates(line: string, s: Stretch, signal?: AbortSignal): Promise<MachineStates[]> {
	const query = new URLSearchParams({from: s.from, to: s.to})
	return get<Schemas['States']>(linePath(line, `/states?${query}`), signal).then((a) => a.machines)
}

export function getStops(line: string, s: Stretch, signal?: AbortSignal): Promise<Stops> {
	return get<Stops>(linePath(line, `/stops?${new URLSearchParams({from: s.from, to: s.to})}`), signal)
}

export const getReasons = (line: string, signal?: AbortSignal) =>
	get<Schemas['Reasons']>(linePath(line, '/reasons'), signal).then((a) => a.groups)

/** Says why a machine stood, and who says so. */
export const noteStop = (line: string, note: operations['note-line-stop']['requestBody']['content']['application/json']) =>
	post<void>(linePath(line, '/stops/notes'), note)

/** Where the rows of a stretch are to be had as a file. */
export function filePath(line: string, kind: 'csv' | 'xlsx', s: Stretch, by: Grouping, lang: string): string {
	return linePath(line, `/kpi.${kind}?${new URLSearchParams({from: s.from, to: s.to, by, lang})}`)
}

/** Where the evidence of a stretch is to be had as a file. */
export const bundlePath = (line: string, s: Stretch) => linePath(line, `/bundle?${new URLSearchParams({from: s.from, to: s.to})}`)

/** The control chart of a line's scrap, or of a measured variable; its limits are frozen from a stretch of its own. */
export function getControl(line: string, shown: Stretch, frozen: Stretch, by: ControlBy, measure?: string, signal?: AbortSignal): Promise<Control> {
	const query = new URLSearchParams({from: shown.from, to: shown.to, freeze_from: frozen.from, freeze_to: frozen.to, by})
	if (measure !== undefined) query.set('measure', measure)
	return get<Control>(linePath(line, `/control?${query}`), signal)
}

export function getScrap(line: string, s: Stretch, signal?: AbortSignal): Promise<Scrap> {
	return get<Scrap>(linePath(line, `/scrap?${new URLSearchParams({from: s.from, to: s.to})}`), signal)
}

/** What speaks against a line's figures. */
export function getFindings(line: string, s: Stretch, signal?: AbortSignal): Promise<Findings> {
	return get<Findings>(linePath(line, `/findings?${new URLSearchParams({from: s.from, to: s.to})}`), signal)
}

/** What speaks against a line's figures of closed days; remembered, but for days that nobody asked for before. */
export function getDoubts(line: string, s: Stretch, signal?: AbortSignal): Promise<Schemas['Doubts']> {
	return get<Schemas['Doubts']>(linePath(line, `/doubts?${new URLSearchParams({from: s.from, to: s.to})}`), signal)
}

export const getSignals = (line: string, signal?: AbortSignal) => get<Schemas['Signals']>(linePath(line, '/signals'), signal).then((a) => a.signals)

/** What one signal said; points is how many readings or buckets can be told apart. */
export function getReadings(line: string, id: string, s: Stretch, points: number, signal?: AbortSignal): Promise<Readings> {
	const query = new URLSearchParams({signal: id, from: s.from, to: s.to, points: String(points)})
	return get<Readings>(linePath(line, `/readings?${query}`), signal)
}

/** The minutes of machines, or of those whose counts are the line's where none are named. */
export function getMinutes(line: string, s: Stretch, machines: readonly string[], signal?: AbortSignal): Promise<Minutes> {
	const query = new URLSearchParams([['from', s.from], ['to', s.to], ...machines.map((m) => ['machine', m])])
	return get<Minutes>(linePath(line, `/minutes?${query}`), signal)
}

/** Says something, in the name of whoever holds the token where there is one. */
export async function post<T>(path: string, said: unknown, token?: string): Promise<T> {
	const headers: Record<string, string> = {'Content-Type': 'application/json'}
	if (token) headers.Authorization = `Bearer ${token}`
	const answer = await fetch(path, {method: 'POST', headers, body: JSON.stringify(said)}).catch(() => {
		throw new ApiError(0, {})
	})
	if (!answer.ok) throw new ApiError(answer.status, await problemOf(answer))
	return (answer.status === 204 ? undefined : await answer.json()) as T
}

export const livePath = (line: string) => linePath(line, '/live')
