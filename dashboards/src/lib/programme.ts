// The programme and its projects: how they are asked for and said, and made editable.
import type {components} from '../api'
import {ApiError, get, post, problemOf} from './api'

type Schemas = components['schemas']
export type Overview = Schemas['Overview']
export type Lists = Schemas['Lists']
export type Project = Schemas['Project']
export type ProjectVersion = Schemas['ProjectVersion']
export type ProjectList = Schemas['ProjectList']
export type ProjectDetail = Schemas['ProjectDetail']
export type Forest = Schemas['Forest']
export type Group = Schemas['Group']
export type Doubt = Schemas['Doubt']
export type Verdict = Schemas['VerdictCount']['verdict']
export type LoadedSheet = Schemas['LoadedSheet']
export type Loading = Schemas['Loading']

const base = '/api/v1/programme'
const asked = (query: Record<string, string>) => {
	const set = Object.entries(query).filter(([, value]) => value)
	return set.length > 0 ? `?${new URLSearchParams(set)}` : ''
}

export const getOverview = (query: Record<string, string>, signal?: AbortSignal) => get<Overview>(base + asked(query), signal)
export const getLists = (signal?: AbortSignal) => get<Lists>(`${base}/lists`, signal)
export const getProjects = (query: Record<string, string>, signal?: AbortSignal) => get<ProjectList>(`${base}/projects${asked(query)}`, signal)
export const getProject = (id: string, signal?: AbortSignal) => get<ProjectDetail>(`${base}/projects/${encodeURIComponent(id)}`, signal)
export const getLoading = () => get<Loading>(`${base}/file`)
export const writeProject = (id: string, project: Project, token: string) => post<{project: string}>(`${base}/projects`, {id, project}, token)
export const sheetPath = (kind: 'csv' | 'xlsx', lang: string, blank = false) => `${base}/projects.${kind}${asked({lang, blank: blank ? 'true' : ''})}`
export const projectHref = (id: string) => `/programme/projects/${encodeURIComponent(id)}`

/** Sends a sheet of projects; with tryOnly it is only looked at. */
export async function loadSheet(file: File, tryOnly: boolean, token: string): Promise<LoadedSheet> {
	const path = `${base}/file${asked({file: file.name.slice(-200), try: tryOnly ? 'true' : ''})}`
	const headers = {Authorization: `Bearer ${token}`, 'Content-Type': 'application/octet-stream', Accept: 'application/json, application/problem+json'}
	const answer = await fetch(path, {method: 'POST', headers, body: file}).catch(() => {
		throw new ApiError(0, {})
	})
	if (!answer.ok) throw new ApiError(answer.status, await problemOf(answer))
	return (await answer.json()) as LoadedSheet
}

/** A sum of projects; null where nothing of it is known of any of them, which is not 0. */
export function knownSum(s: Schemas['Sums'], of: 'machines' | 'support' | 'counterpart'): number | null {
	const [sum, unknown] = {machines: [s.machines, s.no_machines], support: [s.support_vnd, s.no_support], counterpart: [s.counterpart_vnd, s.no_counterpart]}[of]
	return sum === 0 && unknown! > 0 && unknown === s.projects ? null : sum!
}

/** What the form edits: all as text, as it is typed. */
export type Draft = Record<(typeof fields)[number], string>

/** The fields of a project in the order of the form. */
export const fields = [
	'code', 'name', 'establishment', 'province', 'kind', 'level', 'state', 'machines', 'support', 'counterpart', 'approved', 'contracted', 'installed', 'accepted',
	'site', 'lines', 'studies', 'documents', 'note', 'projects', 'establishments', 'years',
] as const
export type Field = (typeof fields)[number]
const whole: readonly Field[] = ['machines', 'support', 'counterpart', 'projects', 'establishments']
export const isWhole = (field: Field) => whole.includes(field)
export const isDay = (field: Field) => ['approved', 'contracted', 'installed', 'accepted'].includes(field)

export function draftOf(p?: Project): Draft {
	const text = (field: Field): string => {
		if (!p) return field === 'state' ? 'approved' : ''
		if (field === 'lines' || field === 'studies') return (p[field] ?? []).join('; ')
		if (field === 'documents') return (p.documents ?? []).map((d) => [d.name, d.sha256, d.link].filter(Boolean).join(' | ')).join('\n')
		return String(p[field] ?? '')
	}
	return Object.fromEntries(fields.map((f) => [f, text(f)])) as Draft
}

const listed = (text: string) => text.split(/[;,\n]/).map((s) => s.trim()).filter(Boolean)

function documentOf(line: string): Schemas['Document'] {
	const [name = '', ...rest] = line.split('|').map((s) => s.trim())
	const link = rest.find((s) => s.includes('://'))
	const sha256 = rest.find((s) => s !== '' && s !== link)?.toLowerCase()
	return {name, ...(sha256 ? {sha256} : {}), ...(link ? {link} : {})}
}

/** A project as it is sent; wrong are the fields that hold no whole number. Digits may stand in groups. */
export function projectOf(d: Draft, before?: ProjectVersion): {project: Project; wrong: Field[]} {
	const wrong: Field[] = []
	const project: Record<string, unknown> = before ? {project: before.project, replaces: before.statement} : {}
	for (const field of fields) {
		const text = d[field].trim()
		if (!text && !['code', 'name', 'state'].includes(field)) continue
		if (isWhole(field)) {
			const digits = text.replace(/(?<=\d)[. \u00a0\u202f](?=\d{3}(\D|$))/g, '')
			if (!/^\d{1,15}$/.test(digits)) wrong.push(field)
			else project[field] = Number(digits)
		} else if (field === 'lines' || field === 'studies') project[field] = listed(text)
		else if (field === 'documents') project[field] = text.split('\n').filter((l) => l.trim()).map(documentOf)
		else project[field] = text
	}
	return {project: project as unknown as Project, wrong}
}

/** 29/02/2024 */
export const dayText = (day?: string) => (day ? day.split('-').reverse().join('/') : '')

/** Where a change stands between the ends of an axis of logarithms, 0 to 1. */
export const along = (change: number, low: number, high: number) => {
	const at = (Math.log1p(change) - Math.log1p(low)) / (Math.log1p(high) - Math.log1p(low))
	return Math.min(1, Math.max(0, at))
}

/** The ends of an axis that holds all of these changes and 0, with ticks in between. */
export function axisOf(changes: readonly (number | null | undefined)[]): {low: number; high: number; ticks: number[]} {
	const known = changes.filter((c): c is number => typeof c === 'number' && c > -1).map((c) => Math.min(4, Math.max(-0.9, c)))
	const least = Math.min(0, ...known)
	const most = Math.max(0, ...known)
	const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].find((s) => (most - least) / s <= 5) ?? 2
	const low = Math.max(-0.95, Math.floor(least / step - 0.3) * step)
	const high = Math.ceil(most / step + 0.3) * step
	const ticks: number[] = []
	for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9; n++) ticks.push(n * step)
	return {low, high, ticks}
}
