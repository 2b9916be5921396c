// What a reader looks at of a line's raw readings: which signals, from when to when. It stands in the page's address,
// so that it can be sent to somebody.
import type {Line, Readings, Signal, Stretch} from './api'

const hour = 3_600_000
const day = 24 * hour

/** A stretch of time in milliseconds since 1970. */
export interface Frame {
	from: number
	to: number
}

export interface Sight {
	signals: string[]
	frame?: Frame
}

/** More charts than these do not fit under each other. */
export const mostSignals = 6

/** What an address asks for; what it does not say is left to the page. */
export function sightOf(search: string): Sight {
	const query = new URLSearchParams(search)
	const [from, to] = [Date.parse(query.get('from') ?? ''), Date.parse(query.get('to') ?? '')]
	return {signals: [...new Set(query.getAll('signal'))].slice(0, mostSignals), ...(from < to ? {frame: {from, to}} : {})}
}

/** The address of a sight, beginning with a question mark. */
export function searchOf(signals: readonly string[], frame: Frame): string {
	const s = stretchOf(frame)
	return `?${new URLSearchParams([...signals.map((id) => ['signal', id]), ['from', s.from], ['to', s.to]])}`
}

export const stretchOf = (f: Frame): Stretch => ({from: new Date(f.from).toISOString(), to: new Date(f.to).toISOString()})

export const frameOf = (s: Stretch): Frame => ({from: Date.parse(s.from), to: Date.parse(s.to)})

/** All that a line has, and a little more at its end. */
export function reachOf(line: Line): Frame {
	const to = Date.parse(line.data_to ?? line.window.to)
	return {from: Math.min(Date.parse(line.data_from ?? line.window.from), to - hour), to}
}

export const ranges = ['hour', 'shift', 'day', 'week', 'month', 'all'] as const
export type Range = (typeof ranges)[number]

/** What a usual range means: it ends where the data ends; a shift is the one that runs, as far as it has come. */
export function rangeOf(range: Range, line: Line): Frame {
	const reach = reachOf(line)
	const length = {hour, day, week: 7 * day, month: 30 * day}
	if (range === 'all') return reach
	if (range !== 'shift') return {from: reach.to - length[range], to: reach.to}
	const from = Date.parse(line.window.from)
	return {from, to: Math.max(Math.min(reach.to, Date.parse(line.window.to)), from + hour)}
}

/** The frame moved by a part of its length, or stretched about its middle. */
export const moved = (f: Frame, part: number): Frame => ({from: f.from + (f.to - f.from) * part, to: f.to + (f.to - f.from) * part})

export function scaled(f: Frame, by: number): Frame {
	const [middle, half] = [(f.from + f.to) / 2, Math.max(((f.to - f.from) * by) / 2, 5000)]
	return {from: middle - half, to: middle + half}
}

/** Signals by machine, those that a machine has a role for first; '' is of none. */
export function byMachine(signals: readonly Signal[], machines: readonly string[]): {machine: string; signals: Signal[]}[] {
	const first = (a: Signal, b: Signal) => Number(a.roles.length === 0) - Number(b.roles.length === 0)
	return [...machines, ''].map((machine) => ({machine, signals: signals.filter((s) => s.machine === machine).sort(first)})).filter((g) => g.signals.length > 0)
}

/** The signal that a page begins with: what the line's first output machine counts. */
export function firstSignal(signals: readonly Signal[], line: Line): string | undefined {
	const output = new Set(line.machines.filter((m) => m.output).map((m) => m.id))
	const counts = signals.find((s) => s.roles.some((r) => r.role === 'produced' && output.has(r.machine)))
	return (counts ?? signals[0])?.id
}

/** Whether values are no numbers to draw a line through: states, switches, texts. */
export function isDiscrete(a: Readings): boolean {
	const known = [a.first, a.last].find((v) => v !== null)
	return a.signal.kind === 'state' || typeof known === 'boolean' || typeof known === 'string'
}

const quoted = (value: unknown) => {
	const text = value === null || value === undefined ? '' : String(value)
	return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** What is seen as CSV, in the names of the interface: a reading is a bucket of one. */
export function csvOf(answers: readonly Readings[]): string {
	const head = ['signal', 'unit', 'from', 'to', 'first', 'min', 'mean', 'max', 'last', 'count', 'bad', 'quality']
	const rows = answers.flatMap((a) => [
		...a.readings.map((r) => [
			a.signal.id, a.signal.unit, r.time, r.time, r.state ?? r.value, r.samples?.min, r.samples ? r.value : '', r.samples?.max, r.state ?? r.value, 1, r.quality === 'good' ? 0 : 1, r.quality,
		]),
		...a.buckets.map((b) => [a.signal.id, a.signal.unit, b.from, b.to, b.first_state ?? b.first, b.min, b.mean, b.max, b.last_state ?? b.last, b.count, b.bad, '']),
	])
	return [head, ...rows].map((row) => row.map(quoted).join(',')).join('\r\n') + '\r\n'
}
