package chaos

import (
	"context"

	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/record"
)

// ledger reads every sealed batch: each number is there once, and those that are not there the gateway has
// owned up to, for a reason that is known.
func (r *rig) ledger(o *outcome) {
	ctx := context.Background()
	l, err := ledger.Open(ctx, r.ledgerDir(), "lineproof")
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			r.t.Error(err)
		}
	}()
	times, last := map[uint64]int{}, uint64(0)
	var gaps []record.Gap
	for e, err := range l.Entries(ctx, 0) {
		if err != nil {
			r.t.Fatal(err)
		}
		b, err := record.Open(e.Sealed, r.keys)
		if err != nil {
			r.t.Errorf("entry %d of the ledger: %v", e.Index, err)
			continue
		}
		times[b.Seq]++
		last = max(last, b.Seq)
		gaps = append(gaps, b.Gaps...)
	}
	for seq := uint64(1); seq <= last; seq++ {
		switch n := times[seq]; {
		case n > 1:
			r.t.Errorf("batch %d is in the ledger %d times", seq, n)
		case n == 0 && !owned(gaps, seq):
			r.t.Errorf("batch %d is not in the ledger, and the gateway did not own up to it", seq)
		case n == 0:
			o.lost++
			if len(r.harmed) == 0 {
				r.t.Errorf("batch %d was lost, and nothing was done to the disk", seq)
			}
		}
	}
}

func owned(gaps []record.Gap, seq uint64) bool {
	for _, g := range gaps {
		if g.First <= seq && seq <= g.Last {
			return true
		}
	}
	return false
}
