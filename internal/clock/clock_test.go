package clock

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2027, 3, 1, 6, 0, 0, 0, time.UTC)

func after(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

// diary notes who woke and when.
type diary struct {
	mu      sync.Mutex
	entries []entry
}

type entry struct {
	at  int // seconds after start
	who string
}

func (d *diary) note(who string, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entries = append(d.entries, entry{int(at.Sub(start) / time.Second), who})
}

// TestVirtualWakesInOrder runs workers of different periods: each wakes at each of its times, none
// before another one's earlier time.
func TestVirtualWakesInOrder(t *testing.T) {
	periods := map[string]int{"a": 2, "b": 3, "c": 7}
	const until = 420 // a multiple of all
	c := NewVirtual(start, len(periods))
	var d diary
	var wg sync.WaitGroup
	for who, period := range periods {
		wg.Go(func() {
			for s := period; s <= until; s += period {
				if err := c.SleepUntil(t.Context(), after(s)); err != nil {
					t.Errorf("%s at %d s: %v", who, s, err)
				}
				if now := c.Now(); !now.Equal(after(s)) {
					t.Errorf("%s woke at %s, want %s", who, now, after(s))
				}
				d.note(who, c.Now())
			}
		})
	}
	wg.Wait()
	if !slices.IsSortedFunc(d.entries, func(a, b entry) int { return a.at - b.at }) {
		t.Errorf("woke out of order: %v", d.entries)
	}
	if got, want := len(d.entries), until/2+until/3+until/7; got != want {
		t.Errorf("%d wake-ups, want %d", got, want)
	}
}

// TestVirtualLosesNoWakeUp has many sleepers meet at the same times over and over, under -race.
func TestVirtualLosesNoWakeUp(t *testing.T) {
	const sleepers, rounds = 16, 300
	c := NewVirtual(start, sleepers)
	var d diary
	var wg sync.WaitGroup
	for range sleepers {
		wg.Go(func() {
			for s := range rounds {
				if err := c.SleepUntil(t.Context(), after(s/3)); err != nil { // thrice at each time
					t.Error(err)
				}
			}
			d.note("", c.Now())
		})
	}
	wg.Wait()
	if got := len(d.entries); got != sleepers {
		t.Errorf("%d sleepers came through, want %d", got, sleepers)
	}
}

// TestVirtualIsHeldBack shows that one sleeper more than there are workers decides how far time goes.
func TestVirtualIsHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewVirtual(start, 2)
		ctx, cancel := context.WithCancel(t.Context())
		var d diary
		var wg sync.WaitGroup
		wg.Go(func() {
			for s := 1; c.SleepUntil(ctx, after(s)) == nil; s++ {
				d.note("worker", c.Now())
			}
		})
		synctest.Wait()
		if got := len(d.entries); got != 0 || !c.Now().Equal(start) {
			t.Errorf("with nobody holding, %d wake-ups and %s; want none and %s", got, c.Now(), start)
		}
		if err := c.SleepUntil(ctx, after(3)); err != nil {
			t.Error(err)
		}
		synctest.Wait() // at 3 s both wake; the worker then waits for the fourth
		want := []entry{{1, "worker"}, {2, "worker"}, {3, "worker"}}
		if !slices.Equal(d.entries, want) || !c.Now().Equal(after(3)) {
			t.Errorf("held at 3 s: %v and %s, want %v", d.entries, c.Now(), want)
		}
		cancel()
		wg.Wait()
	})
}

func TestVirtualContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewVirtual(start, 2)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := c.SleepUntil(ctx, after(1)); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want %v", err, context.Canceled)
			}
		})
		synctest.Wait()
		cancel()
		wg.Wait()
		if err := c.SleepUntil(ctx, start); !errors.Is(err, context.Canceled) {
			t.Errorf("already cancelled: got %v", err)
		}
		// Who gave up no longer counts as asleep: one sleeper of two does not make time pass.
		awake := make(chan error)
		go func() { awake <- c.SleepUntil(t.Context(), after(5)) }()
		synctest.Wait()
		if !c.Now().Equal(start) {
			t.Errorf("time passed to %s while one of two works", c.Now())
		}
		go func() { awake <- c.SleepUntil(t.Context(), after(5)) }()
		if err := errors.Join(<-awake, <-awake); err != nil || !c.Now().Equal(after(5)) {
			t.Errorf("with both asleep it is %s, %v, want %s", c.Now(), err, after(5))
		}
	})
}

// TestVirtualNeverGoesBack sleeps until times that are over.
func TestVirtualNeverGoesBack(t *testing.T) {
	c := NewVirtual(start, 1)
	for _, s := range []int{5, 5, 2, 6} {
		if err := c.SleepUntil(t.Context(), after(s)); err != nil {
			t.Fatal(err)
		}
		if want := after(max(s, 5)); !c.Now().Equal(want) {
			t.Errorf("after sleeping until %d s it is %s, want %s", s, c.Now(), want)
		}
	}
}

// TestSystem runs on the fake time of a bubble, so it waits without waiting.
func TestSystem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c System
		until := c.Now().Add(time.Hour)
		if err := c.SleepUntil(t.Context(), until); err != nil || c.Now().Before(until) {
			t.Errorf("got %v at %s, want nil at %s", err, c.Now(), until)
		}
		if err := c.SleepUntil(t.Context(), until.Add(-time.Minute)); err != nil {
			t.Errorf("a time that is over: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.SleepUntil(ctx, until.Add(time.Hour)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
		}
	})
}
