package edge

import (
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/internal/durable"
	"github.com/lineproof/lineproof/record"
)

const (
	// drift is how far the clock of a running computer may go wrong by itself: 100 millionths, twice what the
	// crystal of a Raspberry Pi is allowed.
	drift = 100
	// jitter is a difference to the time known so far that is not worth a step.
	jitter = 50 * time.Millisecond
	// stepped is a difference that a person should know of.
	stepped = time.Second
)

// timekeeper knows what the agent's own steady clock shows in true time, and how far that may be wrong.
//
// The agent never lives by the computer's clock, which may wake in 1970 and jump at any moment: it polls and
// stamps by a steady one. An anchor says what true time that is: from the kernel while a time server disciplines
// it, else from the collector's answers. With neither since the gateway started, the time is not known.
type timekeeper struct {
	see   func() Sighting
	clock clock.Clock // steady
	path  string      // of the anchor's file
	log   *slog.Logger

	mu     sync.Mutex
	anchor *anchor
	asked  question
}

// anchor ties the time since boot to true time.
type anchor struct {
	Boot  record.Boot       `json:"boot"`
	Zero  time.Time         `json:"zero"`  // true time when Monotonic was 0
	Bound time.Duration     `json:"bound"` // how far Zero may be wrong, as found at At
	At    time.Duration     `json:"at"`    // Monotonic
	State record.ClockState `json:"state"` // who said so
}

// bound is how far a time may be wrong that is dated by the anchor.
func (a *anchor) bound(at time.Duration) time.Duration {
	return a.Bound + (at-a.At).Abs()/1_000_000*drift
}

// question is one to the collector: what time is it?
type question struct {
	number uint64
	at     time.Duration // Monotonic
}

// openTimekeeper goes on with the anchor of an agent that ran since the same boot.
func openTimekeeper(see func() Sighting, c clock.Clock, path string, log *slog.Logger) *timekeeper {
	k := &timekeeper{see: see, clock: c, path: path, log: log}
	var kept anchor
	if text, err := durable.ReadChecked(path); err == nil && json.Unmarshal(text, &kept) == nil && kept.Boot == see().Boot && !kept.Boot.IsZero() {
		k.anchor = &kept
	}
	return k
}

// moment is one moment by all clocks.
type moment struct {
	Sighting
	steady time.Time // by the agent's clock
	anchor *anchor   // nil: the time is not known
}

// look asks the system, and takes its time where it can be relied on.
func (k *timekeeper) look() moment {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := moment{Sighting: k.see(), steady: k.clock.Now()}
	switch {
	case m.State == record.ClockSimulated:
		k.anchor = &anchor{Boot: m.Boot, Zero: m.Wall.Add(-m.Monotonic), At: m.Monotonic, State: m.State}
	case m.State == record.ClockSynchronised && plausible(m.Wall):
		k.adopt(anchor{Boot: m.Boot, Zero: m.Wall.Add(-m.Monotonic), Bound: m.ErrorBound, At: m.Monotonic, State: m.State})
	}
	m.anchor = k.anchor
	return m
}

// plausible tells whether a clock can be right: one that was never set says 1970, or when its system was made.
func plausible(t time.Time) bool { return t.Year() >= 2025 && t.Year() < 2100 }

// adopt takes a better anchor. One that hardly differs only says how good the present one is.
func (k *timekeeper) adopt(next anchor) {
	old := k.anchor
	if old == nil {
		k.log.Info("the time is known", "by", next.State, "time", next.Zero.Add(next.At), "bound", next.Bound)
		k.keep(next)
		return
	}
	by := next.Zero.Sub(old.Zero)
	if by.Abs() <= jitter {
		next.Zero, next.Bound = old.Zero, next.Bound+by.Abs()
		k.anchor = &next
		return
	}
	if by.Abs() > stepped {
		k.log.Warn("the time was set", "by", by.Round(time.Millisecond), "says", next.State)
	}
	k.keep(next)
}

// keep remembers an anchor, also for an agent that starts again before the gateway does.
func (k *timekeeper) keep(a anchor) {
	k.anchor = &a
	text, err := json.Marshal(a)
	if err == nil {
		err = durable.WriteChecked(k.path, text)
	}
	if err != nil {
		k.log.Warn("what time it is cannot be kept for the next start", "error", err)
	}
}

// ask notes a question to the collector. It says false where there is nothing to ask because a time server is heard.
func (k *timekeeper) ask(number uint64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.see()
	if s.State == record.ClockSynchronised || s.State == record.ClockSimulated {
		return false
	}
	k.asked = question{number: number, at: s.Monotonic}
	return true
}

// told takes the collector's answer: it was given some time between question and answer, so the time on the way
// there and back is how far it may be wrong. Answers to older questions say nothing.
func (k *timekeeper) told(number uint64, at time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if number == 0 || number != k.asked.number || !plausible(at) {
		return
	}
	s := k.see()
	round := s.Monotonic - k.asked.at
	k.asked = question{}
	if k.anchor != nil && k.anchor.bound(s.Monotonic) <= round {
		return
	}
	k.adopt(anchor{Boot: s.Boot, Zero: at.Add(round/2 - s.Monotonic), Bound: round, At: s.Monotonic, State: record.ClockCollector})
}

// known tells whether it is known what time it is.
func (m moment) known() bool { return m.anchor != nil }

// sinceBoot is what the time since boot was when the agent's clock showed t.
func (m moment) sinceBoot(t time.Time) time.Duration { return m.Monotonic - m.steady.Sub(t) }

// date is the true time of what the agent's clock shows as t. The zero time where that is not known.
func (m moment) date(t time.Time) time.Time {
	if !m.known() {
		return time.Time{}
	}
	return m.anchor.Zero.Add(m.sinceBoot(t)).UTC().Truncate(time.Millisecond)
}

// clock is what a batch says that is sealed at this moment.
func (m moment) clock() record.Clock {
	c := record.Clock{State: m.State, Monotonic: m.Monotonic.Truncate(time.Millisecond)}
	if !m.known() {
		return c
	}
	c.ErrorBound = m.anchor.bound(m.Monotonic).Truncate(time.Microsecond)
	if m.anchor.State == record.ClockCollector {
		c.State = record.ClockCollector
	}
	return c
}
