package alert

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
)

// Kinds of messages.
const (
	raised = "raised" // it has begun
	over   = "over"
	test   = "test"
)

// States of messages.
const (
	waiting = "waiting" // to be sent, once its channel can
	sent    = "sent"
	dropped = "dropped" // it was over before it could be sent
	failed  = "failed"  // tried for a day
)

const (
	// polls is how often a channel looks whether there is something to send.
	polls = 5 * time.Second
	// attempt is how long one attempt to send may take.
	attempt = 30 * time.Second
	// retryFirst is how long a channel that failed is left alone, and retryMost after it failed again and again.
	retryFirst, retryMost = time.Minute, 30 * time.Minute
	// giveUp is how long a message is tried.
	giveUp = 24 * time.Hour
)

// channel sends one message after the other.
type channel struct {
	name   string
	kind   string
	quiet  *hours
	tongue tongue.Tongue
	send   func(context.Context, Note) error

	// Below the Watch's lock.
	failing time.Time // since when; zero: it is not
	fault   string
	wait    time.Duration
	again   time.Time // not before
}

func newChannel(name string, cfg Channel) (*channel, error) {
	c := &channel{name: name, kind: cfg.kind()}
	var err error
	if c.tongue, err = spoken.New(cfg.Language); err != nil {
		return nil, fmt.Errorf("channel %s: %w", name, err)
	}
	if c.quiet, err = newHours(cfg.Quiet); err != nil {
		return nil, fmt.Errorf("channel %s: %w", name, err)
	}
	switch {
	case cfg.Email != nil:
		c.send, err = newEmail(*cfg.Email)
	case cfg.Webhook != nil:
		c.send, err = newWebhook(*cfg.Webhook)
	default:
		c.send, err = newShoutrrr(*cfg.Shoutrrr)
	}
	if err != nil {
		return nil, fmt.Errorf("channel %s: %w", name, err)
	}
	return c, nil
}

// Test sends a test message on one channel, quiet hours or not.
func Test(ctx context.Context, cfg Config, name string, now time.Time) error {
	c, err := newChannel(name, cfg.Channels[name])
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, attempt)
	defer cancel()
	return c.send(ctx, testNote(c, now))
}

// secret reads a file with one secret in it; "" where no file is named.
func secret(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	b, err := os.ReadFile(file)
	return strings.TrimSpace(string(b)), err
}

// serve sends what there is to send on a channel until ctx ends.
func (w *Watch) serve(ctx context.Context, c *channel) {
	for {
		if err := w.opts.Clock.SleepUntil(ctx, w.opts.Clock.Now().Add(polls)); err != nil {
			return
		}
		for w.deliver(ctx, c) {
		}
	}
}

// deliver sends the oldest message that waits; more tells whether it went and others may wait.
func (w *Watch) deliver(ctx context.Context, c *channel) (more bool) {
	e, kind, note := w.next(c)
	if e == nil {
		return false
	}
	sending, cancel := context.WithTimeout(ctx, attempt)
	err := c.send(sending, note)
	cancel()
	if ctx.Err() != nil && err != nil {
		return false // the collector ends; the next one sends it
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note(ctx, c, e, kind, err)
	return err == nil
}

// next finds the oldest message that may be sent now; nil: there is none. Of what may be over soon nothing is said:
// it goes on, or what is said is that it is over.
func (w *Watch) next(c *channel) (*event, string, Note) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.opts.Clock.Now()
	if now.Before(c.again) || c.quiet.ends(now).After(now) {
		return nil, "", Note{}
	}
	for i := len(w.alerts) - 1; i >= 0; i-- {
		e := w.alerts[i]
		for _, m := range e.Messages {
			settling := m.Kind == raised && !e.over.IsZero()
			if m.Channel == c.name && m.State == waiting && !m.Due.After(now) && !settling {
				return e, m.Kind, compose(c, e, m.Kind, now)
			}
		}
	}
	return nil, "", Note{}
}

// note keeps how an attempt went.
func (w *Watch) note(ctx context.Context, c *channel, e *event, kind string, err error) {
	now := w.opts.Clock.Now().UTC()
	if err == nil {
		c.failing, c.fault, c.wait, c.again = time.Time{}, "", 0, time.Time{}
	} else {
		if c.failing.IsZero() {
			c.failing = now
		}
		c.fault = err.Error()
		c.wait = min(max(2*c.wait, retryFirst), retryMost)
		c.again = now.Add(c.wait)
		w.opts.Logger.Warn("alert not sent", "channel", c.name, "error", err, "again", c.again)
	}
	for i := range e.Messages {
		m := &e.Messages[i]
		if m.Channel != c.name || m.Kind != kind {
			continue
		}
		switch {
		case err == nil:
			m.State, m.At, m.Error = sent, now, ""
		case m.State == waiting && now.Sub(m.Due) >= giveUp:
			m.State, m.At, m.Error = failed, now, c.fault
		default:
			m.Error = c.fault
		}
	}
	if err := w.save(ctx, e); err != nil {
		w.opts.Logger.Error("alerts", "error", err)
	}
}
