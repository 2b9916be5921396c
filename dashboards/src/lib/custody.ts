// What a reader must know of how the data is kept: whether the ledger takes it, whether the figures follow, and
// whether it is known when it was read.
import type {Collector, Gateway, Row} from './api'

/** Batches by which the figures may follow the ledger later before a reader is told. */
const usual = 50

/** From how many seconds on a clock is called wrong: less is how long messages take. */
const wrongS = 60

export interface Progress {
	/** Batches of the ledger that the figures lack. */
	behind: number
	/** The part of the ledger that the figures have. */
	share: number
}

/** How far the figures lack what the ledger has; undefined where they are up to date. */
export function progressOf(c: Collector): Progress | undefined {
	const behind = c.ledger_batches - c.view_batches
	return behind > usual ? {behind, share: c.view_batches / c.ledger_batches} : undefined
}

export type Trouble = 'ledger' | 'views' | 'behind'

/** Why the figures are not of this moment, the gravest reason; undefined where they are. */
export function troubleOf(c: Collector): Trouble | undefined {
	if (c.ledger_error) return 'ledger'
	if (c.view_error) return 'views'
	return progressOf(c) && 'behind'
}

/** Whether it is not certain when what a row tells of was. */
export const timeUncertain = (row: Pick<Row, 'flags'>): boolean => row.flags?.includes('time_uncertain') ?? false

/** The seconds by which a gateway's clock goes wrong, more than 0 ahead of the collector's; 0 where it does not. */
export const clockOff = (g: Pick<Gateway, 'clock_ahead_s'>): number => (Math.abs(g.clock_ahead_s) > wrongS ? g.clock_ahead_s : 0)

export interface Backlog {
	/** Batches that the gateway sealed and the ledger lacks. */
	waiting: number
	/** Batches that the ledger has and the figures lack. */
	uncounted: number
}

/** Where a gateway's batches are that the figures do not have. */
export const backlogOf = (g: Pick<Gateway, 'sealed' | 'in_ledger' | 'stored'>): Backlog => ({
	waiting: Math.max(0, g.sealed - Math.max(g.in_ledger, g.stored)),
	uncounted: Math.max(0, g.in_ledger - g.stored),
})

/** How a gateway is, by the words for it: batches that are late may be on their way, lost, or only not counted yet. */
export function healthOf(g: Pick<Gateway, 'health' | 'missing' | 'sealed' | 'in_ledger' | 'stored'>) {
	if (g.health !== 'late') return `${g.health}.words` as const
	if (g.missing) return 'late.missing'
	const {waiting, uncounted} = backlogOf(g)
	return uncounted > waiting ? 'late.uncounted' : 'late.words'
}
