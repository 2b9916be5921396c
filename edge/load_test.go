package edge

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/lineproof/lineproof/record"
)

// TestNoDeviceStarves: whatever the polls cost, each device gets its share of those that there is time for.
func TestNoDeviceStarves(t *testing.T) {
	type timing struct{ period, takes time.Duration }
	const ms = time.Millisecond
	tests := []struct {
		name    string
		devices []timing
		least   float64 // of the polls that each device is due
	}{
		{"there is time for all", []timing{{time.Second, 250 * ms}, {2 * time.Second, 500 * ms}, {10 * time.Second, 900 * ms}}, 1},
		{"twice as much as there is time for", []timing{{time.Second, 500 * ms}, {time.Second, 500 * ms}, {time.Second, 500 * ms}, {time.Second, 500 * ms}}, 0.5},
		{"many quick ones and a rare one", []timing{{100 * ms, 90 * ms}, {100 * ms, 90 * ms}, {time.Minute, time.Second}}, 0.45},
		{"one that takes ten times its period", []timing{{time.Second, 10 * time.Second}, {time.Second, 10 * ms}, {30 * time.Second, 10 * ms}}, 0.09},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			const length = time.Hour
			ctx, cancel := context.WithCancel(context.Background())
			c := &hands{now: six}
			polls := map[string]int{}
			p := &port{name: "line", clock: c, log: slog.New(slog.DiscardHandler)}
			takes := map[string]time.Duration{}
			for i, d := range test.devices {
				name := fmt.Sprint(i)
				takes[name] = d.takes
				p.devices = append(p.devices, &device{Device: Device{Name: name, Config: paced(d.period)}})
			}
			p.poll = func(_ context.Context, d *device, _ time.Time) {
				polls[d.Name]++
				c.now = c.now.Add(takes[d.Name])
				if c.now.Sub(six) >= length {
					cancel()
				}
			}
			p.run(ctx)
			for i, d := range test.devices {
				if got, due := polls[fmt.Sprint(i)], float64(length/d.period); float64(got) < test.least*due-1 {
					t.Errorf("device %d was polled %d times of %g", i, got, due)
				}
			}
		})
	}
}

func TestLoadOfAPort(t *testing.T) {
	at := func(s float64) time.Time { return six.Add(time.Duration(s * float64(time.Second))) }
	var l load
	l.begin(six)
	for s := range 30 {
		l.polled(at(float64(s)), at(float64(s)+0.25))
	}
	if got, want := l.status(at(30), 0.2), (record.PortStatus{Planned: 0.2, Busy: 0.25}); got != want {
		t.Errorf("half a minute: got %+v, want %+v", got, want)
	}
	for s := 30; s < 240; s++ {
		l.polled(at(float64(s)), at(float64(s)+0.5))
	}
	l.skip(3)
	if got, want := l.status(at(240), 0), (record.PortStatus{Busy: 0.5, Skipped: 3}); got.Busy < want.Busy-0.01 || got.Busy > want.Busy+0.01 || got.Skipped != 3 {
		t.Errorf("the first minute is forgotten: got %+v, want %+v", got, want)
	}
	if got := l.status(at(-10), 0); got.Busy < 0 || got.Busy > 1 {
		t.Errorf("the clock was set back: %+v", got)
	}
	if got := (&load{}).status(six, 0); got != (record.PortStatus{}) {
		t.Errorf("before anything: %+v", got)
	}
}
