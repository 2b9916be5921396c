package audit

import (
	"math"
	"time"

	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

const (
	// witnessError is how far the clocks of witnesses may be wrong.
	witnessError = 5 * time.Minute
	// windowEnd is how much later than its seal a batch's reading may be: that of a window which was cut short when the
	// agent ended is of the moment just behind it.
	windowEnd = time.Second
)

// dates is the last date of a chain.
type dates struct {
	earliest time.Time // that the batch before can have been sealed
	sealed   time.Time // when it says it was
	seq      uint64
}

// bound is the largest error of a batch's times that its gateway admits. Where nobody could say, there is none.
func bound(b *record.Batch) time.Duration {
	if b.Clock.ErrorBound == 0 && (b.Clock.State == record.ClockUnknown || b.Clock.State == record.ClockFreeRunning) && b.Gateway != record.Office {
		return math.MaxInt64
	}
	return b.Clock.ErrorBound
}

// dated holds a batch's date against the one before, against its own readings and against what witnesses saw.
func (c *chain) dated(b *record.Batch) {
	most := bound(b)
	if most == math.MaxInt64 {
		return // its date says nothing
	}
	earliest, latest := b.SealedAt.Add(-most), b.SealedAt.Add(most)
	if d := c.dates; d.seq != 0 && latest.Before(d.earliest) {
		c.report.fails(Dates, tongue.M("verify.back_dated", "gateway", c.Gateway, "batch", b.Seq, "time", b.SealedAt, "before", d.seq, "sealed", d.sealed))
		return // what follows is held against the last batch whose date can be
	}
	last := latest.Add(windowEnd)
	for n := range b.Readings {
		if r := &b.Readings[n]; r.Time.After(last) {
			c.report.fails(Dates, tongue.M("verify.read_after", "gateway", c.Gateway, "batch", b.Seq, "signal", r.Signal, "time", r.Time, "sealed", b.SealedAt))
			break
		}
	}
	if seen := c.auditor.head.seen; !seen.IsZero() && b.Clock.State != record.ClockSimulated && earliest.After(seen.Add(witnessError)) {
		c.report.fails(Dates, tongue.M("verify.post_dated", "gateway", c.Gateway, "batch", b.Seq, "time", b.SealedAt, "seen", seen.UTC()))
	}
	c.dates = dates{earliest: earliest, sealed: b.SealedAt, seq: b.Seq}
}
