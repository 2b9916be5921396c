package edge

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

// paced is a device's configuration of which only the period matters.
type paced time.Duration

func (p paced) Validate() []drivers.Problem                  { return nil }
func (p paced) Signals() map[string]record.Signal            { return nil }
func (p paced) Port() string                                 { return "line" }
func (p paced) Period() time.Duration                        { return time.Duration(p) }
func (p paced) Open(drivers.Options) (drivers.Driver, error) { return nil, nil }

// hands is a clock that is set by hand; sleeping sets it to the time that was waited for.
type hands struct{ now time.Time }

func (h *hands) Now() time.Time { return h.now }
func (h *hands) SleepUntil(ctx context.Context, t time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if t.After(h.now) {
		h.now = t
	}
	return nil
}

func TestPollsKeepToTheWallClock(t *testing.T) {
	start := six.Add(300 * time.Millisecond)
	tests := []struct {
		name    string
		devices map[string]time.Duration
		took    []time.Duration // what each poll takes; the last goes on
		polls   int
		want    string
	}{
		{"each second", map[string]time.Duration{"a": time.Second}, []time.Duration{50 * time.Millisecond}, 4,
			"a 06:00:01.000, a 06:00:02.000, a 06:00:03.000, a 06:00:04.000"},
		{"a late one is done once, missed ones never", map[string]time.Duration{"a": time.Second},
			[]time.Duration{0, 3200 * time.Millisecond, 0}, 4, "a 06:00:01.000, a 06:00:02.000, a 06:00:06.000, a 06:00:07.000"},
		{"two devices take turns", map[string]time.Duration{"a": time.Second, "b": 2 * time.Second}, []time.Duration{100 * time.Millisecond}, 5,
			"a 06:00:01.000, a 06:00:02.000, b 06:00:02.100, a 06:00:03.000, a 06:00:04.000"},
		{"a slow one does not starve the other", map[string]time.Duration{"a": time.Second, "b": time.Second}, []time.Duration{1500 * time.Millisecond}, 4,
			"a 06:00:01.000, b 06:00:02.500, a 06:00:04.000, b 06:00:05.500"},
		{"the shorter period goes first", map[string]time.Duration{"a": 3 * time.Second, "b": time.Second}, []time.Duration{400 * time.Millisecond}, 6,
			"b 06:00:01.000, b 06:00:02.000, b 06:00:03.000, a 06:00:03.400, b 06:00:04.000, b 06:00:05.000"},
		{"a long period is no reason to starve", map[string]time.Duration{"a": 3 * time.Second, "b": time.Second}, []time.Duration{2500 * time.Millisecond}, 6,
			"b 06:00:01.000, a 06:00:03.500, b 06:00:06.000, b 06:00:09.000, a 06:00:11.500, b 06:00:14.000"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			c := &hands{now: start}
			var got []string
			p := &port{name: "line", clock: c, log: slog.New(slog.DiscardHandler)}
			p.poll = func(_ context.Context, d *device, now time.Time) {
				c.now = c.now.Add(test.took[min(len(got), len(test.took)-1)])
				got = append(got, d.Name+" "+now.Format("15:04:05.000"))
				if len(got) == test.polls {
					cancel()
				}
			}
			for _, name := range []string{"a", "b"} {
				if period, ok := test.devices[name]; ok {
					p.devices = append(p.devices, &device{Device: Device{Name: name, Config: paced(period)}})
				}
			}
			p.run(ctx)
			if diff := cmp.Diff(test.want, strings.Join(got, ", ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSkippedPollsAreToldOf(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &hands{now: six}
	var log bytes.Buffer
	p := &port{name: "line", clock: c, log: slog.New(slog.NewTextHandler(&log, nil))}
	p.devices = []*device{{Device: Device{Name: "a", Config: paced(time.Second)}}}
	n := 0
	p.poll = func(context.Context, *device, time.Time) {
		c.now = c.now.Add(1400 * time.Millisecond)
		if n++; n == 3 {
			cancel()
		}
	}
	p.run(ctx)
	want := fmt.Sprintf("level=WARN msg=%q port=line device=a period=1s skipped=1\n",
		"polls were skipped: the devices of this port answer too slowly for their periods")
	if _, line, _ := strings.Cut(log.String(), " "); line != want {
		t.Errorf("got %s want %s", log.String(), want)
	}
}
