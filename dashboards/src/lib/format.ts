// Numbers, times and durations as a reader writes them, in a line's time zone. What is not known is a dash,
// never 0.
import {translate, type Lang} from './i18n'

export const dash = '–'
const thin = '\u00a0' // keeps a number and its unit on one line

const locales: Record<Lang, string> = {vi: 'vi-VN', en: 'en-GB'}

type Maybe = number | null | undefined

/** To make one takes milliseconds on a phone: each is made once for all readers of one language and zone. */
const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>()

function once<T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T {
	const known = made.get(key) as T | undefined
	if (known) return known
	const one = make()
	made.set(key, one)
	return one
}

/** How one reader sees the numbers and times of one line. */
export class Formats {
	readonly #locale: string

	/** zone is an IANA name; the browser's own where it is empty. */
	constructor(
		readonly lang: Lang,
		readonly zone: string = '',
	) {
		this.#locale = locales[lang]
	}

	/** 1.234,5 with exactly so many digits after the comma. */
	number(value: Maybe, digits = 0): string {
		if (value === null || value === undefined) return dash
		return this.#numbers(digits, digits).format(value)
	}

	/** A fraction as per cent: 0.972 is 97,2 %. */
	percent(value: Maybe, digits = 1): string {
		if (value === null || value === undefined) return dash
		return this.#numbers(digits, digits).format(value * 100) + (this.lang === 'vi' ? thin : '') + '%'
	}

	/** A fraction as per cent, with as many digits as tell it from a target that it misses: 0.9696 is no 97.0 %. */
	against(value: Maybe, target: number | undefined): string {
		const most = 4
		const missed = typeof value === 'number' && target !== undefined && value < target
		let digits = 1
		while (missed && digits < most && Math.round(value * 100 * 10 ** digits) >= target * 100 * 10 ** digits) digits++
		return this.percent(value, digits)
	}

	/** A part of a whole, never rounded up to the whole: 100 % means all of it. */
	part(value: Maybe): string {
		if (value === null || value === undefined) return dash
		return value <= 0 || value >= 1 ? this.percent(value, 0) : this.percent(Math.floor(value * 1000) / 1000)
	}

	/** A number with at most so many digits after the comma, none of them an idle zero. */
	atMost(value: Maybe, digits: number): string {
		if (value === null || value === undefined) return dash
		return this.#numbers(0, digits).format(value)
	}

	/** 08:05 */
	time(when: string | number): string {
		return this.#dates('time', {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'}).format(new Date(when))
	}

	/** 08:05:09 */
	seconds(when: string | number): string {
		return this.#dates('seconds', {hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'}).format(new Date(when))
	}

	/** 27/03 */
	day(when: string | number): string {
		const parts = this.#dates('day', {day: '2-digit', month: '2-digit'}).formatToParts(new Date(when))
		const part = (type: string) => parts.find((p) => p.type === type)?.value ?? ''
		return `${part('day')}/${part('month')}` // vi-VN alone would write 27-03 here, but 27/03/2026 in full
	}

	/** Weekday and day in full. */
	date(when: string | number): string {
		return this.#dates('date', {weekday: 'long', day: '2-digit', month: '2-digit', year: 'numeric'}).format(new Date(when))
	}

	/** Time, with the day before it where that is not the day of `now`. */
	moment(when: string | number, now: number): string {
		const time = this.time(when)
		return this.day(when) === this.day(now) ? time : `${time}, ${this.day(when)}`
	}

	/** The two largest units of a duration in seconds. */
	duration(seconds: number): string {
		const s = Math.floor(seconds)
		if (s < 60) return this.#text('duration.s', {s})
		if (s < 3600) return this.#text('duration.ms', {m: Math.floor(s / 60), s: s % 60})
		if (s < 86_400) return this.#text('duration.hm', {h: Math.floor(s / 3600), m: Math.floor((s % 3600) / 60)})
		return this.#text('duration.dh', {d: this.number(Math.floor(s / 86_400)), h: Math.floor((s % 86_400) / 3600)})
	}

	/** How far something may be off, in seconds: never rounded to less than it is. */
	bound(seconds: number): string {
		const up = (step: number) => Math.ceil(seconds / step - 1e-9) * step // 0.007 / 0.001 is a little more than 7
		if (up(0.001) < 1) return this.#text('duration.millis', {ms: Math.round(up(0.001) * 1000)})
		if (up(0.1) < 10) return this.#text('duration.s', {s: this.atMost(up(0.1), 1)})
		return this.duration(up(seconds > 86_400 ? 3600 : seconds > 3600 ? 60 : 1))
	}

	#text(key: 'duration.millis' | 'duration.s' | 'duration.ms' | 'duration.hm' | 'duration.dh', params: Record<string, string | number>) {
		return translate(this.lang, key, params).replaceAll(' ', thin)
	}

	#numbers(least: number, most: number): Intl.NumberFormat {
		const options = {minimumFractionDigits: least, maximumFractionDigits: most}
		return once(`${this.#locale} ${least} ${most}`, () => new Intl.NumberFormat(this.#locale, options))
	}

	#dates(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
		return once(`${this.#locale} ${this.zone} ${key}`, () => new Intl.DateTimeFormat(this.#locale, {...options, timeZone: this.zone || undefined}))
	}
}
