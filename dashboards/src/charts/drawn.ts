// From what a signal said to the lines of its chart.
import type {Reading, ReadingBucket, Readings} from '../lib/api'
import {isDiscrete} from '../lib/readings'

export type Point = [x: number, y: number | null]
type Say = (value: unknown, state?: Reading['state']) => string

/** The lines of a chart, in milliseconds since 1970. */
export interface Drawn {
	line: Point[]
	/** The least and the greatest of each bucket, or of the samples that a reading is the mean of. */
	low: Point[]
	high: Point[]
	/** Where readings are not good. */
	bad: Point[]
	/** What the numbers stand for where values are none themselves. */
	categories?: string[]
}

/** What is drawn of an answer. A hole breaks the lines where it begins. */
export function drawn(a: Readings, say: Say): Drawn {
	const drawing = new Drawing(a, say)
	for (const r of a.readings) drawing.reading(r)
	for (const b of a.buckets) drawing.bucket(b)
	return drawing.lines
}

class Drawing {
	readonly lines: Drawn = {line: [], low: [], high: [], bad: []}
	readonly #say: Say
	readonly #holes: number[]
	/** Values that are drawn from the first to the last, because there is nothing between them: as on a meter. */
	readonly #ends: boolean
	#last: number | null = null

	constructor(a: Readings, say: Say) {
		this.#say = say
		this.#holes = a.holes.map((h) => Date.parse(h.from))
		if (isDiscrete(a)) this.lines.categories = typeof (a.first ?? a.last) === 'boolean' ? [say(false), say(true)] : []
		this.#ends = isDiscrete(a) || a.signal.kind === 'counter'
	}

	reading(r: Reading) {
		const t = Date.parse(r.time)
		const y = this.#height(r.value, r.state)
		this.#break(t - 1)
		if (y !== null) this.lines.line.push([t, y])
		if (r.samples) this.#band(t, r.samples.min, r.samples.max)
		this.#stand(t, y, r.quality !== 'good')
	}

	bucket(b: ReadingBucket) {
		const [from, to] = [Date.parse(b.from), Date.parse(b.to)]
		this.#break(from)
		if (this.#ends) {
			const [first, last] = [this.#height(b.first, b.first_state), this.#height(b.last, b.last_state)]
			this.lines.line.push([from, first], [to, last])
			this.#stand((from + to) / 2, last, b.bad > 0)
			return
		}
		this.lines.line.push([(from + to) / 2, b.mean])
		this.#band((from + to) / 2, b.min, b.max)
		this.#stand((from + to) / 2, b.mean, b.bad > 0)
	}

	#band(t: number, low: number | null, high: number | null) {
		this.lines.low.push([t, low])
		this.lines.high.push([t, high])
	}

	// What is not good has its mark on the line, or where the line ended.
	#stand(t: number, y: number | null, bad: boolean) {
		this.#last = y ?? this.#last
		if (bad) this.lines.bad.push([t, this.#last])
	}

	#break(until: number) {
		for (; this.#holes.length > 0 && this.#holes[0]! <= until; this.#holes.shift()) {
			for (const points of [this.lines.line, this.lines.low, this.lines.high]) if (points.length > 0) points.push([this.#holes[0]!, null])
		}
	}

	#height(value: unknown, state?: Reading['state']): number | null {
		if (value === null || value === undefined) return null
		const all = this.lines.categories
		if (!all) return Number(value)
		const word = this.#say(value, state)
		const at = all.indexOf(word)
		return at >= 0 ? at : all.push(word) - 1
	}
}
