import {describe, expect, test} from 'vitest'
import {dash, Formats} from './format'

const zone = 'Asia/Ho_Chi_Minh'
const vi = new Formats('vi', zone)
const en = new Formats('en', zone)

// What stands between a number and its unit is a space that does not break.
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('numbers', () => {
	const cases: [name: string, got: string, want: string][] = [
		['Vietnamese thousands', vi.number(1234), '1.234'],
		['English thousands', en.number(1234), '1,234'],
		['Vietnamese decimals', vi.number(1234.56, 1), '1.234,6'],
		['Vietnamese per cent', vi.percent(0.972), '97,2 %'],
		['English per cent', en.percent(0.972), '97.2%'],
		['zero is a number', vi.number(0), '0'],
		['null is a dash', vi.number(null), dash],
		['a target that is met', en.against(0.97, 0.97), '97.0%'],
		['a target that is missed by little', en.against(0.9696, 0.97), '96.96%'],
		['a target that is missed', en.against(0.961, 0.97), '96.1%'],
		['no target', en.against(0.9696, undefined), '97.0%'],
		['undefined is a dash', vi.percent(undefined), dash],
		['over the whole is not clamped', vi.percent(1.083), '108,3 %'],
		['no idle zeros', vi.atMost(12.5, 3), '12,5'],
		['all of it', vi.part(1), '100 %'],
		['almost all of it', vi.part(0.99996), '99,9 %'],
		['none of it', vi.part(0), '0 %'],
		['a part that is not known', vi.part(null), dash],
	]
	test.each(cases)('%s', (_, got, want) => expect(plain(got)).toBe(want))
})

describe('times in the zone of the line', () => {
	const late = '2026-03-27T18:30:05Z' // half past one of the next day in Vietnam
	const now = Date.parse('2026-03-28T01:00:00Z')
	const cases: [name: string, got: string, want: string][] = [
		['time', vi.time(late), '01:30'],
		['seconds', vi.seconds(late), '01:30:05'],
		['midnight is 00, not 24', vi.time('2026-03-27T17:00:00Z'), '00:00'],
		['day', vi.day(late), '28/03'],
		['day in English', en.day(late), '28/03'],
		['date', vi.date(late), 'Thứ Bảy, 28/03/2026'],
		['a moment of today', vi.moment(late, now), '01:30'],
		['a moment of another day', vi.moment('2026-03-26T18:30:00Z', now), '01:30, 27/03'],
	]
	test.each(cases)('%s', (_, got, want) => expect(got).toBe(want))
})

describe('durations', () => {
	const cases: [seconds: number, vi: string, en: string][] = [
		[0, '0 giây', '0 s'],
		[59.9, '59 giây', '59 s'],
		[60, '1 phút 0 giây', '1 min 0 s'],
		[3725, '1 giờ 2 phút', '1 h 2 min'],
		[90_000, '1 ngày 1 giờ', '1 d 1 h'],
	]
	test.each(cases)('%d s', (seconds, wantVi, wantEn) => {
		expect(plain(vi.duration(seconds))).toBe(wantVi)
		expect(plain(en.duration(seconds))).toBe(wantEn)
	})
})

describe('bounds are not rounded down', () => {
	const cases: [seconds: number, vi: string, en: string][] = [
		[0.000_004, '1 ms', '1 ms'],
		[0.005, '5 ms', '5 ms'],
		[0.007, '7 ms', '7 ms'],
		[0.2001, '201 ms', '201 ms'],
		[0.9995, '1 giây', '1 s'],
		[1.21, '1,3 giây', '1.3 s'],
		[9.99, '10 giây', '10 s'],
		[59.5, '1 phút 0 giây', '1 min 0 s'],
		[61.2, '1 phút 2 giây', '1 min 2 s'],
		[3601, '1 giờ 1 phút', '1 h 1 min'],
		[86_401, '1 ngày 1 giờ', '1 d 1 h'],
	]
	test.each(cases)('%d s', (seconds, wantVi, wantEn) => {
		expect(plain(vi.bound(seconds))).toBe(wantVi)
		expect(plain(en.bound(seconds))).toBe(wantEn)
	})
})
