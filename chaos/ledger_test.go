package chaos

import (
	"context"
	"time"

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
	sealed, last := map[uint64]time.Time{}, uint64(0)
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
		if _, ok := sealed[b.Seq]; ok {
			r.t.Errorf("batch %d is in the ledger twice", b.Seq)
		}
		sealed[b.Seq] = b.SealedAt
		last = max(last, b.Seq)
		gaps = append(gaps, b.Gaps...)
	}
	r.missing(o, sealed, last, gaps)
}

// missing goes through the numbers that are not in the ledger.
func (r *rig) missing(o *outcome, sealed map[uint64]time.Time, last uint64, gaps []record.Gap) {
	before := r.begin
	for seq := uint64(1); seq <= last; seq++ {
		if at, ok := sealed[seq]; ok {
			before = at
			continue
		}
		o.lost++
		gap, ok := owned(gaps, seq)
		switch {
		case !ok:
			r.t.Errorf("batch %d is not in the ledger, and the gateway did not own up to it", seq)
		case r.harmed[seq]: // its time is known
		case r.filled:
			r.windows.add("dropped by a full disk", before, gap.Span.To)
		default:
			r.t.Errorf("batch %d was lost, and nothing was done to the disk: %s", seq, gap.Why)
		}
	}
}

func owned(gaps []record.Gap, seq uint64) (record.Gap, bool) {
	for _, g := range gaps {
		if g.First <= seq && seq <= g.Last {
			return g, true
		}
	}
	return record.Gap{}, false
}
