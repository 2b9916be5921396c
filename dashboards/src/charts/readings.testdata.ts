// An answer about readings as the server sends it, for tests.
import type {Readings} from '../lib/api'

/** So many seconds after a beginning. */
export const at = (seconds: number) => new Date(Date.parse('2026-03-28T00:00:00Z') + seconds * 1000).toISOString()

export const answer = (changes: Partial<Readings>): Readings => ({
	signal: {id: 'press.pressure', device: 'press', machine: 'press', kind: 'value', unit: 'MPa', source: 'input 30', roles: [], heartbeat_s: 67},
	from: at(0),
	to: at(3600),
	as: 'readings',
	width_s: 0,
	readings: [],
	buckets: [],
	holes: [],
	count: 0,
	bad: 0,
	first: 1,
	last: 2,
	rise: null,
	falls: 0,
	...changes,
})
