// Package alert watches what the board knows and tells people when something is out of order: a line that stands
// still in its planned time, too few good units, a gateway that is silent, a meter that is not read, a certificate
// that ends, a witness that refuses the ledger. It tells once when it begins and once when it is over.
//
// It guarantees that nothing is told twice on one channel, over restarts too, but for a message that went while the
// collector was killed; that a channel that fails is tried again for a day and holds up nothing else; and that what
// nobody saw is never told as a stop. It does not promise that a message arrives: the other end has only taken it.
package alert

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/internal/clock"
)

const (
	// every is how often it is looked whether something is out of order.
	every = 30 * time.Second
	// keepShown is how long alerts are shown that are over.
	keepShown = 7 * 24 * time.Hour
)

// Options are what a Watch needs beside its configuration.
type Options struct {
	Board        *board.Board
	Registry     *registry.Registry
	Clock        clock.Clock
	Logger       *slog.Logger
	Certificates []Certificates           // that the collector uses
	Listening    func() (time.Time, bool) // since when the collector hears gateways; false: it does not
	Witnesses    func() []Watcher         // of the ledger; nil: there are none
	Open         func(n int)              // is told how many alerts are open
}

// Watch looks, remembers and tells. List may be called at any time.
type Watch struct {
	cfg      Config
	opts     Options
	channels []*channel
	stops    map[string]stretch // by line; as the next, of the goroutine that looks
	fault    string             // why the last look was not whole

	mu     sync.Mutex
	alerts []*event // open, or shown for a while since they are over; newest first
}

// event is an alert with what is not kept on disk.
type event struct {
	registry.Alert
	facts  Facts
	over   time.Time     // since when it is over, while it settles; zero: it is not
	unseen time.Duration // in which nobody could tell
	looked time.Time
	counts func(from, to time.Time) time.Duration
}

func (e *event) open() bool { return e.Closed.IsZero() }

// New reads the channels' secrets, and what is open from before.
func New(ctx context.Context, cfg Config, opts Options) (*Watch, error) {
	w := &Watch{cfg: cfg, opts: opts, stops: map[string]stretch{}}
	for _, name := range cfg.names() {
		c, err := newChannel(name, cfg.Channels[name])
		if err != nil {
			return nil, err
		}
		w.channels = append(w.channels, c)
	}
	kept, err := opts.Registry.Alerts(ctx, opts.Clock.Now().Add(-keepShown))
	if err != nil {
		return nil, err
	}
	for _, a := range kept {
		e := &event{Alert: a}
		if err := json.Unmarshal(a.Facts, &e.facts); err != nil {
			return nil, fmt.Errorf("facts of alert %d: %w", a.ID, err)
		}
		w.alerts = append(w.alerts, e)
	}
	w.tellOpen()
	return w, nil
}

// Run looks and tells until ctx ends. It sleeps by the clock in 1 + Sleepers goroutines.
func (w *Watch) Run(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error {
		for at := w.opts.Clock.Now(); ; at = at.Add(every) {
			if err := w.opts.Clock.SleepUntil(ctx, at); err != nil {
				return nil // ctx has ended
			}
			w.report(ctx, w.look(ctx))
			at = later(at, w.opts.Clock.Now().Add(-every)) // what was slept through is not made up for
		}
	})
	for _, c := range w.channels {
		work.Go(func() error { w.serve(ctx, c); return nil })
	}
	return work.Wait()
}

// report logs what hinders a look, once for as long as it is the same.
func (w *Watch) report(ctx context.Context, err error) {
	fault := ""
	if err != nil {
		fault = err.Error()
	}
	if fault != "" && fault != w.fault && ctx.Err() == nil {
		w.opts.Logger.Error("alerts", "error", err)
	}
	w.fault = fault
}

