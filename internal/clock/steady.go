package clock

import (
	"context"
	"time"
)

// Steady is a clock that begins with the computer's time and then runs on evenly, whatever is done to the
// computer's clock: it never jumps.
type Steady struct{ begin time.Time }

// NewSteady begins now.
func NewSteady() Steady { return Steady{time.Now()} }

// Now is the beginning and the time gone by since.
func (s Steady) Now() time.Time { return s.begin.Round(0).Add(time.Since(s.begin)) }

// SleepUntil waits until Now is t.
func (s Steady) SleepUntil(ctx context.Context, t time.Time) error {
	timer := time.NewTimer(t.Sub(s.Now()))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
