// Reads a file by blocks, and keeps the last few: a year's bundle does not belong in memory, and whoever reads it goes
// through a few of its places at the same time, by small steps.

export class Blocks {
	readonly #kept = new Map<number, Uint8Array>() // the one that was used last comes last

	/** load gives the bytes from one place up to another. */
	constructor(
		readonly size: number,
		readonly load: (from: number, to: number) => Uint8Array,
		readonly bytes = 1 << 20,
		readonly most = 4,
	) {}

	/** Bytes from a place on: at most so many, and none at the end alone. They are good until the next call. */
	read(at: number, length: number): Uint8Array {
		if (at >= this.size) return new Uint8Array()
		const n = Math.floor(at / this.bytes)
		const begin = at - n * this.bytes
		return this.#block(n).subarray(begin, begin + length)
	}

	#block(n: number): Uint8Array {
		const from = n * this.bytes
		const block = this.#kept.get(n) ?? this.load(from, Math.min(from + this.bytes, this.size))
		this.#kept.delete(n)
		this.#kept.set(n, block)
		const [oldest] = this.#kept.keys()
		if (this.#kept.size > this.most && oldest !== undefined) this.#kept.delete(oldest)
		return block
	}
}
