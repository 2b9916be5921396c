// Verifies the proofs of an evidence bundle without a line of Lineproof's own code: the file's hash, the signed head,
// every gateway's signature, keys and chains without holes, and inclusion of all batches in the tree.
// Usage: node verify.mjs BUNDLE PROTO LEDGER_KEY; prints what fails, one name a line; exit 0 only if nothing does.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { inflateRawSync } from 'node:zlib'

const require = createRequire(new URL('../../../record/testdata/js/package.json', import.meta.url))
const protobuf = require('protobufjs')
const { decompress } = require('fzstd')

const [path, proto, ledgerKey] = process.argv.slice(2)
const root = await protobuf.load(proto)
const Sealed = root.lookupType('lineproof.v1.Sealed')
const Batch = root.lookupType('lineproof.v1.Batch')

const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest()
const hex = (bytes) => Buffer.from(bytes).toString('hex')
const failed = new Set()
const fail = (check, why) => failed.has(check) || (failed.add(check), console.log(`${check}: ${why}`))

// signedBy checks an Ed25519 signature with a raw 32-byte public key.
function signedBy(key, text, signature) {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') }
  return verify(null, text, createPublicKey({ key: jwk, format: 'jwk' }), signature)
}

// unzip reads an archive by its central directory.
function unzip(file) {
  const end = file.length - 64 - 22
  if (file.readUInt32LE(end) !== 0x06054b50) throw new Error('no end of an archive before its comment')
  const entries = new Map()
  let at = file.readUInt32LE(end + 16)
  for (let n = file.readUInt16LE(end + 10); n > 0; n--) {
    const [method, packed] = [file.readUInt16LE(at + 10), file.readUInt32LE(at + 20)]
    const [name, extra, comment] = [28, 30, 32].map((o) => file.readUInt16LE(at + o))
    const local = file.readUInt32LE(at + 42)
    const from = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28)
    const bytes = file.subarray(from, from + packed)
    entries.set(file.toString('utf8', at + 46, at + 46 + name), method === 0 ? bytes : inflateRawSync(bytes))
    at += 46 + name + extra + comment
  }
  return entries
}

// head checks the signed note of C2SP tlog-checkpoint and gives size and root.
function head(text) {
  const [name, hash, key64] = ledgerKey.match(/^(.*)\+([0-9a-f]{8})\+(.*)$/).slice(1)
  const key = Buffer.from(key64, 'base64') // its first byte is the algorithm
  if (hex(sha256(name, '\n', key).subarray(0, 4)) !== hash || key[0] !== 1) throw new Error('not a verifier key')
  const cut = text.lastIndexOf('\n\n')
  const [origin, size, treeRoot] = text.slice(0, cut).split('\n')
  const ok = text.slice(cut + 2).split('\n').some((line) => {
    const [dash, by, sig64] = line.split(' ')
    const sig = Buffer.from(sig64 ?? '', 'base64')
    return dash === '—' && by === name && hex(sig.subarray(0, 4)) === hash && signedBy(key.subarray(1), Buffer.from(text.slice(0, cut + 1)), sig.subarray(4))
  })
  if (!ok || origin !== name) fail('checkpoint', `not signed with ${name}`)
  return { size: Number(size), root: Buffer.from(treeRoot, 'base64') }
}

// Tree grows from left to right: subtrees of equal size become one (RFC 6962).
class Tree {
  nodes = []
  push(level, hash) {
    for (let last; (last = this.nodes.at(-1))?.level === level; level++) {
      this.nodes.pop()
      hash = sha256('\x01', last.hash, hash)
    }
    this.nodes.push({ level, hash })
  }
  root() {
    return this.nodes.map((n) => n.hash).reduceRight((right, left) => (right ? sha256('\x01', left, right) : left), null) ?? sha256()
  }
}

