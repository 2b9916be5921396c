package edge

import (
	"context"
	"sync"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

// watch runs a driver's own watching, and again where it fails, which it may do at any time.
func (a *Agent) watch(ctx context.Context, d *device, work *sync.WaitGroup) {
	w, ok := d.driver.(drivers.Watcher)
	if !ok {
		return
	}
	work.Go(func() {
		for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, time.Minute) {
			d.watching.Store(true)
			a.extend(d)
			err := w.Watch(ctx, func(r record.Reading) { a.emit(d, r) })
			d.watching.Store(false)
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				l := look{at: a.now(), err: err}
				a.take(d, l)
				d.note(l.at, l)
			}
			d.log.Warn("watching ended and begins again", "error", err, "wait", wait)
			pause := time.NewTimer(wait)
			select {
			case <-ctx.Done():
			case <-pause.C:
			}
			pause.Stop()
		}
	})
}

// emit takes one reading of a watcher.
func (a *Agent) emit(d *device, r record.Reading) {
	if r.Time.IsZero() {
		r.Time = a.now()
	}
	report, shown := d.judgeOne(r)
	derived, more := a.deriver.take(shown)
	report, shown = append(report, derived...), append(shown, more...)
	if a.intake.append(report) {
		a.seal()
	}
	a.publisher.Show(a.time.look().date(r.Time), shown)
}

// extendWatches counts the time since the last batch as observed where a watcher is at work.
func (a *Agent) extendWatches() {
	for _, d := range a.devices {
		if d.watching.Load() {
			a.extend(d)
		}
	}
}

func (a *Agent) extend(d *device) {
	if d.Config.Period() > 0 {
		return // its polls tell
	}
	l := look{at: a.now(), answered: true, gap: 2 * a.config.Uplink.Batch.D()}
	a.take(d, l)
	d.note(l.at, l)
}

func (a *Agent) now() time.Time { return a.opts.Clock.Now().UTC().Truncate(time.Millisecond) }
