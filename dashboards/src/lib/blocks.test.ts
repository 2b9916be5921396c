import {expect, test} from 'vitest'
import {Blocks} from './blocks'

const content = Uint8Array.from({length: 25}, (_, i) => i)

/** A file of 25 bytes in blocks of 8, of which 2 are kept; loads are what was asked of the disk. */
function file() {
	const loads: string[] = []
	const blocks = new Blocks(content.length, (from, to) => (loads.push(`${from}-${to}`), content.slice(from, to)), 8, 2)
	return {blocks, loads}
}

test('whoever asks on until nothing comes has the whole file', () => {
	for (const step of [1, 3, 8, 100]) {
		const {blocks, loads} = file()
		const all: number[] = []
		for (let part; (part = blocks.read(all.length, step)).length > 0; ) all.push(...part)
		expect(all, `in steps of ${step}`).toEqual([...content])
		expect(loads, `in steps of ${step}`).toEqual(['0-8', '8-16', '16-24', '24-25'])
	}
})

test('two places are read in turn without loading anything twice', () => {
	const {blocks, loads} = file()
	for (let i = 0; i < 8; i++) expect([blocks.read(i, 1)[0], blocks.read(16 + i, 1)[0]]).toEqual([i, 16 + i])
	expect(loads).toEqual(['0-8', '16-24'])
})

test('no more is kept than was said, and what was used last is', () => {
	const {blocks, loads} = file()
	for (const at of [0, 8, 0, 16, 0, 8]) blocks.read(at, 1)
	expect(loads).toEqual(['0-8', '8-16', '16-24', '8-16'])
})

test('nothing is read behind the end', () => {
	const {blocks, loads} = file()
	expect(blocks.read(25, 10)).toHaveLength(0)
	expect(loads).toEqual([])
})
