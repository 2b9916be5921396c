// Package clock lets the same code run by the system's time and, for a demonstration's history, by a
// time that passes as fast as the work is done.
package clock

import (
	"context"
	"sync"
	"time"
)

// Clock tells the time and waits for it.
type Clock interface {
	Now() time.Time
	// SleepUntil returns nil at t or later, or ctx's error before.
	SleepUntil(ctx context.Context, t time.Time) error
}

// System is the computer's clock.
type System struct{}

// Now is the time.
func (System) Now() time.Time { return time.Now() }

// SleepUntil waits until t.
func (System) SleepUntil(ctx context.Context, t time.Time) error {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Virtual is a clock that stands still while anyone works and jumps to the next time that somebody waits
// for as soon as all of a known number of sleepers wait. With one sleeper more than there are workers,
// that one can hold time back: time never passes it.
type Virtual struct {
	mu       sync.Mutex
	now      time.Time
	sleepers int
	waiting  map[*wait]struct{}
}

type wait struct {
	until time.Time
	done  chan struct{}
}

// NewVirtual makes a clock that stands at now and passes while sleepers goroutines sleep.
func NewVirtual(now time.Time, sleepers int) *Virtual {
	return &Virtual{now: now, sleepers: sleepers, waiting: map[*wait]struct{}{}}
}

// Now is the virtual time.
func (v *Virtual) Now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

// SleepUntil counts the caller as asleep until the virtual time reaches t.
func (v *Virtual) SleepUntil(ctx context.Context, t time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	v.mu.Lock()
	w := &wait{until: t, done: make(chan struct{})}
	v.waiting[w] = struct{}{}
	v.pass()
	v.mu.Unlock()
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		v.mu.Lock()
		delete(v.waiting, w)
		v.mu.Unlock()
		return ctx.Err()
	}
}

// pass wakes all whose time has come, once everyone waits.
func (v *Virtual) pass() {
	if len(v.waiting) < v.sleepers {
		return
	}
	var next time.Time
	for w := range v.waiting {
		if next.IsZero() || w.until.Before(next) {
			next = w.until
		}
	}
	if next.After(v.now) {
		v.now = next
	}
	for w := range v.waiting {
		if !w.until.After(v.now) {
			delete(v.waiting, w)
			close(w.done)
		}
	}
}
