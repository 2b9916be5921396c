// An entry of the shift log as a person types it, and what it says. What was left empty is not known, which is not 0.
import {dayOf, offset} from './days'
import type {Entered, Entry, Sheet} from './logapi'

export const wholes = ['produced', 'good', 'scrap', 'rework', 'workers'] as const
export const measures = ['attended_hours', 'worked_hours', 'energy_kwh', 'material_in_kg', 'product_out_kg'] as const
export type Whole = (typeof wholes)[number]
export type Figure = Whole | (typeof measures)[number]
/** In the order in which they are asked for. */
export const figures: readonly Figure[] = [...wholes, ...measures]
export const isWhole = (figure: Figure): figure is Whole => wholes.some((w) => w === figure)

/** What stands in the form. Figures are texts: half a number is not yet one. */
export interface Draft {
	/** On the line's calendar, as 2026-03-27. */
	day: string
	/** When the chosen shift begins, RFC 3339; '' for hours of one's own. */
	shift: string
	/** 06:00, by the line's clock; an end that is not later is that of the next day. */
	from: string
	to: string
	machine: string
	product: string
	order: string
	figures: Partial<Record<Figure, string>>
	comment: string
	/** The id of the entry that this one corrects, and what of it the form does not show. */
	replaces?: string
	kept?: Pick<Entered, 'coverage' | 'cluster' | 'planned_hours'>
}

/** Something that cannot be: which field, and what is wrong by the code that the collector has for it. */
export interface Mistake {
	field: string
	code: string
	/** What the collector said, where the code is none of ours. */
	message?: string
}

export const emptyDraft = (day: string): Draft => ({day, shift: '', from: '', to: '', machine: '', product: '', order: '', figures: {}, comment: ''})

/** Whether something was typed that would be missed. */
export const isTyped = (d: Draft) => Object.values(d.figures).some(Boolean) || d.comment !== '' || d.order !== ''

/** The instant at which the zone's clock shows a time on a day. */
export function instant(day: string, time: string, zone: string): number {
	const shown = Date.parse(`${day}T${time}:00Z`)
	const first = shown - offset(shown, zone)
	return shown - offset(first, zone) // again: the offset may have changed between the two instants
}

/** The shifts that begin on a day. */
export const shiftsOn = (sheet: Sheet, day: string) => sheet.shifts.filter((s) => dayOf(Date.parse(s.from), sheet.timezone) === day)

type Read = {value?: number; code?: string}

/** What a figure says. Where it can be read in two ways it is a mistake, never a guess. */
export function readFigure(text: string, whole: boolean): Read {
	const plain = text.trim()
	if (plain === '') return {}
	if (/^-/.test(plain)) return {code: 'negative'}
	if (/^\d{1,3}([.,\s]\d{3}){2,}$/.test(plain) || /^\d{1,3}\s\d{3}$/.test(plain)) return {code: 'thousands'}
	if (/^[1-9]\d{0,2}[.,]\d{3}$/.test(plain)) return {code: 'ambiguous'}
	if (!/^\d+([.,]\d+)?$/.test(plain)) return {code: 'not_a_number'}
	const value = Number(plain.replace(',', '.'))
	if (whole && !Number.isInteger(value)) return {code: 'not_whole'}
	return value > 1e15 ? {code: 'number_too_large'} : {value}
}

/** The draft as an entry, and all that is wrong with it; the entry is to be sent only where that is nothing. */
export function read(d: Draft, sheet: Sheet, now: number): {entry: Entered; mistakes: Mistake[]} {
	const mistakes: Mistake[] = []
	const wrong = (field: string, code: string) => mistakes.push({field, code})
	const span = spanOf(d, sheet)
	if (!span) wrong('shift_start', 'missing')
	else if (Date.parse(span.shift_end) > now) wrong('shift_end', 'in_future')
	const entry: Entered = {...(span ?? {shift_start: '', shift_end: ''}), ...d.kept}
	for (const figure of figures) {
		const {value, code} = readFigure(d.figures[figure] ?? '', isWhole(figure))
		if (code) wrong(figure, code)
		if (value !== undefined) entry[figure] = value
	}
	for (const text of ['machine', 'product', 'order', 'comment'] as const) if (d[text].trim()) entry[text] = d[text].trim()
	if (d.replaces) entry.replaces = d.replaces
	if (![...figures, 'comment' as const].some((k) => entry[k] !== undefined)) wrong('produced', 'nothing')
	return {entry, mistakes: [...mistakes, ...contradictions(entry)]}
}

