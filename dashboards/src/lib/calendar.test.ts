import {expect, test} from 'vitest'
import {calendarOf, draftOf, instant, lastEra, localTime, ownMistakes, weekBars, weekdays, type Calendar, type Era} from './calendar'

const zone = 'Asia/Ho_Chi_Minh'
const full: Calendar = {
	shifts: [
		{name: 'A', from: '06:00', to: '14:00', days: ['mon', 'sat'], breaks: [{from: '10:00', to: '10:30'}]},
		{name: 'C', from: '22:00', to: '06:00', days: [...weekdays], breaks: [{from: '23:45', to: '00:15'}]},
	],
	holidays: [{date: '2026-02-14', why: 'nghỉ Tết sớm'}],
	extra: [{name: 'x', from: '2026-09-05T23:00:00.000Z', to: '2026-09-06T05:00:00.000Z'}],
	public: 'vn',
	working: ['2026-09-01'],
}

test('what is edited and not changed stays as it was', () => expect(calendarOf(draftOf(full, zone), zone)).toEqual(full))

test('a shift to 24:00 and on every day', () => {
	const draft = draftOf({shifts: [{name: 'B', from: '16:00', to: '24:00'}]}, zone)
	expect(draft.shifts[0]).toEqual({name: 'B', from: '16:00', to: '00:00', days: [...weekdays], breaks: []})
	expect(weekBars(draft.shifts)[0]).toEqual([{kind: 'shift', from: 960, to: 1440, shift: 0}])
})

test('without public holidays none is worked', () => expect(calendarOf({...draftOf(full, zone), public: false}, zone)).not.toHaveProperty('working'))

test('a shift over midnight goes on in the next row, Sunday in Monday', () => {
	const rows = weekBars(draftOf(full, zone).shifts)
	expect(rows[1]).toEqual([
		{kind: 'shift', from: 0, to: 360, shift: 1},
		{kind: 'break', from: 0, to: 15, shift: 1},
		{kind: 'shift', from: 1320, to: 1440, shift: 1},
		{kind: 'break', from: 1425, to: 1440, shift: 1},
	])
	expect(rows[0]!.filter((b) => b.shift === 0)).toEqual([
		{kind: 'shift', from: 360, to: 840, shift: 0},
		{kind: 'break', from: 600, to: 630, shift: 0},
	])
	expect(rows[0]).toContainEqual({kind: 'shift', from: 0, to: 360, shift: 1})
})

test('around the clock', () => {
	const all = weekBars([{name: 'all', from: '06:00', to: '06:00', days: ['sun'], breaks: []}])
	expect(all[6]).toEqual([{kind: 'shift', from: 360, to: 1440, shift: 0}])
	expect(all[0]).toEqual([{kind: 'shift', from: 0, to: 360, shift: 0}])
})

test('a shift on no day is a mistake of its own', () => {
	const draft = draftOf(full, zone)
	draft.shifts[1]!.days = []
	expect(ownMistakes(draft)).toEqual([{path: ['shifts', '1', 'days'], code: 'no_days'}])
})

test('what is not filled in is told before it is sent', () => {
	const draft = draftOf(full, zone)
	draft.shifts[0]!.breaks.push({from: '12:00', to: ''})
	draft.holidays.push({date: '', why: 'x'})
	draft.extra[0]!.to = ''
	expect(ownMistakes(draft).map((m) => `${m.path.join('.')} ${m.code}`)).toEqual(['shifts.0.breaks.1 empty', 'holidays.1 empty', 'extra.0 empty'])
})

test.each([
	['Asia/Ho_Chi_Minh', '2026-03-02T06:00', '2026-03-01T23:00:00.000Z'],
	['Europe/Berlin', '2027-03-28T06:00', '2027-03-28T04:00:00.000Z'],
])('%s %s', (zone, local, utc) => {
	expect(instant(local, zone)).toBe(utc)
	expect(localTime(utc, zone)).toBe(local)
})

test('a change begins with the last word that stands', () => {
	const era = (status: Era['status'], comment: string): Era => ({from: null, ledger: null, status, comment})
	expect(lastEra([era('past', 'a'), era('now', 'b'), era('queued', 'c'), era('replaced', 'd')])?.comment).toBe('c')
	expect(lastEra([era('past', 'a'), era('now', 'b')])?.comment).toBe('b')
})
