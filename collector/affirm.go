package collector

import (
	"context"
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

// doubts is what the goroutine of the views knows of it. What the registry cannot tell or keep for now, such as on a
// full disk, is tried again later: it holds up neither ledger nor views.
type doubts struct {
	late    time.Duration // how long an attempt can be under way; 0: none can, the store is here
	attempt bool          // of what is written now there may be an attempt under way
	pending int           // intervals in doubt
	next    time.Time     // when the first of them are to be written again
	hold    time.Time     // not before: an attempt to write one of them again may be under way
}

// resume takes over from the collector that ran before: its last attempt may be under way.
func (p *pipeline) resume(ctx context.Context) {
	if p.doubts.late == 0 {
		return
	}
	p.doubts.attempt, p.doubts.hold = true, time.Now().Add(p.doubts.late)
	p.countDoubts(ctx)
}

func (p *pipeline) countDoubts(ctx context.Context) {
	n, next, err := p.registry.Doubtful(ctx)
	if err != nil {
		p.postpone("intervals in doubt not counted", err)
		n = max(p.doubts.pending, 1)
	}
	p.doubts.pending, p.doubts.next = n, next
	p.report(func(h *board.Views) { h.InDoubt = n })
}

func (p *pipeline) postpone(what string, err error) {
	p.log.Warn(what+"; tried later", "error", err)
	p.doubts.hold = time.Now().Add(p.doubts.late)
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
	if p.doubts.attempt {
		p.doubts.attempt = false
		p.countDoubts(ctx)
	}
}

// affirm writes intervals again whose time has come.
func (p *pipeline) affirm(ctx context.Context) {
	for ctx.Err() == nil && p.doubts.pending > 0 && !time.Now().Before(p.due()) {
		intervals, err := p.registry.DoubtfulUntil(ctx, time.Now(), affirmedAtOnce)
		if err == nil {
			err = p.store.(series.Overwriter).Overwrite(ctx, intervals)
		}
		if err == nil {
			err = p.registry.Affirm(ctx, intervals)
		}
		if err != nil {
			p.postpone("intervals in doubt not written again", err)
		}
		p.countDoubts(ctx)
	}
}

// due is when intervals in doubt are to be written again.
func (p *pipeline) due() time.Time {
	if p.doubts.hold.After(p.doubts.next) {
		return p.doubts.hold
	}
	return p.doubts.next
}

// dueSoon is told when it is time for affirm; nil where nothing is in doubt.
func (p *pipeline) dueSoon() (<-chan time.Time, func()) {
	if p.doubts.pending == 0 {
		return nil, func() {}
	}
	timer := time.NewTimer(time.Until(p.due()))
	return timer.C, func() { timer.Stop() }
}
