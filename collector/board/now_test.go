package board_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/record"
)

// doing is what the press does now, with times in seconds after the books' end.
type doing struct {
	State           string // "" for nobody looks
	Since, Observed float64
}

// TestWhatAMachineDoesNow: the books say execute for ten minutes, held for one, and end there.
func TestWhatAMachineDoesNow(t *testing.T) {
	begin := collectortest.Morning
	end := begin.Add(11 * time.Minute)
	const heldSince = -60
	for _, tt := range []struct {
		name string
		do   func(h *hall, s func(seconds float64) time.Time)
		now  float64
		want doing
	}{
		{"as the books say", func(*hall, func(float64) time.Time) {}, 0, doing{"held", heldSince, 0}},
		{"45 s later", func(*hall, func(float64) time.Time) {}, 45, doing{"held", heldSince, 0}},
		{"46 s later nobody looks", func(*hall, func(float64) time.Time) {}, 46, doing{"", 0, 0}},
		{"seen to have changed", func(h *hall, s func(float64) time.Time) {
			h.sees(gateway, s(3), 1.0)
		}, 5, doing{"execute", 3, 3}},
		{"seen to go on", func(h *hall, s func(float64) time.Time) {
			h.sees(gateway, s(3), 2.0)
		}, 5, doing{"held", heldSince, 3}},
		{"seen by an older message", func(h *hall, s func(float64) time.Time) {
			h.sees(gateway, s(-1), 1.0)
		}, 5, doing{"held", heldSince, 0}},
		{"changed twice", func(h *hall, s func(float64) time.Time) {
			h.sees(gateway, s(3), 1.0)
			h.sees(gateway, s(9), 1.0)
			h.sees(gateway, s(12), 0.0)
		}, 13, doing{"stopped", 12, 12}},
		{"the poll failed", func(h *hall, s func(float64) time.Time) {
			h.sees(gateway, s(3), nil)
		}, 5, doing{"", 3, 3}},
		{"a number of which nothing is said", func(h *hall, s func(float64) time.Time) {
			h.sees(gateway, s(3), 77.0)
		}, 5, doing{"", 3, 3}},
		{"no whole number", func(h *hall, s func(float64) time.Time) {
			h.sees(gateway, s(3), 1.5)
		}, 5, doing{"", 3, 3}},
		{"a text", func(h *hall, s func(float64) time.Time) {
			h.sees(gateway, s(3), "execute")
		}, 5, doing{"", 3, 3}},
		{"a switch", func(h *hall, s func(float64) time.Time) {
			h.sees(gateway, s(3), true)
		}, 5, doing{"execute", 3, 3}},
		{"another signal changed, so the gateway looks", func(h *hall, s func(float64) time.Time) {
			h.online(gateway)
			h.Live(gateway, record.Live{Time: s(40), Values: map[string]any{"press.cycles": 5.0}})
		}, 80, doing{"held", heldSince, 40}},
		{"another signal changed of a gateway that has left", func(h *hall, s func(float64) time.Time) {
			h.Live(gateway, record.Live{Time: s(40), Values: map[string]any{"press.cycles": 5.0}})
		}, 80, doing{"", 0, 0}},
		{"the same after an hour of silence", func(h *hall, s func(float64) time.Time) {
			h.sees(gateway, s(3600), 2.0)
		}, 3601, doing{"held", 3600, 3600}},
		{"the same before and after an hour of silence", func(h *hall, s func(float64) time.Time) {
			h.sees(gateway, s(1), 2.0)
			h.sees(gateway, s(3600), 2.0)
		}, 3601, doing{"held", 3600, 3600}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, g := openHall(t, begin), collectortest.NewGateway(gateway, begin)
			h.Work(g, 10, collectortest.Execute, 4, 0)
			h.Work(g, 1, collectortest.Held, 0, 0)
			s := func(seconds float64) time.Time { return end.Add(time.Duration(seconds * float64(time.Second))) }
			tt.do(h, s)
			h.MoveTo(s(tt.now))
			m := h.line(line).Machines[0]
			if m.Since == nil || m.Observed == nil {
				t.Fatalf("since %v, observed %v", m.Since, m.Observed)
			}
			got := doing{Since: m.Since.Sub(end).Seconds(), Observed: m.Observed.Sub(end).Seconds()}
			if m.State != nil {
				got.State = m.State.String()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// watcher follows a line as the event stream does.
type watcher struct {
	t     *testing.T
	sent  chan event
	ended chan error
}

type event struct {
	now   board.LiveEvent
	books *board.Line
}

func (h *hall) watch(ctx context.Context, id string) *watcher {
	w := &watcher{t: h.t, sent: make(chan event, 100), ended: make(chan error, 1)}
	go func() {
		w.ended <- h.Watch(ctx, id, func(now board.LiveEvent, books *board.Line) error {
			w.sent <- event{now, books}
			return nil
		})
	}()
	return w
}

// next gives the next event and wants it to have books or not.
func (w *watcher) next(books bool) event {
	w.t.Helper()
	select {
	case e := <-w.sent:
		if (e.books != nil) != books {
			w.t.Fatalf("with books: %v, want %v", e.books != nil, books)
		}
		return e
	case <-time.After(10 * time.Second): // less than it takes to say that the connection lives
		w.t.Fatal("nothing was sent")
		return event{}
	}
}

func TestWatch(t *testing.T) {
	h, g := openHall(t, collectortest.Morning), collectortest.NewGateway(gateway, collectortest.Morning)
	other := collectortest.NewGateway("oceanline-01", collectortest.Morning)
	h.Work(g, 2, collectortest.Execute, 4, 0)
	h.Work(other, 2, collectortest.Execute, 4, 0)
	ctx, cancel := context.WithCancel(t.Context())
	w := h.watch(ctx, line)
	first := w.next(true)
	if !first.now.Time.Equal(g.At) || first.books.ID != line || *first.now.Machines[0].State != record.Execute {
		t.Errorf("first %+v", first)
	}

	h.sees(gateway, g.At.Add(time.Second), 0.0)
	if e := w.next(false); *e.now.Machines[0].State != record.Stopped || !cmp.Equal(e.now.Values, map[string]any{"press.state": 0.0}) || !e.now.Time.Equal(g.At.Add(time.Second)) {
		t.Errorf("after a live message: %+v", e.now)
	}

	h.Live(gateway, record.Live{Time: g.At.Add(2 * time.Second), Values: map[string]any{"press.cycles": 9.0, "of.nobody": 1.0}})
	if e := w.next(false); !cmp.Equal(e.now.Values, map[string]any{"press.state": 0.0, "press.cycles": 9.0}) {
		t.Errorf("values %v, want those of the catalogue, old and new", e.now.Values)
	}

	h.sees("oceanline-01", g.At, 0.0) // of another line: nothing is sent for it
	h.Take(g, g.Work(t, time.Minute, collectortest.Execute, 4, 0))
	if e := w.next(true); *e.books.KPI.ProducedQuantity != 80 { // the third minute is not over by the collector's clock
		t.Errorf("produced %d in the books that were sent", *e.books.KPI.ProducedQuantity)
	}

	cancel()
	if err := <-w.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	if len(w.sent) > 0 {
		t.Errorf("%d events more than there was to say", len(w.sent))
	}
}

func TestWatchEndsWhenItCannotSend(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	h.Work(collectortest.NewGateway(gateway, collectortest.Morning), 1, collectortest.Execute, 4, 0)
	gone := errors.New("the reader is gone")
	err := h.Watch(t.Context(), line, func(board.LiveEvent, *board.Line) error { return gone })
	if !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
}

func TestManyChangesAndASlowReader(t *testing.T) {
	h, g := openHall(t, collectortest.Morning), collectortest.NewGateway(gateway, collectortest.Morning)
	h.Work(g, 1, collectortest.Execute, 4, 0)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	entered, leave := make(chan struct{}, 1), make(chan struct{})
	last, ended := 0.0, make(chan error, 1)
	go func() {
		ended <- h.Watch(ctx, line, func(now board.LiveEvent, _ *board.Line) error {
			select {
			case entered <- struct{}{}:
				<-leave
			default:
			}
			if v, ok := now.Values["press.cycles"].(float64); ok {
				if last = v; last == 1000 {
					cancel()
				}
			}
			return nil
		})
	}()
	<-entered
	for n := range 1001 { // nobody takes them, and nothing blocks
		h.Live(gateway, record.Live{Time: g.At, Values: map[string]any{"press.cycles": float64(n)}})
	}
	close(leave)
	if err := <-ended; !errors.Is(err, context.Canceled) || last != 1000 {
		t.Errorf("ended with %v at %v, want the last value", err, last)
	}
}
