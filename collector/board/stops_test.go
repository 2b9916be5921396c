package board_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/record"
)

// openStops is a hall that remembers what people say, with a press that says why it stands.
func openStops(t *testing.T) (*hall, *collectortest.Gateway) {
	t.Helper()
	h := openHall(t, collectortest.Morning)
	h.Remember()
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	l := g.Catalogue.Lines[line]
	m := l.Machines["press"]
	m.ReasonFrom = "press.fault"
	l.Machines["press"] = m
	l.Reasons = map[string]record.ReasonGroup{"mechanical": {
		Name: record.Names{"vi": "Cơ khí", "en": "Mechanical"}, Reasons: map[string]record.Reason{"mould": {Codes: []int64{3, 4}}, "belt": {Codes: []int64{7}}},
	}}
	g.Catalogue.Lines[line] = l
	fault := g.Catalogue.Signals["press.state"]
	fault.States = nil
	g.Catalogue.Signals["press.fault"] = fault
	return h, g
}

// listed is one stop in short.
func listed(s board.Stop) string {
	local := s.From.Add(7 * time.Hour)
	words := []string{local.Format("15:04"), s.To.Sub(s.From).String(), s.Kind, s.State.String()}
	if s.Kind == "unobserved" {
		words = words[:3]
	}
	for _, more := range []string{s.Original, s.Reason} {
		if more != "" {
			words = append(words, more)
		}
	}
	if s.Goes {
		words = append(words, "goes on")
	}
	return strings.Join(words, " ")
}

func (h *hall) stops(t *testing.T) (texts []string, s board.Stops) {
	t.Helper()
	s, err := h.Stops(t.Context(), line, "", record.Span{From: collectortest.Morning, To: h.Clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range s.Stops {
		texts = append(texts, listed(each))
	}
	return texts, s
}

func TestStopsAndTheirReasons(t *testing.T) {
	h, g := openStops(t)
	h.Work(g, 5, collectortest.Execute, 4, 0)
	h.Work(g, 1, collectortest.Held, 0, 0)
	h.Work(g, 5, collectortest.Execute, 4, 0)
	code := record.Reading{Signal: "press.fault", Time: g.At.Add(time.Minute), Value: record.IntValue(4), Quality: record.Good}
	h.Work(g, 5, collectortest.Stopped, 0, 0)
	coded := g.Batch(t) // what the PLC said in the second minute of its stop
	coded.Readings, coded.SealedAt = []record.Reading{code}, g.At
	h.Take(g, g.Seal(t, coded))
	h.Work(g, 5, collectortest.Execute, 4, 0)
	g.At = g.At.Add(10 * time.Minute) // nobody looks
	h.Work(g, 5, collectortest.Execute, 4, 0)
	h.Work(g, 3, collectortest.Held, 0, 0)
	got, s := h.stops(t)
	want := []string{
		"06:36 3m0s stop held goes on", "06:21 10m0s unobserved", "06:11 5m0s stop stopped mechanical/mould mechanical/mould", "06:05 1m0s micro held",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	var shares []string
	for _, p := range s.Pareto {
		shares = append(shares, fmt.Sprintf("%s %q %g s %d", p.Kind, p.Reason, p.PlannedS, p.Count))
	}
	if diff := cmp.Diff([]string{`unobserved "" 600 s 1`, `stop "mechanical/mould" 300 s 1`, `stop "" 180 s 1`, `micro "" 60 s 1`}, shares); diff != "" {
		t.Error(diff)
	}
	h.reclassify(t, s)
}

// reclassify: a person says otherwise, twice; the PLC's own reason and what was said first stay.
func (h *hall) reclassify(t *testing.T, s board.Stops) {
	t.Helper()
	note := func(began time.Time, n board.StopNote) error { return h.NoteStop(t.Context(), line, "press", began, n) }
	stop, unobserved := s.Stops[2].From, s.Stops[1].From
	for _, n := range []board.StopNote{{Reason: "mechanical/belt", Author: "Lan"}, {Comment: "thay dây đai", Author: " Hùng "}} {
		if err := note(stop, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := note(unobserved, board.StopNote{Reason: "unobserved/power-cut", Author: "Lan"}); err != nil {
		t.Fatal(err)
	}
	for name, wrong := range map[string]error{
		"a reason that is not listed": note(stop, board.StopNote{Reason: "mechanical/none", Author: "Lan"}),
		"nobody":                      note(stop, board.StopNote{Reason: "mechanical/belt", Author: " "}),
		"nothing":                     note(stop, board.StopNote{Author: "Lan"}),
		"why nobody looked, of a stop that was seen": note(stop, board.StopNote{Reason: "unobserved/power-cut", Author: "Lan"}),
		"why it stood, of what nobody saw":           note(unobserved, board.StopNote{Reason: "mechanical/belt", Author: "Lan"}),
	} {
		if !errors.Is(wrong, board.ErrUnknown) {
			t.Errorf("%s: got %v", name, wrong)
		}
	}
	if err := note(stop.Add(-time.Minute), board.StopNote{Comment: "x", Author: "Lan"}); !errors.Is(err, board.ErrNotFound) {
		t.Errorf("no stop began then: got %v", err)
	}
	got, again := h.stops(t)
	want := []string{
		"06:36 3m0s stop held goes on", "06:21 10m0s unobserved unobserved/power-cut", "06:11 5m0s stop stopped mechanical/mould mechanical/belt", "06:05 1m0s micro held",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	notes := again.Stops[2].Notes
	if len(notes) != 2 || notes[0].Reason != "mechanical/belt" || notes[1].Author != "Hùng" || notes[1].Comment != "thay dây đai" {
		t.Errorf("notes %+v", notes)
	}
}

func TestTheUsualReasons(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	h.Take(g, g.Seal(t, g.Batch(t)))
	groups, err := h.Reasons(line)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range groups {
		if group.Name["vi"] == "" || group.Name["en"] == "" || len(group.Reasons) == 0 {
			t.Errorf("%+v", group)
		}
		for _, r := range group.Reasons {
			if r.Name["vi"] == "" || r.Name["en"] == "" || !strings.HasPrefix(r.ID, group.ID+"/") {
				t.Errorf("%+v", r)
			}
		}
	}
	if len(groups) < 5 {
		t.Errorf("%d groups", len(groups))
	}
}

// TestAStopThatBeginsInABreak is one when it lasts longer than the break, and can be given a reason.
func TestAStopThatBeginsInABreak(t *testing.T) {
	h, g := openStops(t)
	h.Work(g, 4*60, collectortest.Execute, 4, 0) // until 10:00, when the break of half an hour begins
	h.Work(g, 40, collectortest.Stopped, 0, 0)
	h.Work(g, 5, collectortest.Execute, 4, 0)
	_, s := h.stops(t)
	if len(s.Stops) != 1 || s.Stops[0].PlannedS != 600 {
		t.Fatalf("%+v", s.Stops)
	}
	if err := h.NoteStop(t.Context(), line, "press", s.Stops[0].From, board.StopNote{Reason: "mechanical/belt", Author: "Lan"}); err != nil {
		t.Error(err)
	}
}
