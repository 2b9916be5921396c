import {expect, test} from 'vitest'
import {answer, at} from '../charts/readings.testdata'
import {csvOf, moved, scaled, searchOf, sightOf} from './readings'

const frame = {from: Date.parse('2026-03-01T00:00:00Z'), to: Date.parse('2026-03-02T00:00:00Z')}

test('an address says what is looked at, and is read again', () => {
	const search = searchOf(['press.cycles', 'máy trộn.mẻ'], frame)
	expect(sightOf(search)).toEqual({signals: ['press.cycles', 'máy trộn.mẻ'], frame})
})

test.each([
	['', {signals: []}],
	['?signal=a&signal=a', {signals: ['a']}],
	['?from=yesterday&to=2026-03-02T00:00:00Z', {signals: []}],
	['?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z', {signals: []}],
	['?signal=1&signal=2&signal=3&signal=4&signal=5&signal=6&signal=7', {signals: ['1', '2', '3', '4', '5', '6']}],
])('an address that says too little or too much: %s', (search, want) => expect(sightOf(search)).toEqual(want))

test('frames move and stretch, but not to nothing', () => {
	const tenSeconds = {from: 0, to: 10_000}
	expect(moved(tenSeconds, -0.5)).toEqual({from: -5000, to: 5000})
	expect(scaled(tenSeconds, 2)).toEqual({from: -5000, to: 15_000})
	expect(scaled(tenSeconds, 0.5)).toEqual(tenSeconds)
})

test('a file has readings and buckets in the same columns, states by name, and quotes what needs it', () => {
	const csv = csvOf([
		answer({readings: [{time: at(0), value: 'a,"b"', quality: 'good'}, {time: at(1), value: 1, state: 'held', quality: 'uncertain'}, {time: at(2), value: null, quality: 'missing'}]}),
		answer({as: 'buckets', buckets: [{from: at(0), to: at(60), first: 1, last: 4, min: 0, mean: 2.5, max: 9, mixed: true, count: 10, bad: 1, longest_gap_s: 7}]}),
	])
	expect(csv.split('\r\n')).toEqual([
		'signal,unit,from,to,first,min,mean,max,last,count,bad,quality',
		`press.pressure,MPa,${at(0)},${at(0)},"a,""b""",,,,"a,""b""",1,0,good`,
		`press.pressure,MPa,${at(1)},${at(1)},held,,,,held,1,1,uncertain`,
		`press.pressure,MPa,${at(2)},${at(2)},,,,,,1,1,missing`,
		`press.pressure,MPa,${at(0)},${at(60)},1,0,2.5,9,4,10,1,`,
		'',
	])
})
