// A line's calendar as people change it: the API's form made editable and back, its week as bars, its mistakes in words.
import type {components} from '../api'
import {get, linePath, post} from './api'
import {offset} from './days'

type Schemas = components['schemas']
export type Calendar = Schemas['Calendar']
export type LineCalendar = Schemas['LineCalendar']
export type Era = Schemas['CalendarEra']
export type Preview = Schemas['CalendarPreview']
export type Mistake = Pick<Schemas['CalendarMistake'], 'path' | 'value'> & {code: Schemas['CalendarMistake']['code'] | 'no_days' | 'empty'}
export type PublicHoliday = Schemas['PublicHoliday']
export type PlannedShift = Schemas['PlannedShift']

export const getCalendar = (line: string, signal?: AbortSignal) => get<LineCalendar>(linePath(line, '/calendar'), signal)

export const previewCalendar = (line: string, calendar: Calendar, from: string) =>
	post<Preview>(linePath(line, '/calendar/preview'), {calendar, from})

export interface Change {
	id: string
	from: string
	calendar: Calendar
	comment: string
}

export const changeCalendar = (line: string, change: Change, token: string) => post<void>(linePath(line, '/calendar'), change, token)

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

export interface Times {
	from: string
	to: string
}

export interface DraftShift extends Times {
	name: string
	days: Weekday[]
	breaks: Times[]
}

/** What the form edits: times of day as 06:00, dates as 2026-03-02, times of overtime as 2026-03-02T06:00 in the line's zone. */
export interface Draft {
	shifts: DraftShift[]
	public: boolean
	working: string[]
	holidays: {date: string; why: string}[]
	extra: (Times & {name: string})[]
}

/** A time input knows no 24:00: a shift that ends at 00:00 ends on the next day. */
const clock = (time: string) => (time === '24:00' ? '00:00' : time)
const isDay = (day: string): day is Weekday => (weekdays as readonly string[]).includes(day)

export function draftOf(c: Calendar | undefined, zone: string): Draft {
	return {
		shifts: (c?.shifts ?? []).map((s) => ({
			name: s.name,
			from: clock(s.from),
			to: clock(s.to),
			days: s.days?.length ? s.days.filter(isDay) : [...weekdays],
			breaks: (s.breaks ?? []).map((b) => ({from: clock(b.from), to: clock(b.to)})),
		})),
		public: c?.public === 'vn',
		working: [...(c?.working ?? [])],
		holidays: (c?.holidays ?? []).map((h) => ({date: h.date ?? '', why: h.why ?? ''})),
		extra: (c?.extra ?? []).map((e) => ({name: e.name, from: localTime(e.from, zone), to: localTime(e.to, zone)})),
	}
}

export function calendarOf(d: Draft, zone: string): Calendar {
	return {
		shifts: d.shifts.map((s) => ({name: s.name.trim(), from: s.from, to: s.to, days: s.days, breaks: s.breaks.map((b) => ({...b}))})),
		holidays: d.holidays.map((h) => ({date: h.date, why: h.why.trim()})),
		extra: d.extra.map((e) => ({name: e.name.trim(), from: instant(e.from, zone), to: instant(e.to, zone)})),
		...(d.public ? {public: 'vn', working: d.working} : {}),
	}
}

/** What cannot be sent: fields without a value, and a shift on no day, which would be one on every day. */
export function ownMistakes(d: Draft): Mistake[] {
	const all: Mistake[] = []
	const filled = (value: string, ...path: (string | number)[]) => {
		if (!value) all.push({path: path.map(String), code: 'empty'})
	}
	d.shifts.forEach((s, n) => {
		if (!s.days.length) all.push({path: ['shifts', String(n), 'days'], code: 'no_days'})
		filled(s.from && s.to, 'shifts', n)
		s.breaks.forEach((b, m) => filled(b.from && b.to, 'shifts', n, 'breaks', m))
	})
	d.holidays.forEach((h, n) => filled(h.date, 'holidays', n))
	d.extra.forEach((e, n) => filled(e.from && e.to, 'extra', n))
	return all
}

/** 2026-03-02T06:00 on the zone's wall clock. */
export function localTime(when: string, zone: string): string {
	const time = Date.parse(when)
	return new Date(time + offset(time, zone)).toISOString().slice(0, 16)
}

/** The instant that the zone's wall clock shows, RFC 3339. */
export function instant(local: string, zone: string): string {
	const wall = Date.parse(`${local}:00Z`)
	const first = wall - offset(wall, zone)
	return new Date(wall - offset(first, zone)).toISOString()
}

export interface Bar {
	kind: 'shift' | 'break'
	/** Minutes of the day, 0 to 1440. */
	from: number
	to: number
	/** Of the shift in the list. */
	shift: number
}

const day = 1440
const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

/** The bars of each weekday, Monday first. What goes over midnight goes on in the next day's row. */
export function weekBars(shifts: readonly DraftShift[]): Bar[][] {
	const rows: Bar[][] = weekdays.map(() => [])
	const add = (weekday: number, bar: Bar) => {
		if (bar.from < day) rows[weekday]!.push({...bar, to: Math.min(bar.to, day)})
		if (bar.to > day) rows[(weekday + 1) % 7]!.push({...bar, from: Math.max(bar.from - day, 0), to: bar.to - day})
	}
	shifts.forEach((s, shift) => {
		if (!s.from || !s.to) return
		const from = minutes(s.from)
		const after = (time: string, than: number) => minutes(time) + (minutes(time) <= than ? day : 0)
		for (const name of s.days) {
			const weekday = weekdays.indexOf(name)
			add(weekday, {kind: 'shift', from, to: after(s.to, from), shift})
			for (const b of s.breaks) {
				if (!b.from || !b.to) continue
				const begins = minutes(b.from) + (minutes(b.from) < from ? day : 0)
				add(weekday, {kind: 'break', from: begins, to: begins + ((minutes(b.to) - minutes(b.from) + day) % day), shift})
			}
		}
	})
	return rows
}

/** The calendar that would govern from an era's beginning on if nobody had said it: what takes its place when it is taken back. */
export function before(eras: readonly Era[], era: Era): Era | undefined {
	const standing = eras.filter((e) => e.status !== 'replaced')
	return standing[standing.indexOf(era) - 1]
}

/** The last word that stands: what a change begins with. */
export function lastEra(eras: readonly Era[]): Era | undefined {
	return eras.filter((e) => e.status === 'now' || e.status === 'queued').at(-1)
}
