import {expect, test} from 'vitest'
import {digestOf, namedDigest} from './digest'

const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' // FIPS 180-4, the example of one block

test('a fragment names a digest, or does not', () => {
	expect(namedDigest(`#sha256=${abc}`)).toBe(abc)
	expect(namedDigest(`#sha256=${abc.toUpperCase()}`)).toBe(abc)
	for (const other of ['', '#', '#sha256=', `#sha256=${abc.slice(1)}`, `#sha256=${abc}0`, '#main']) expect(namedDigest(other)).toBeUndefined()
})

test('the digest of a file', async () => {
	expect(await digestOf(new Blob(['abc']))).toBe(abc)
})
