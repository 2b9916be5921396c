import {expect, test} from 'vitest'
import type {Readings} from '../lib/api'
import {drawn} from './drawn'
import {answer, at} from './readings.testdata'

const say = (value: unknown, state?: string) => state ?? String(value)
const lines = (changes: Partial<Readings>) => drawn(answer(changes), say)

test('a line goes through readings and breaks where a hole begins', () => {
	const d = lines({
		readings: [
			{time: at(0), value: 1, quality: 'good'},
			{time: at(60), value: 2, quality: 'good'},
			{time: at(600), value: 3, quality: 'good'},
		],
		holes: [{from: at(60), to: at(600)}],
	})
	expect(d.line.map(([, y]) => y)).toEqual([1, 2, null, 3])
	expect(d.line[2]![0]).toBe(Date.parse(at(60)))
})

test('a missing reading has a mark where the line ended, and no value', () => {
	const d = lines({
		readings: [
			{time: at(0), value: 5, quality: 'good'},
			{time: at(10), value: null, quality: 'missing'},
			{time: at(20), value: 6, quality: 'uncertain'},
		],
		holes: [{from: at(10), to: at(20)}],
	})
	expect(d.line.map(([, y]) => y)).toEqual([5, null, 6])
	expect(d.bad.map(([, y]) => y)).toEqual([5, 6])
})

const bucket = {from: at(0), to: at(60), first: 1, last: 4, min: 0, mean: 2, max: 9, mixed: true, count: 10, bad: 1, longest_gap_s: 7}

test('a bucket of a gauge is its mean in the band from least to greatest', () => {
	const d = lines({as: 'buckets', buckets: [bucket]})
	const middle = Date.parse(at(30))
	expect(d).toEqual({line: [[middle, 2]], low: [[middle, 0]], high: [[middle, 9]], bad: [[middle, 2]]})
})

test('a bucket of a counter goes from what it showed first to what it showed last', () => {
	const d = lines({as: 'buckets', buckets: [bucket], signal: {...answer({}).signal, kind: 'counter'}})
	expect(d.line).toEqual([[Date.parse(at(0)), 1], [Date.parse(at(60)), 4]])
	expect(d.low).toEqual([])
})

test('states stand on words in the order in which they come, and off below on', () => {
	const states = lines({
		signal: {...answer({}).signal, kind: 'state'},
		readings: [
			{time: at(0), value: 1, state: 'execute', quality: 'good'},
			{time: at(1), value: 2, state: 'held', quality: 'good'},
			{time: at(2), value: 1, state: 'execute', quality: 'good'},
		],
	})
	expect(states.categories).toEqual(['execute', 'held'])
	expect(states.line.map(([, y]) => y)).toEqual([0, 1, 0])
	const switches = lines({first: false, last: true, as: 'buckets', buckets: [{...bucket, first: true, last: false}]})
	expect(switches.categories).toEqual(['false', 'true'])
	expect(switches.line.map(([, y]) => y)).toEqual([1, 0])
})
