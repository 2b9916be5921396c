package collector

import (
	"context"
	"errors"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/series"
)

// An interval grows, and is written over what was there. Where the store is elsewhere, an attempt that nobody
// answered, or that a collector died over, may still arrive after newer ones have, and put an older state of the
// interval back. So what such an attempt wrote is in doubt: the registry keeps how it is, and it is written again
// when none of those attempts can be under way any more (docs/decisions/0014-late-writes.md).

const (
	// lateMost is how long an attempt without an answer may be under way where the configuration does not say:
	// longer than systems go on to send what a process left behind, about 100 s.
	lateMost = 2 * time.Minute
	// affirmedAtOnce bounds how many intervals are written again at once.
	affirmedAtOnce = 2000
)

// doubts is what the goroutine of the views knows of it.
type doubts struct {
	late    time.Duration // how long an attempt can be under way; 0: none can, the store is here
	attempt bool          // of what is written now there may be an attempt under way
	pending int           // intervals in doubt
	next    time.Time     // when the first of them are to be written again
}

// resume takes over from the collector that ran before: its last attempt may be under way.
func (p *pipeline) resume(ctx context.Context) error {
	if p.doubts.late == 0 {
		return nil
	}
	p.doubts.attempt = true
	if err := p.registry.Doubt(ctx, time.Now().Add(p.doubts.late)); err != nil {
		return err
	}
	return p.countDoubts(ctx)
}

func (p *pipeline) countDoubts(ctx context.Context) (err error) {
	p.doubts.pending, p.doubts.next, err = p.registry.Doubtful(ctx)
	p.report(func(h *board.Views) { h.InDoubt = p.doubts.pending })
	return err
}

// doubt is what the registry has to remember of what is written.
func (p *pipeline) doubt(writes []series.Write) (d registry.Doubt) {
	if p.doubts.late == 0 || !p.doubts.attempt && p.doubts.pending == 0 {
		return d
	}
	if p.doubts.attempt {
		d.Until = time.Now().Add(p.doubts.late)
	}
	at := map[account.Key]int{}
	for _, w := range writes {
		for _, i := range w.Intervals {
			n, ok := at[i.Key()]
			if !ok {
				n = len(d.Intervals)
				at[i.Key()], d.Intervals = n, append(d.Intervals, i)
			}
			d.Intervals[n] = i
		}
	}
	return d
}

// written notes that all attempts so far are behind what was committed.
func (p *pipeline) written(ctx context.Context) {
	if !p.doubts.attempt {
		return
	}
	p.doubts.attempt = false
	if err := p.countDoubts(ctx); err != nil { // what was committed stands
		p.log.Error("intervals in doubt not counted; tried later", "error", err)
		p.doubts.pending, p.doubts.next = 1, time.Now().Add(p.doubts.late)
	}
}

// affirm writes intervals again whose time has come. Where that fails it is tried again later: views that cannot
// be written say so themselves.
func (p *pipeline) affirm(ctx context.Context) error {
	for p.doubts.pending > 0 && !time.Now().Before(p.doubts.next) {
		intervals, err := p.registry.DoubtfulUntil(ctx, time.Now(), affirmedAtOnce)
		if err != nil {
			return err
		}
		if err := p.store.(series.Overwriter).Overwrite(ctx, intervals); err != nil {
			p.log.Warn("intervals in doubt not written again; tried later", "intervals", len(intervals), "error", err)
			err = p.registry.Doubt(ctx, time.Now().Add(p.doubts.late))
			return errors.Join(err, p.countDoubts(ctx))
		}
		if err := p.registry.Affirm(ctx, intervals); err != nil {
			return err
		}
		if err := p.countDoubts(ctx); err != nil {
			return err
		}
	}
	return nil
}

// due is told when intervals in doubt are to be written again; nil: there are none.
func (p *pipeline) due() (<-chan time.Time, func()) {
	if p.doubts.pending == 0 {
		return nil, func() {}
	}
	timer := time.NewTimer(time.Until(p.doubts.next))
	return timer.C, func() { timer.Stop() }
}
