// Where the spans of a state timeline lie in its window, as fractions of the width.
import type {StateSpan} from '../lib/api'
import {fullHours} from '../lib/days'

const hourMs = 3_600_000

export interface Piece {
	span: StateSpan
	/** Left edge and width, 0..1 of the window. */
	left: number
	width: number
}

/** The spans cut to the window; those outside it are left out. */
export function pieces(spans: readonly StateSpan[], from: number, to: number): Piece[] {
	const all: Piece[] = []
	for (const span of spans) {
		const begin = Math.max(from, Date.parse(span.from))
		const end = Math.min(to, Date.parse(span.to))
		if (begin < end) all.push({span, left: (begin - from) / (to - from), width: (end - begin) / (to - from)})
	}
	return all
}

/** Full hours of the zone inside the window, far enough apart that at most so many stand on the axis. */
export function ticks(from: number, to: number, zone: string, most: number): number[] {
	const stepHours = [1, 2, 3, 4, 6, 12, 24].find((h) => (to - from) / (h * hourMs) <= most) ?? 24
	return fullHours(from, to, zone, stepHours)
}
