package blockpress

import (
	"context"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Pace is a plant's time where it does not pass as the computer's does: it starts at Start and runs Times
// as fast. Whoever knows Seed, Pace and calendar knows the plant's whole life, also after its process died.
type Pace struct {
	Start time.Time
	Times int64     // 0 is 1
	Until time.Time // by the computer's clock: the plant stands still from then on; zero: never
}

// At is the plant's time when the computer's is now.
func (p Pace) At(now time.Time) time.Time {
	if !p.Until.IsZero() && now.After(p.Until) {
		now = p.Until
	}
	return p.Start.Add(now.Sub(p.Start) * time.Duration(max(p.Times, 1)))
}

// Now makes Pace a clock for Options.
func (p Pace) Now() time.Time { return p.At(time.Now()) }

// SleepUntil waits for a plant's time, which the plant itself never does.
func (p Pace) SleepUntil(ctx context.Context, t time.Time) error {
	timer := time.NewTimer(t.Sub(p.Now()) / time.Duration(max(p.Times, 1)))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Always is a calendar of a single shift that begins at from and does not end within a year.
func Always(from time.Time) record.Calendar {
	return record.Calendar{Extra: []record.ExtraShift{{Name: "always", From: from, To: from.AddDate(1, 0, 0)}}}
}
