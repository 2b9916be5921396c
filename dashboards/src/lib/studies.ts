// Studies as pages show and write them: the API's forms made editable and back. Texts of verdicts and reasons come from
// the collector, which says the same on the command line.
import type {components} from '../api'
import {ApiError, get, linePath, post, problemOf} from './api'
import {addDays, dayOf, startOfDay} from './days'
import type {Formats} from './format'

type Schemas = components['schemas']
export type Study = Schemas['Study']
export type StudyDetail = Schemas['StudyDetail']
export type StudyVersion = Schemas['StudyVersion']
export type Side = Schemas['SideShifts']
export type Shift = Schemas['StudyShift']
export type Report = Schemas['Report']
export type Figure = Schemas['Side']
export type Metric = Schemas['StudyMetric']
export type Protocol = Schemas['StudyProtocol']
export type Preview = Schemas['StudyPreview']
export type Mistake = Schemas['Mistake']

const path = (study: string, rest = '') => `/api/v1/studies/${encodeURIComponent(study)}${rest}`

export const getStudies = (line: string | undefined, signal?: AbortSignal) =>
	get<Schemas['StudyList']>(`/api/v1/studies${line === undefined ? '' : `?${new URLSearchParams({line})}`}`, signal)
export const getStudy = (study: string, signal?: AbortSignal) => get<StudyDetail>(path(study), signal)
export const previewStudy = (line: string, protocol: Protocol, expected?: number) =>
	post<Preview>('/api/v1/studies/preview', {line, protocol, ...(expected === undefined ? {} : {expected})})
export const registerStudy = (id: string, line: string, protocol: Protocol, token: string) => post<void>('/api/v1/studies', {id, line, protocol}, token)
export const concludeStudy = (study: string, id: string, token: string) => post<void>(path(study, '/conclude'), {id}, token)
export const withdrawStudy = (study: string, id: string, why: string, token: string) => post<void>(path(study, '/withdraw'), {id, why}, token)
export type RecordFile = Schemas['StudyFile']
export const getFiles = (line: string, signal?: AbortSignal) => get<Schemas['RecordFiles']>(linePath(line, '/records'), signal).then((a) => a.files)

/** Seals the rows of a file of machine records; what is wrong with it is part of the answer. */
export async function importFile(line: string, file: File, token: string): Promise<Schemas['Imported']> {
	const answer = await fetch(linePath(line, `/records?${new URLSearchParams({file: file.name})}`), {
		method: 'POST',
		headers: {'Content-Type': 'application/octet-stream', Authorization: `Bearer ${token}`},
		body: file,
	}).catch(() => {
		throw new ApiError(0, {})
	})
	if (!answer.ok) throw new ApiError(answer.status, await problemOf(answer))
	return (await answer.json()) as Schemas['Imported']
}

export const bundleOf = (study: string) => path(study, '/bundle')

/** The documents that an office files, in the order in which it needs them. */
export const documents = ['acceptance', 'result'] as const
export const documentForms = ['pdf', 'xlsx'] as const
export const documentOf = (study: string, kind: (typeof documents)[number], form: (typeof documentForms)[number], lang: 'vi' | 'en') => path(study, `/report.${form}?kind=${kind}&lang=${lang}`)
export const shiftsOf = (study: string, side: 'before' | 'after') => path(study, `/shifts.csv?side=${side}`)

export const studyHref = (study: string) => `/studies/${encodeURIComponent(study)}`
export const editHref = (study: string) => `/studies/${encodeURIComponent(study)}/edit`

/** How figures of one metric are written: shares in per cent. */
export class MetricFormats {
	constructor(
		readonly metric: Pick<Metric, 'share'>,
		readonly f: Formats,
	) {}