function spanOf(d: Draft, sheet: Sheet): Pick<Entered, 'shift_start' | 'shift_end'> | undefined {
	const shift = sheet.shifts.find((s) => s.from === d.shift)
	if (shift) return {shift_start: shift.from, shift_end: shift.to}
	if (!/^\d{4}-\d\d-\d\d$/.test(d.day) || !/^\d\d:\d\d$/.test(d.from) || !/^\d\d:\d\d$/.test(d.to)) return undefined
	const start = instant(d.day, d.from, sheet.timezone)
	const sameDay = instant(d.day, d.to, sheet.timezone)
	const end = sameDay > start ? sameDay : sameDay + 86_400_000
	return {shift_start: new Date(start).toISOString(), shift_end: new Date(end).toISOString()}
}

const hoursOf = (e: Entered) => (Date.parse(e.shift_end) - Date.parse(e.shift_start)) / 3_600_000

/** What the collector would refuse, by its own rules. */
function contradictions(e: Entered): Mistake[] {
	const all: Mistake[] = []
	const over = (field: Figure, most: number | undefined, code: string) => {
		const value = e[field]
		if (value !== undefined && most !== undefined && value > most) all.push({field, code})
	}
	for (const part of ['good', 'scrap', 'rework'] as const) over(part, e.produced, 'more_than_produced')
	if (all.length === 0 && e.produced !== undefined && e.good !== undefined) over('scrap', e.produced - e.good, 'good_and_scrap_more_than_produced')
	over('worked_hours', e.attended_hours, 'worked_more_than_attended')
	const possible = e.workers === undefined ? NaN : e.workers * (hoursOf(e) + 0.005)
	if (possible >= 0) over('attended_hours', possible + 1e-9, 'attended_more_than_possible')
	return all
}

/** Something that can be, but seldom is: its text and what that says. */
export interface Doubt {
	key: 'unaccounted' | 'short_hours' | 'energy_alone' | 'idle_energy' | 'heavier'
	field: Figure
	params: Record<string, number>
}

/** What a person should look at once more before they send it. */
export function doubts(e: Entered): Doubt[] {
	const all: Doubt[] = []
	const left = (e.produced ?? 0) - (e.good ?? 0) - (e.scrap ?? 0)
	if (e.produced !== undefined && e.good !== undefined && e.scrap !== undefined && left > 0) all.push({key: 'unaccounted', field: 'scrap', params: {n: left}})
	const possible = (e.workers ?? 0) * hoursOf(e)
	if (possible > 0 && e.attended_hours !== undefined && e.attended_hours < possible / 2)
		all.push({key: 'short_hours', field: 'attended_hours', params: {hours: e.attended_hours, possible}})
	if (e.energy_kwh && e.produced === undefined && e.good === undefined) all.push({key: 'energy_alone', field: 'energy_kwh', params: {}})
	if (e.energy_kwh && (e.produced ?? e.good) === 0) all.push({key: 'idle_energy', field: 'energy_kwh', params: {kwh: e.energy_kwh}})
	if (e.material_in_kg !== undefined && e.product_out_kg !== undefined && e.product_out_kg > e.material_in_kg)
		all.push({key: 'heavier', field: 'product_out_kg', params: {out: e.product_out_kg, in: e.material_in_kg}})
	return all
}

/** An entry as a draft, to correct or mend it. */
export function draftOf(e: Entered | Entry, sheet: Sheet): Draft {
	const clock = (time: string) => new Date(Date.parse(time) + offset(Date.parse(time), sheet.timezone)).toISOString().slice(11, 16)
	const start = Date.parse(e.shift_start)
	const same = sheet.shifts.find((s) => Date.parse(s.from) === start && Date.parse(s.to) === Date.parse(e.shift_end))
	return {
		day: dayOf(start, sheet.timezone),
		shift: same?.from ?? '',
		from: clock(e.shift_start),
		to: clock(e.shift_end),
		machine: e.machine ?? '',
		product: e.product ?? '',
		order: e.order ?? '',
		figures: Object.fromEntries(figures.flatMap((f) => (e[f] === undefined ? [] : [[f, typed(e[f])]]))),
		comment: e.comment ?? '',
		replaces: e.replaces,
		kept: {coverage: e.coverage, cluster: e.cluster, planned_hours: e.planned_hours},
	}
}

// A figure as it can be read again: 1.234 would be 1234 to some.
const typed = (value: number) => (/\.\d{3}$/.test(String(value)) ? `${value}0` : String(value))