// steps walks through batches.bin.
function* steps(bytes, tree) {
  let at = 0, index = 0
  const uvarint = () => {
    for (let n = 0, unit = 1; ; unit *= 128) {
      const b = bytes[at++]
      if (b === undefined) throw new Error('batches.bin ends early')
      n += (b & 127) * unit
      if (b < 128) return n
    }
  }
  for (;;) {
    for (const to = index + uvarint(); index < to; ) { // the largest subtree that begins here and does not reach beyond
      let level = 0
      while (index % 2 ** (level + 1) === 0 && index + 2 ** (level + 1) <= to) level++
      tree.push(level, bytes.subarray(at, (at += 32)))
      index += 2 ** level
    }
    const length = uvarint()
    if (length === 0) return index
    const sealed = bytes.subarray(at, (at += length))
    tree.push(0, sha256('\x00', sealed))
    yield { index: index++, sealed }
  }
}

// open checks a seal and gives what is inside.
function open(sealed, keys) {
  const s = Sealed.decode(sealed)
  const key = keys.get(hex(s.keyId))
  if (!key) throw new Error(`key ${hex(s.keyId)} is not known`)
  if (!signedBy(key.public, Buffer.concat([Buffer.from('lineproof/v1/batch\n'), s.body]), s.signature)) throw new Error('the signature does not fit')
  const b = Batch.decode(decompress(s.body))
  if (b.gateway !== key.gateway) throw new Error(`a key of ${key.gateway} sealed for ${b.gateway}`)
  return { ...b, seq: Number(b.seq), prev: hex(b.prev), by: hex(s.keyId), successor: b.successor, gaps: b.gaps }
}

// Chain follows one gateway.
class Chain {
  constructor({ gateway, first, last }, key) {
    Object.assign(this, { gateway, first, last, key, next: first, hash: null, successor: null })
  }
  take(b, hash) {
    if (b.by !== this.key && b.by !== this.successor) fail('keys', `batch ${b.seq} of ${this.gateway}: key ${b.by}`)
    this.key = b.by
    if (b.successor) this.successor = hex(sha256(b.successor.key).subarray(0, 8))
    if (b.seq < this.first) return // it announces a key
    const owned = (from, to) => b.gaps.some((g) => Number(g.first) <= from && Number(g.last) >= to)
    if (b.seq > this.next && !owned(this.next, b.seq - 1)) fail('chain', `${this.gateway}: ${this.next} to ${b.seq - 1} are missing`)
    else if (b.seq < this.next) fail('chain', `${this.gateway}: ${b.seq} is there again, or late`)
    else if (b.seq === this.next && this.hash && b.prev !== this.hash) fail('chain', `${this.gateway}: ${b.seq} does not follow`)
    this.next = b.seq + 1
    this.hash = hash
  }
}

try {
  const file = readFileSync(path)
  if (hex(sha256(file.subarray(0, -64))) !== file.toString('latin1', file.length - 64)) fail('file', 'changed')
  const entries = unzip(file)
  const json = (name) => JSON.parse(entries.get(name))
  const { size, root } = head(entries.get('checkpoint').toString())
  const keys = new Map(), firsts = new Map()
  for (const k of json('keys.json')) {
    const id = hex(sha256(Buffer.from(k.key, 'base64')).subarray(0, 8))
    keys.set(id, { gateway: k.gateway, public: Buffer.from(k.key, 'base64') })
    if (!firsts.has(k.gateway)) firsts.set(k.gateway, id)
  }
  const chains = new Map(json('manifest.json').gateways.map((g) => [g.gateway, new Chain(g, firsts.get(g.gateway))]))
  const tree = new Tree()
  const walk = steps(entries.get('batches.bin'), tree)
  let step, count = 0
  for (step = walk.next(); !step.done; step = walk.next(), count++) {
    try {
      const b = open(step.value.sealed, keys)
      chains.get(b.gateway).take(b, hex(sha256(step.value.sealed)))
    } catch (err) {
      fail('signatures', `index ${step.value.index}: ${err.message}`)
    }
  }
  for (const c of chains.values()) if (c.next !== c.last + 1) fail('chain', `${c.gateway}: ends with ${c.next - 1}, not ${c.last}`)
  if (step.value !== size || !tree.root().equals(root)) fail('inclusion', 'the tree has another root')
  console.log(`${count} batches`)
} catch (err) {
  fail('file', err.message)
}
process.exit(failed.size ? 1 : 0)