// look looks once at everything and keeps what has changed.
func (w *Watch) look(ctx context.Context) error {
	l := looking{Watch: w, now: w.opts.Clock.Now().UTC().Truncate(time.Millisecond), lines: w.opts.Board.Watched()}
	found, failed, err := l.findings(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	type key struct {
		rule    string
		subject string
	}
	open := map[key]*event{}
	for _, e := range w.alerts {
		if e.open() {
			open[key{e.Rule, e.Subject}] = e
		}
	}
	for _, f := range found {
		at := key{string(f.rule), f.subject}
		e := open[at]
		delete(open, at)
		if faults := w.apply(ctx, e, f, l.now); faults != nil {
			return faults
		}
	}
	for at, e := range open { // of what is watched no longer
		if failed[Rule(at.rule)] {
			continue
		}
		if faults := w.apply(ctx, e, finding{rule: Rule(at.rule), subject: at.subject, verdict: inOrder, facts: e.facts}, l.now); faults != nil {
			return faults
		}
	}
	w.forget(l.now)
	w.tellOpen()
	return err
}

// apply takes a finding to the alert that is open of it; nil: none is.
func (w *Watch) apply(ctx context.Context, e *event, f finding, now time.Time) error {
	if f.since.IsZero() || f.since.After(now) {
		f.since = now
	}
	if e == nil {
		if f.verdict != holds {
			return nil
		}
		return w.raise(ctx, f, now)
	}
	if e.counts = f.counts; e.counts == nil {
		e.counts = func(from, to time.Time) time.Duration { return to.Sub(from) }
	}
	switch f.verdict {
	case unknown:
		if !e.looked.IsZero() {
			e.unseen += e.counts(e.looked, now)
		}
	case inOrder:
		if f.rule == RuleCertificate { // of others, what was out of order remains of interest
			e.facts = f.facts
		}
		if e.over.IsZero() {
			e.over = later(f.since, e.Began)
		}
	case holds:
		e.facts, e.over = f.facts, time.Time{}
	case pending:
		e.over = time.Time{}
	}
	e.looked = now
	end := now
	if !e.over.IsZero() {
		end = e.over
	}
	e.Lasted = max(e.counts(e.Began, end)-e.unseen, 0)
	if f.verdict == inOrder && now.Sub(e.over) >= w.cfg.Rules.settle(f.rule) {
		return w.closeEvent(ctx, e, now)
	}
	return nil
}

// raise opens an alert, to be told on every channel.
func (w *Watch) raise(ctx context.Context, f finding, now time.Time) error {
	e := &event{facts: f.facts, looked: now, Alert: registry.Alert{Rule: string(f.rule), Subject: f.subject, Began: f.since, Raised: now}}
	if e.Lasted = now.Sub(f.since); f.counts != nil {
		e.Lasted = f.counts(f.since, now)
	}
	for _, c := range w.channels {
		e.Messages = append(e.Messages, registry.AlertMessage{Channel: c.name, Kind: raised, State: waiting, Due: c.quiet.ends(now), At: now})
	}
	if err := w.save(ctx, e); err != nil {
		return err
	}
	w.opts.Logger.Warn("alert", "rule", f.rule, "subject", f.subject, "since", f.since)
	w.alerts = append([]*event{e}, w.alerts...)
	return nil
}

// closeEvent closes an alert, to be told where its beginning was. What began and ended while a channel was quiet is
// not told there; where the beginning could not be sent, the end tells of both.
func (w *Watch) closeEvent(ctx context.Context, e *event, now time.Time) error {
	before := e.Alert
	e.Ended, e.Closed = e.over, now
	var ends []registry.AlertMessage
	e.Messages = append([]registry.AlertMessage{}, e.Messages...)
	for i := range e.Messages {
		m := &e.Messages[i]
		c := w.channel(m.Channel)
		missed := m.State == waiting && e.Ended.Before(m.Due)
		if m.State == waiting {
			m.State, m.At = dropped, now
		}
		if c != nil && !missed {
			ends = append(ends, registry.AlertMessage{Channel: c.name, Kind: over, State: waiting, Due: c.quiet.ends(now), At: now})
		}
	}
	e.Messages = append(e.Messages, ends...)
	if err := w.save(ctx, e); err != nil {
		e.Alert = before
		return err
	}
	w.opts.Logger.Warn("alert over", "rule", e.Rule, "subject", e.Subject, "lasted", e.Lasted)
	return nil
}

func (w *Watch) save(ctx context.Context, e *event) (err error) {
	if e.Alert.Facts, err = json.Marshal(e.facts); err != nil {
		return err
	}
	id, err := w.opts.Registry.SaveAlert(ctx, e.Alert)
	if err == nil {
		e.ID = id
	}
	return err
}

// forget lets go of what has been over for long.
func (w *Watch) forget(now time.Time) {
	w.alerts = slices.DeleteFunc(w.alerts, func(e *event) bool { return !e.open() && now.Sub(e.Closed) >= keepShown })
}

func (w *Watch) tellOpen() {
	n := 0
	for _, e := range w.alerts {
		if e.open() {
			n++
		}
	}
	w.opts.Open(n)
}

func (w *Watch) channel(name string) *channel {
	for _, c := range w.channels {
		if c.name == name {
			return c
		}
	}
	return nil
}
