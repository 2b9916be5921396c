package verify

import (
	"slices"

	"github.com/lineproof/lineproof/record"
)

// Opening is what became of one message of many.
type Opening struct {
	Opened
	Signed bool // its own signature was checked; else a later batch of the same key names it
	Err    error
}

// Opener opens many messages at once. It uses its memory again: what it gave is good until it opens the next ones.
type Opener struct {
	openings []Opening
	batches  []record.Batch
	named    map[record.Hash]record.KeyID // by a batch that is proven: the one before it, and the key that says so
	memory   record.Memory
}

// All opens messages in the order of a ledger as Open does each, and checks fewer signatures: a batch whose SHA-256
// a later one names as the batch before it, and that names the same key, is the word of whoever has that key, as far as
// the later one is. So of each unbroken stretch the last signature is checked. Where a message was changed nothing later
// names it, and its own signature has to hold.
//
// Batches that say how others are to be read (keys, catalogues, holes) and what people said have theirs checked always.
//
// Where this differs from Open: a batch with a signature that does not hold passes if the owner of its key has sealed a
// later one that names it, wrong signature and all.
func (p *Opener) All(msgs [][]byte, keys record.Keyring, each bool) []Opening {
	p.reset(len(msgs))
	for i := len(msgs) - 1; i >= 0; i-- {
		hash := record.HashOf(msgs[i])
		by, vouched := p.named[hash]
		delete(p.named, hash)
		o := p.one(msgs[i], &p.batches[i], keys, func(key record.KeyID) bool { return vouched && by == key && !each })
		if o.Err == nil {
			o.hash = hash
			p.named[o.batch.Prev] = o.batch.SealedBy
		}
		p.openings[i] = o
	}
	return p.openings
}

func (p *Opener) reset(n int) {
	p.memory.Reset()
	p.openings, p.batches = slices.Grow(p.openings[:0], n)[:n], slices.Grow(p.batches[:0], n)[:n]
	if clear(p.named); p.named == nil {
		p.named = map[record.Hash]record.KeyID{}
	}
}

// one opens a message and puts its batch where it is told. vouched tells whether a batch of this key names it.
func (p *Opener) one(msg []byte, b *record.Batch, keys record.Keyring, vouched func(record.KeyID) bool) (o Opening) {
	m, err := record.TakeApart(msg, keys)
	if err != nil {
		return Opening{Err: err}
	}
	if o.Signed = !vouched(m.SealedBy); o.Signed {
		if err := m.Signed(); err != nil {
			return Opening{Err: err}
		}
	}
	*b, err = m.BatchIn(&p.memory)
	if err == nil && !o.Signed && governs(b) {
		o.Signed, err = true, m.Signed()
	}
	if err != nil {
		return Opening{Err: err}
	}
	o.batch, o.sealed = b, msg
	return o
}

// governs tells whether a batch says more than what was read.
func governs(b *record.Batch) bool {
	return b.Successor != nil || len(b.Catalogue) > 0 || len(b.Gaps) > 0 || len(b.Statements) > 0
}
