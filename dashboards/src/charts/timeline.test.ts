import {expect, test} from 'vitest'
import type {StateSpan} from '../lib/api'
import {pieces, ticks} from './timeline'

const at = (time: string) => Date.parse(`2026-03-28T${time}Z`)
const span = (from: string, to: string, state: StateSpan['state']): StateSpan => ({from: `2026-03-28T${from}Z`, to: `2026-03-28T${to}Z`, state})

test('spans are cut to the window, and those outside it left out', () => {
	const all = [span('00:00:00', '01:30:00', 'execute'), span('01:30:00', '02:00:00', null), span('03:00:00', '04:00:00', 'held')]
	expect(pieces(all, at('01:00:00'), at('03:00:00'))).toEqual([
		{span: all[0], left: 0, width: 0.25},
		{span: all[1], left: 0.25, width: 0.25},
	])
})

test('ticks stand on full hours of the zone, no more than there is room for', () => {
	const iso = (all: number[]) => all.map((t) => new Date(t).toISOString().slice(11, 16))
	expect(iso(ticks(at('00:00:00'), at('04:00:00'), 'Asia/Ho_Chi_Minh', 8))).toEqual(['00:00', '01:00', '02:00', '03:00', '04:00'])
	// every third hour counts from Vietnam's midnight, which is 17:00 in UTC
	expect(iso(ticks(at('00:00:00'), at('08:00:00'), 'Asia/Ho_Chi_Minh', 3))).toEqual(['02:00', '05:00', '08:00'])
})
