// Checks the frozen vectors without a line of Lineproof's own code: signature, key id, chain, catalogue
// hash, and every reading. Usage: node verify.mjs VECTORS PROTO; exit 0 only if all holds.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isDeepStrictEqual } from 'node:util'
import { join } from 'node:path'

const require = createRequire(new URL('js/package.json', import.meta.url))
const protobuf = require('protobufjs')
const { decompress } = require('fzstd')

const [vectors, proto] = process.argv.slice(2)
const root = await protobuf.load(proto)
const Sealed = root.lookupType('lineproof.v1.Sealed')
const Batch = root.lookupType('lineproof.v1.Batch')
const kinds = ['none', 'int', 'uint', 'float', 'bool', 'text']
const qualities = ['missing', 'good', 'uncertain']
const clocks = ['unknown', 'synchronised', 'free-running', 'simulated', 'collector', 'between']

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')
const hex = (bytes) => Buffer.from(bytes).toString('hex')
const big = (n) => BigInt.asIntN(64, BigInt(n.toString()))

function check(what, got, want) {
  if (!isDeepStrictEqual(got, want)) {
    throw new Error(`${what}: got ${show(got)}, want ${show(want)}`)
  }
}
const show = (v) => JSON.stringify(v, (_, x) => (typeof x === 'bigint' ? `${x}` : x))

// verifies checks a signature with a raw 32-byte public key.
function verifies(publicKey, signed, signature) {
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') }, format: 'jwk' })
  return verify(null, signed, key, signature)
}

// open checks the seal with the raw 32-byte public key and gives the batch inside.
function open(message, publicKey) {
  const sealed = Sealed.decode(message)
  check('key id', hex(sealed.keyId), sha256(publicKey).slice(0, 16))
  const signed = Buffer.concat([Buffer.from('lineproof/v1/batch\n'), sealed.body])
  if (!verifies(publicKey, signed, sealed.signature)) throw new Error('the signature does not fit the content')
  return Batch.decode(decompress(sealed.body))
}

// running turns a base and differences into the values themselves.
function running(base, steps) {
  let at = big(base)
  return steps.map((step) => (at = BigInt.asIntN(64, at + big(step))))
}

function readings(column) {
  const times = running(column.base, running(0n, column.times)) // second differences
  const kind = kinds[column.kind]
  const values = { none: [], float: column.floats, text: column.texts }[kind] ?? running(0n, column.ints)
  let next = 0
  return times.map((ms, i) => {
    const quality = qualities[column.qualities.length ? column.qualities[i] : 1]
    const r = { signal: column.signal, ms: Number(ms), kind: 'none', value: '', quality }
    if (quality !== 'missing') {
      const v = values[next++]
      r.kind = kind
      r.value = { uint: (n) => BigInt.asUintN(64, n).toString(), bool: (n) => String(n === 1n), float: (n) => n }[kind]?.(v) ?? v.toString()
    }
    if (column.counts.length) {
      r.window = { count: column.counts[i], min: column.mins[i], max: column.maxs[i], span_ms: column.spansMs[i] }
    }
    return r
  })
}

// inOrder sorts by signal, in order of appearance, then time: a signal may need several columns.
function inOrder(all) {
  const rank = [...new Set(all.map((r) => r.signal))]
  return all.sort((a, b) => rank.indexOf(a.signal) - rank.indexOf(b.signal) || a.ms - b.ms)
}

function spans(observed) {
  const edges = running(observed.base, observed.edges).map(Number)
  return edges.flatMap((from, i) => (i % 2 ? [] : [[from, edges[i + 1]]]))
}

function verifyVector(name, hashes) {
  const message = readFileSync(join(vectors, name + '.bin'))
  const want = JSON.parse(readFileSync(join(vectors, name + '.json')))
  check('hash', sha256(message), want.hash)
  const b = open(message, Buffer.from(want.public_key, 'hex'))
  check('previous batch', hex(b.prev), want.prev ?? '')
  if (want.follows) check('chain', hex(b.prev), hashes.get(want.follows))
  else check('first batch', Number(b.seq), 1)
  hashes.set(name, sha256(message))
  check('catalogue hash', hex(b.catalogueHash), want.catalogue_hash)
  check('catalogue', Buffer.from(b.catalogue).toString('base64'), want.catalogue ?? '')
  if (b.catalogue.length) check('catalogue hash', sha256(b.catalogue), want.catalogue_hash)
  const head = [b.gateway, Number(b.seq), hex(b.boot), clocks[b.clock.state], Number(b.clock.errorBoundUs), Number(b.clock.monotonicMs), Number(b.sealedAt)]
  check('head', head, [want.gateway, want.seq, want.boot, want.clock, want.clock_error_us, want.clock_monotonic_ms, want.sealed_at_ms])
  check('observed', b.observed.map((o) => [o.device, spans(o), o.polls, o.failed, o.lastError]),
    want.observed.map((o) => [o.device, o.spans_ms, o.polls, o.failed, o.last_error ?? '']))
  const wanted = want.readings.map((r) => (r.kind === 'float' ? { ...r, value: Number(r.value) } : r))
  check('readings', inOrder(b.columns.flatMap(readings)), wanted)
  check('gaps', b.gaps.map((g) => [g.first, g.last, g.from, g.to].map(Number).concat(g.why)),
    want.gaps.map((g) => [g.first, g.last, g.from_ms, g.to_ms, g.why]))
  const { dated, successor } = b
  check('dated', dated ? [hex(dated.boot), ...[dated.monotonicMs, dated.after, dated.before].map(Number)] : [],
    want.dated ? [want.dated.boot, want.dated.monotonic_ms, want.dated.after_ms, want.dated.before_ms] : [])
  check('successor', successor ? hex(successor.key) : '', want.successor ?? '')
  if (successor) {
    const signed = Buffer.concat([Buffer.from(`lineproof/v1/successor\n${b.gateway}\n`), successor.key])
    check('successor signed', verifies(successor.key, signed, successor.signature), true)
  }
  return { seq: want.seq, readings: wanted.length }
}

const seq = (name) => JSON.parse(readFileSync(join(vectors, name + '.json'))).seq
const names = readdirSync(vectors).filter((f) => f.endsWith('.bin')).map((f) => f.slice(0, -4)).sort((a, b) => seq(a) - seq(b))
const hashes = new Map()
for (const name of names) {
  try {
    console.log(`${name}: ok, ${verifyVector(name, hashes).readings} readings`)
  } catch (err) {
    console.error(`${name}: ${err.message}`)
    process.exit(1)
  }
}