	level = (v: number | null | undefined): string => (this.metric.share ? this.f.percent(v, 2) : this.#number(v))
	/** For an axis. */
	tick = (v: number): string => (this.metric.share ? this.f.percent(v, Number.isInteger(Math.round(v * 1e6) / 1e4) ? 0 : 1) : this.f.atMost(v, 3))
	difference = (v: number | null | undefined): string => signed(v, this.metric.share ? this.f.number((v ?? 0) * 100, 2) : this.#number(v))
	change = (v: number | null | undefined): string => signed(v, this.f.percent(v, 1))

	/** Four figures that count. */
	#number(v: number | null | undefined): string {
		if (v === null || v === undefined) return this.f.number(v)
		const digits = v === 0 ? 0 : Math.min(6, Math.max(0, 3 - Math.floor(Math.log10(Math.abs(v)))))
		return this.f.number(v, digits)
	}
}

const signed = (v: number | null | undefined, text: string) => (v !== null && v !== undefined && v > 0 ? `+${text}` : text)

/** The metric in which sides and shifts are shown: energy saved is nothing that one of them has. */
export const shown = (metric: Metric, metrics: readonly Metric[]): Metric => (metric.baseline ? (metrics.find((m) => m.name === 'energy_per_unit') ?? metric) : metric)

/** A row of the picture that holds intervals against a target. */
export interface Bar {
	name: string
	value: number
	low: number
	high: number
}

/** The figure that the target is on, with its interval and the bound that it has to reach, on the scale of the kind of the target. */
export function decisive(study: Pick<Study, 'target' | 'metric'>, r: Report): {kind: string; bound: number; atMost: boolean; estimate?: Omit<Bar, 'name'>} {
	const {kind, at_least, at_most} = study.target
	const falls = study.metric.lower_is_better && kind !== 'level' && at_most === undefined
	const found = kind === 'level' ? {estimate: r.after.value, low: r.after.low, high: r.after.high} : kind === 'change' ? r.relative_change : r.difference
	const estimate =
		typeof found?.estimate === 'number' && typeof found.low === 'number' && typeof found.high === 'number' ? {value: found.estimate, low: found.low, high: found.high} : undefined
	return {kind, bound: falls ? -(at_least ?? 0) : (at_most ?? at_least ?? 0), atMost: falls || at_most !== undefined, estimate}
}

/** What the form edits. Numbers are texts: half a number is not yet one. Shares and changes are in per cent. */
export interface Draft {
	line: string
	study: string
	vi: string
	en: string
	metric: string
	secondary: string[]
	/** What explains energy beside output: machine.name of a measure, "temperature" for the column of files, or nothing. */
	covariate: string
	cycle: string
	kind: 'level' | 'change' | 'difference'
	bound: string
	comparator: 'own-before' | 'local-peer' | 'declared'
	without: boolean
	before: Period & {line: string; value: string}
	after: Period
	machine: string
	method: string
	confidence: number
	exclude: {from: string; to: string; why: string}[]
	declared: {name: string; before: string; after: string; unit: string}[]
	comment: string
	replaces: string
}

/** Days, both included. */
export interface Period {
	source: 'metered' | 'log' | 'records'
	from: string
	to: string
	/** SHA-256 of the file of machine records. */
	file: string
}

export function emptyDraft(line: string, today: string): Draft {
	return {
		line, study: '', vi: '', en: '', metric: 'quality_ratio', secondary: [], covariate: '', cycle: '', kind: 'level', bound: '', comparator: 'own-before', without: false,
		before: {source: 'metered', from: addDays(today, -28), to: addDays(today, -1), file: '', line: '', value: ''},
		after: {source: 'metered', from: addDays(today, 7), to: addDays(today, 34), file: ''},
		machine: '', method: 'auto', confidence: 0.95, exclude: [], declared: [], comment: '', replaces: '',
	}
}

/** A number as somebody types it, with a comma or a point; undefined where it is none. */
export function read(text: string): number | undefined {
	const plain = text.trim().replace(/\s/g, '').replace(',', '.')
	return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined
}

const inPercent = (kind: string, metric: Metric | undefined) => kind === 'change' || (metric?.share ?? false)
const round = (v: number) => Math.round(v * 1e9) / 1e9

/** The unit in which a bound is typed: per cent, or the metric's own. */
export const percentBound = (d: Pick<Draft, 'kind'>, metric: Metric | undefined) => inPercent(d.kind, metric)

export function protocolOf(d: Draft, metrics: readonly Metric[], zone: string, draft: boolean): Protocol {
	const metric = metrics.find((m) => m.name === d.metric)
	const typed = read(d.bound)
	const bound = typed === undefined ? undefined : round(inPercent(d.kind, metric) ? typed / 100 : typed)
	const atMost = d.kind === 'level' && metric?.lower_is_better
	const period = (p: Period) => ({
		source: p.source,
		...(p.source === 'records' && p.file ? {file: p.file} : {}),
		...(p.from ? {from: new Date(startOfDay(p.from, zone)).toISOString()} : {}),
		...(p.to ? {to: new Date(startOfDay(addDays(p.to, 1), zone)).toISOString()} : {}),
	})
	const value = read(d.before.value)
	const declared = d.comparator === 'declared'
	const before = declared
		? {source: 'declared', ...(value === undefined ? {} : {value: metric?.share ? round(value / 100) : value})}
		: {...period(d.before), ...(d.comparator === 'local-peer' ? {line: d.before.line} : {})}
	const cycle = read(d.cycle)
	const oee = d.metric === 'oee' || d.secondary.includes('oee')
	return {
		study: d.study.trim(),
		title: {...(d.vi.trim() ? {vi: d.vi.trim()} : {}), ...(d.en.trim() ? {en: d.en.trim()} : {})},
		metric: d.metric,
		...(d.secondary.length ? {secondary: d.secondary} : {}),
		...(metric?.baseline && d.covariate ? {covariate: covariateOf(d.covariate)} : {}),
		...(oee && cycle !== undefined && cycle > 0 ? {planned_cycle: `${cycle}s`} : {}),
		target: {kind: d.kind, ...(bound === undefined ? {} : atMost ? {at_most: bound} : {at_least: bound})},
		comparator: d.comparator,
		confidence: d.confidence,
		method: d.method,
		...(d.machine ? {machine: d.machine} : {}),
		...(d.without && d.comparator === 'own-before' ? {} : {before}),
		after: period(d.after),
		...(d.exclude.length ? {exclude: d.exclude.filter((e) => e.from && e.to).map((e) => ({from: e.from, to: e.to, why: e.why.trim()}))} : {}),
		...(d.declared.length ? {declared: d.declared.map((i) => ({name: i.name.trim(), ...number('before', i.before), ...number('after', i.after), ...(i.unit.trim() ? {unit: i.unit.trim()} : {})}))} : {}),
		...(draft ? {draft: true} : {}),
		...(d.comment.trim() ? {comment: d.comment.trim()} : {}),
		...(d.replaces ? {replaces: d.replaces} : {}),
	} as Protocol
}

/** A covariate in a form: a measure is named by its machine, whose name has no dot, and its own. */
export const covariateText = (c: NonNullable<Protocol['covariate']>) => (c.machine ? `${c.machine}.${c.measure}` : c.column)

/** What covariateText has written. */
const covariateOf = (text: string) => {
	const dot = text.indexOf('.')
	return {column: 'temperature', ...(dot > 0 ? {machine: text.slice(0, dot), measure: text.slice(dot + 1)} : {})}
}

const number = (name: string, text: string) => {
	const v = read(text)
	return v === undefined ? {} : {[name]: v}
}

/** The form of a version that is to be replaced by another. */
export function draftOf(v: StudyVersion, last: string, metrics: readonly Metric[], zone: string): Draft {
	const p = v.protocol
	const metric = metrics.find((m) => m.name === p.metric)
	const day = (time: string | undefined, end = false) => (time && Date.parse(time) > 0 ? dayOf(Date.parse(time) - (end ? 1 : 0), zone) : '')
	const text = (n: number | null | undefined, percent = false) => (typeof n === 'number' ? String(percent ? round(n * 100) : n).replace('.', ',') : '')
	const falls = p.target.kind !== 'level' && p.target.at_most !== undefined
	const bound = falls ? -(p.target.at_most ?? 0) : (p.target.at_most ?? p.target.at_least)
	const source = (s: string | undefined) => (s === 'log' || s === 'records' ? s : 'metered')
	const kind = p.target.kind === 'change' || p.target.kind === 'difference' ? p.target.kind : 'level'
	const empty = emptyDraft(v.line, dayOf(Date.now(), zone))
	return {
		...empty,
		study: p.study, vi: p.title?.vi ?? '', en: p.title?.en ?? '', metric: p.metric, secondary: [...(p.secondary ?? [])],
		covariate: p.covariate ? covariateText(p.covariate) : '',
		cycle: p.planned_cycle ? text(seconds(p.planned_cycle)) : '', kind, bound: text(bound, inPercent(kind, metric)),
		comparator: p.comparator === 'local-peer' || p.comparator === 'declared' ? p.comparator : 'own-before', without: !p.before,
		before: {source: source(p.before?.source), from: day(p.before?.from), to: day(p.before?.to, true), file: p.before?.file ?? '', line: p.before?.line ?? '', value: text(p.before?.value, metric?.share)},
		after: {source: source(p.after.source), from: day(p.after.from), to: day(p.after.to, true), file: p.after.file ?? ''},
		machine: p.machine ?? '', method: p.method, confidence: p.confidence,
		exclude: (p.exclude ?? []).map((e) => ({from: e.from, to: e.to, why: e.why})),
		declared: (p.declared ?? []).map((i) => ({name: i.name, before: text(i.before), after: text(i.after), unit: i.unit ?? ''})),
		replaces: last,
	}
}

/** 600ms, 1.5s or 1m0s in seconds. */
export function seconds(duration: string): number {
	const units: Record<string, number> = {ms: 0.001, s: 1, m: 60, h: 3600}
	return [...duration.matchAll(/([\d.]+)(ms|h|m|s)/g)].reduce((sum, [, n, unit]) => sum + Number(n) * (units[unit ?? ''] ?? 0), 0)
}

/** A name for a study made of its title: small letters, digits and -. */
export const nameFor = (title: string): string =>
	title
		.normalize('NFD')
		.replace(/\p{Diacritic}/gu, '')
		.toLowerCase()
		.replaceAll('đ', 'd')
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, 64)
		.replace(/-+$/, '')

/** The mistakes at a place of the form, such as target or before.from, and below it. */
export const at = (all: readonly Mistake[], place: string): Mistake[] => all.filter((m) => `${m.path.join('.')}.`.startsWith(`${place}.`))
