package main

import (
	"context"
	"fmt"
	"io"
	"time"

	blockpress "github.com/lineproof/lineproof/lines/block-press"
)

// behind is how many batches the collector may be behind the agent while history is made: enough to keep
// both busy, few enough to keep the spool small.
const behind = 32

// history makes the weeks before now: the manual press first, then the new one, with another configuration
// of the same agent, as a technician would do it.
func (d *demo) history(ctx context.Context, w io.Writer) error {
	bar := newProgress(w, "eight weeks of history")
	total := time.Since(d.story.Begin)
	at := d.story.Begin
	for _, phase := range []struct {
		config []byte
		until  func() time.Time
		where  string
		due    event
	}{
		{blockpress.ConfigBefore(), func() time.Time { return d.story.Investment }, "manual press", event{d.story.Investment.Add(-registeredBefore), d.registerStudy}},
		{blockpress.Config(), time.Now, "automatic press", event{}},
	} {
		show := func(t time.Time) {
			bar.show(min(float64(t.Sub(d.story.Begin))/float64(total), 1), fmt.Sprintf("%s, %s", t.Format("2 Jan"), phase.where))
		}
		reached, err := d.past(ctx, phase.config, at, phase.until, phase.due, show)
		if err != nil {
			return fmt.Errorf("make history: %w", err)
		}
		at = reached
	}
	bar.show(1, "done")
	d.story.Past = at
	return d.save()
}

// event is something that people do in the history, when its time has come.
type event struct {
	at time.Time
	do func(*running) error // nil: nothing
}

// past runs agent and collector from a time on, as fast as they can, and gives the time that they reached.
func (d *demo) past(ctx context.Context, config []byte, from time.Time, until func() time.Time, due event, show func(time.Time)) (time.Time, error) {
	now := from
	err := d.together(ctx, part{
		config: d.configuration(config, historyEvery), batch: historyBatch, from: from,
		ready: func(p *running) error {
			// The present moves on while the last stretch is made: less than one poll behind it is close enough.
			for end := until(); end.Sub(now) > historyEvery/2; end = until() {
				if now = now.Add(time.Hour); now.After(end) {
					now = end
				}
				if err := p.clock.SleepUntil(p.ctx, now); err != nil {
					return err
				}
				show(now)
				if due.do != nil && !now.Before(due.at) {
					if err := due.do(p); err != nil {
						return err
					}
					due.do = nil
				}
				sealed, _ := p.agent.Progress()
				if err := p.agent.WaitReceived(p.ctx, sealed-min(sealed, behind)); err != nil {
					return err
				}
			}
			sealed, _ := p.agent.Progress()
			if err := p.agent.WaitReceived(p.ctx, sealed); err != nil {
				return err
			}
			return errDone
		},
	})
	return now, err
}
