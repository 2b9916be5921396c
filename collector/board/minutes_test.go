package board_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/record"
)

// TestMinutesAddUpToTheFigures: over a shift with its break, a failure, a hole and what was made before the shift,
// the minutes' own numbers are the terms of the KPI row, to the millisecond and the joule.
func TestMinutesAddUpToTheFigures(t *testing.T) {
	begin := collectortest.Morning.Add(-10 * time.Minute)
	h := openHall(t, begin)
	g := collectortest.NewGateway(gateway, begin)
	collectortest.AddMeter(g)
	kwh := 100.0
	work := func(minutes int, state int64, cycles, rejects uint64) {
		for n := range minutes {
			kwh += 0.1 + 0.013*float64(n%7)
			h.Take(g, g.WorkMetered(t, 37*time.Second, state, cycles, kwh), g.Work(t, 23*time.Second, state, 0, rejects))
		}
		h.MoveTo(g.At)
	}
	work(40, collectortest.Execute, 4, 1)
	work(5, collectortest.Held, 0, 0)
	g.At = g.At.Add(25 * time.Minute) // nobody looked
	work(240, collectortest.Execute, 3, 2)
	work(150, collectortest.Stopped, 0, 0)
	h.online(gateway)

	q := board.KPIQuery{From: collectortest.Morning, To: collectortest.Morning.Add(8 * time.Hour), By: kpi.ByShift}
	rows, err := h.KPI(t.Context(), line, q)
	if err != nil {
		t.Fatal(err)
	}
	want := rows[0]
	got, err := h.Minutes(t.Context(), line, board.MinutesQuery{From: q.From, To: q.To})
	if err != nil {
		t.Fatal(err)
	}
	var produced, good, scrap, late int64
	var executeMs, observedMs, unobservedMs, joules float64
	for _, m := range got.Minutes {
		produced, good, scrap, late = produced+m.ProducedQuantity, good+m.GoodQuantity, scrap+m.ScrapQuantity, late+m.LateQuantity
		executeMs += math.Round(m.StateS["execute"] * 1000)
		for _, s := range m.StateS {
			if m.Planned {
				observedMs += math.Round(s * 1000)
			}
		}
		if !m.Planned { // in the break
			observedMs += math.Round(m.StateS["execute"] * 1000)
		}
		unobservedMs += math.Round(m.UnobservedS * 1000)
		if m.EnergyKWh != nil {
			joules += math.Round(*m.EnergyKWh * 3.6e6)
		}
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"produced", float64(produced), float64(*want.ProducedQuantity)},
		{"good", float64(good), float64(*want.GoodQuantity)},
		{"scrap", float64(scrap), float64(*want.ScrapQuantity)},
		{"late", float64(late), float64(want.LateQuantity)},
		{"production time", executeMs, want.ActualProductionTimeS * 1000},
		{"observed time, planned or worked", observedMs, want.ObservedBusyTimeS * 1000},
		{"energy", joules, math.Round(*want.EnergyKWh * 3.6e6)},
		{"produced of the sum", float64(*got.Sum.ProducedQuantity), float64(*want.ProducedQuantity)},
		{"OEE of the sum", *got.Sum.OEE, *want.OEE},
	} {
		if c.got != c.want || c.want == 0 && c.name != "late" {
			t.Errorf("%s: the minutes have %v, the figure %v", c.name, c.got, c.want)
		}
	}
	if unobservedMs == 0 || len(got.Sum.Explain) == 0 {
		t.Errorf("%v ms unobserved, %d explanations: the hole or the arithmetic is not told", unobservedMs, len(got.Sum.Explain))
	}
	first := got.Minutes[0]
	if ends := first.Counters["press.cycles"]; !first.Start.Equal(q.From) || ends.Last-ends.First != 4 {
		t.Errorf("the first minute is %s with %+v on its counter, want 4 cycles at %s", first.Start, ends, q.From)
	}
}

// TestUnobservedTimeOfAMinuteWithTwoProducts is told once.
func TestUnobservedTimeOfAMinuteWithTwoProducts(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	h.Take(g, g.Work(t, 20*time.Second, collectortest.Execute, 1, 0))
	press := g.Catalogue.Lines[line].Machines["press"]
	press.Product = &record.Product{Code: "GB-190", UnitsPerCycle: 10}
	g.Catalogue.Lines[line].Machines["press"] = press
	h.Take(g, g.Work(t, 10*time.Second, collectortest.Execute, 1, 0))
	h.MoveTo(g.At.Add(time.Minute))
	got, err := h.Minutes(t.Context(), line, board.MinutesQuery{From: collectortest.Morning, To: collectortest.Morning.Add(time.Minute), Machines: []string{"press"}})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(got.Minutes); n != 2 || got.Minutes[0].UnobservedS+got.Minutes[1].UnobservedS != 30 {
		t.Errorf("got %+v, want two rows and 30 seconds unobserved", got.Minutes)
	}
}

func TestMinutesHaveBounds(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	h.Work(g, 1, collectortest.Execute, 4, 0)
	for _, c := range []struct {
		name     string
		length   time.Duration
		machines []string
		want     error
	}{
		{"a day", 24 * time.Hour, nil, nil},
		{"a day on which clocks are put back", 25 * time.Hour, nil, nil},
		{"more than a day", 26 * time.Hour, nil, board.ErrTooMuch},
		{"four machines", 24 * time.Hour, []string{"press", "press", "press", "press"}, board.ErrTooMuch},
		{"four machines for an hour", time.Hour, []string{"press", "press", "press", "press"}, nil},
		{"another line's machine", time.Hour, []string{"oven"}, board.ErrNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := board.MinutesQuery{From: collectortest.Morning, To: collectortest.Morning.Add(c.length), Machines: c.machines}
			if _, err := h.Minutes(t.Context(), line, q); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}
