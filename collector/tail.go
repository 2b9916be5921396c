package collector

import "sync"

// tailBytes bounds what of the ledger waits in memory for the views. More is read from the ledger again.
const tailBytes = 16 << 20

// tail is what the ledger got last, so that views that keep up need not read it again.
type tail struct {
	mu     sync.Mutex
	blocks []block // one after the other, without holes
	bytes  int
	to     uint64 // end of the ledger
	busy   bool   // the views are at work on something
	grown  chan struct{}
}

// block is what one append brought into the ledger: batches in the order of their gateways' chains.
type block struct {
	from, to uint64
	batches  []stored
	answers  map[string]string // what the gateways concerned are to be told beside how far the views are
	bytes    int
}

func (b *block) add(s stored) {
	b.batches = append(b.batches, s)
	b.bytes += len(s.Sealed())
	b.from, b.to = min(b.from, s.index), max(b.to, s.index+1)
}

// begin says where the ledger ends.
func (t *tail) begin(to uint64) { t.to, t.grown = to, make(chan struct{}, 1) }

// push adds a block; behind tells whether the views have not done with what was there before.
func (t *tail) push(b block) (behind bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	behind = t.busy || len(t.blocks) > 0
	t.blocks, t.bytes, t.to = append(t.blocks, b), t.bytes+b.bytes, b.to
	for t.bytes > tailBytes && len(t.blocks) > 1 {
		t.drop()
	}
	select {
	case t.grown <- struct{}{}:
	default:
	}
	return behind
}

func (t *tail) drop() {
	t.bytes -= t.blocks[0].bytes
	t.blocks[0] = block{}
	t.blocks = t.blocks[1:]
}

func (t *tail) end() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.to
}

// next gives the blocks from a place in the ledger on, joined up to the size of a group; ok is false where the
// tail does not have that place: then the ledger has to be read, up to until. With nothing left, until is from.
func (t *tail) next(from uint64) (b block, ok bool, until uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.blocks) > 0 && t.blocks[0].to <= from {
		t.drop()
	}
	if len(t.blocks) == 0 || t.blocks[0].from != from {
		until = t.to
		if len(t.blocks) > 0 {
			if until = t.blocks[0].from; until < from { // a replay went on into it
				until = t.blocks[0].to
			}
		}
		t.busy = until > from
		return b, false, until
	}
	b = block{from: from, answers: map[string]string{}}
	for len(t.blocks) > 0 && (len(b.batches) == 0 || len(b.batches)+len(t.blocks[0].batches) <= group) {
		for _, s := range t.blocks[0].batches {
			b.add(s)
		}
		for id, why := range t.blocks[0].answers {
			b.answers[id] = why
		}
		t.drop()
	}
	t.busy = true
	return b, true, b.to
}
