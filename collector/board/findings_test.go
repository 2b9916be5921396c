package board_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/plausible"
	"github.com/lineproof/lineproof/record"
)

// TestFindingsOfAWindow seals counts of a machine that says that it stands, and asks for the time around them.
func TestFindingsOfAWindow(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	h.Work(g, 60, collectortest.Execute, 4, 1)
	h.Work(g, 30, collectortest.Stopped, 4, 1)
	h.Work(g, 30, collectortest.Stopped, 0, 0)
	h.online(gateway)
	hour := func(n time.Duration) time.Time { return collectortest.Morning.Add(n * time.Hour) }

	for _, tt := range []struct {
		name     string
		from, to time.Time
		found    bool
	}{
		{"the hour in which it ran", hour(0), hour(1), false},
		{"the hour in which it counted at rest", hour(1), hour(2), true},
		{"the day after", hour(24), hour(48), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := h.Findings(t.Context(), line, tt.from, tt.to)
			if err != nil {
				t.Fatal(err)
			}
			if !got.From.Equal(tt.from) || !got.To.Equal(tt.to) || !got.Since.Before(tt.from) {
				t.Errorf("from %v to %v since %v", got.From, got.To, got.Since)
			}
			if tt.found != (len(got.Findings) == 1) {
				t.Fatalf("found %+v", got.Findings)
			}
			for _, f := range got.Findings {
				if f.Check != plausible.OutputAtRest || f.Machine != "press" || !f.From.Equal(hour(1)) || f.Observed < 100 || f.Observed > 120 {
					t.Errorf("found %+v", f)
				}
			}
		})
	}
}

// TestDoubtsAreOfClosedDays judges a day when it is over, once, and again when somebody counted by hand in it.
func TestDoubtsAreOfClosedDays(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	h.Remember()
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	h.Work(g, 60, collectortest.Stopped, 4, 1)
	h.online(gateway)
	from, to := collectortest.Morning.Add(-24*time.Hour), collectortest.Morning.Add(48*time.Hour)
	ask := func(want ...plausible.Check) {
		t.Helper()
		d, err := h.Doubts(t.Context(), line, from, to)
		if err != nil {
			t.Fatal(err)
		}
		var got []plausible.Check
		for _, f := range d.Findings {
			got = append(got, f.Check)
		}
		if !slices.Equal(got, want) || d.To.After(g.At) {
			t.Errorf("%v until %s, want %v", got, d.To, want)
		}
	}
	ask() // the day goes on
	h.Work(g, 20*60, collectortest.Execute, 4, 1)
	ask(plausible.OutputAtRest, plausible.TooRegular)
	ask(plausible.OutputAtRest, plausible.TooRegular)
	if _, err := h.Doubts(t.Context(), "none", from, to); !errors.Is(err, board.ErrNotFound) {
		t.Errorf("of no line: %v", err)
	}
	h.MoveTo(g.At)
	err := h.Count(t.Context(), line, "Lan", board.CountDraft{ID: "c", From: collectortest.Morning.Add(2 * time.Hour), HandCount: record.HandCount{
		Machine: "press", To: collectortest.Morning.Add(3 * time.Hour), Produced: 2000,
	}})
	if err != nil {
		t.Fatal(err)
	}
	ask(plausible.OutputAtRest, plausible.TooRegular, plausible.HandCount)
}
