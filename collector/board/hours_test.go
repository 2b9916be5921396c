package board_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// TestSumsOfHoursStandForTheirMinutes compares what the board computes from remembered hours with what
// the minutes themselves give: shifts and breaks that begin within an hour, a time zone that is off by half
// an hour, products that change, hours without data, windows that begin and end anywhere.
func TestSumsOfHoursStandForTheirMinutes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	g.Catalogue.Timezone = "Asia/Kolkata"
	odd := g.Catalogue.Lines[line]
	odd.Calendar = &record.Calendar{Shifts: []record.Shift{
		{Name: "a", From: 5*60 + 7, To: 13*60 + 41, Breaks: []record.Break{{From: 9*60 + 59, To: 10*60 + 23}}},
		{Name: "b", From: 13*60 + 41, To: 1*60 + 10},
	}}
	g.Catalogue.Lines[line] = odd
	h := openHall(t, collectortest.Morning)
	for i := range 50 {
		if i%10 == 9 { // another product, in the middle of whatever hour it is
			machine := odd.Machines["press"]
			machine.Product = &record.Product{Code: string(rune('A' + i/10)), UnitsPerCycle: 12, PlannedCycle: record.Duration(20 * time.Second)}
			odd.Machines["press"] = machine
		}
		if rng.IntN(12) == 0 {
			g.At = g.At.Add(time.Duration(rng.IntN(150)) * time.Minute) // nobody looks
		}
		minutes := time.Duration(1+rng.IntN(40)) * time.Minute
		h.Take(g, g.Work(t, minutes, int64(rng.IntN(3)), uint64(rng.IntN(90)), uint64(rng.IntN(20))))
	}
	h.MoveTo(g.At)
	zone, err := time.LoadLocation(g.Catalogue.Timezone)
	if err != nil {
		t.Fatal(err)
	}
	model := kpi.Model{Calendar: calendar.New(odd.Calendar, zone), Machines: []string{"press"}, Output: []string{"press"}}
	worked := int(g.At.Sub(collectortest.Morning) / time.Minute)
	for range 10 {
		ends := []int{rng.IntN(worked), rng.IntN(worked)}
		slices.Sort(ends)
		window := record.Span{
			From: collectortest.Morning.Add(time.Duration(ends[0]) * time.Minute),
			To:   collectortest.Morning.Add(time.Duration(ends[1]+1) * time.Minute),
		}
		for _, by := range []kpi.By{kpi.Whole, kpi.ByMachine, kpi.ByProduct, kpi.ByShift, kpi.ByHour, kpi.ByDay} {
			got, err := h.KPI(t.Context(), line, board.KPIQuery{From: window.From, To: window.To, By: by, Explain: true})
			if err != nil {
				t.Fatal(err)
			}
			minutes := h.Store.Intervals(t.Context(), series.Query{Line: line, From: window.From, To: window.To})
			want, err := kpi.Compute(minutes, model, window, by)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("by %q, %s to %s (-minutes +board):\n%s", by, window.From, window.To, diff)
			}
		}
	}
}
