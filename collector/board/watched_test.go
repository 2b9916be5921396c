package board_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/record"
)

func TestWatchedLine(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	counter := g.Catalogue.Lines[line].Machines["press"]
	counter.State = ""
	g.Catalogue.Lines[line].Machines["counter"] = counter
	h.Work(g, 2, collectortest.Held, 0, 0)
	h.online(gateway)
	all := h.Watched()
	if len(all) != 1 {
		t.Fatalf("%d lines, want 1", len(all))
	}
	got := all[0]
	if got.ID != line || got.Gateway != gateway || got.Site != "tan-thinh-phat" || got.Name["en"] != "Block line" || got.Targets["quality_ratio"] != 0.97 {
		t.Errorf("%+v", got)
	}
	if len(got.Machines) != 1 || got.Machines[0].ID != "press" || *got.Machines[0].State != record.Held {
		t.Errorf("machines %+v, want the press, which says what it does", got.Machines)
	}
	if planned := got.Calendar.Planned(record.Span{From: h.Clock.Now(), To: h.Clock.Now().Add(time.Hour)}); len(planned) != 1 {
		t.Errorf("planned: %v", planned)
	}
}

// TestMeters: the press has a meter, which is read in the first two minutes.
func TestMeters(t *testing.T) {
	begin := collectortest.Morning
	at := func(minutes int) *time.Time { return ptr(begin.Add(time.Duration(minutes) * time.Minute)) }
	for _, tt := range []struct {
		name   string
		from   int // minutes after the beginning
		stated bool
		want   board.Metered
	}{
		{"since it was read", 0, true, board.Metered{Read: at(3), Begin: at(3), Ran: 4 * time.Minute}},
		{"not read as far back", 4, true, board.Metered{Begin: at(4), Ran: 3 * time.Minute}},
		{"of a machine that only counts", 0, false, board.Metered{Read: at(3), Begin: at(3), Ran: 4 * time.Minute}},
		{"nothing known", 60, true, board.Metered{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, g := openHall(t, begin), collectortest.NewGateway(gateway, begin)
			collectortest.AddMeter(g)
			if !tt.stated {
				m := g.Catalogue.Lines[line].Machines["press"]
				m.State, m.Product = "", nil
				g.Catalogue.Lines[line].Machines["press"] = m
			}
			for n := range 3 {
				h.Take(g, g.WorkMetered(t, time.Minute, collectortest.Execute, 4, float64(n)))
			}
			h.Work(g, 4, collectortest.Execute, 4, 0)
			h.Work(g, 3, collectortest.Held, 0, 0)
			got, err := h.Metered(t.Context(), line, begin.Add(time.Duration(tt.from)*time.Minute))
			if err != nil || len(got) != 1 {
				t.Fatalf("%+v, %v", got, err)
			}
			tt.want.Machine, tt.want.Name = "press", got[0].Name
			if diff := cmp.Diff(tt.want, got[0]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMetersOfALineWithout(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	h.Work(collectortest.NewGateway(gateway, collectortest.Morning), 1, collectortest.Execute, 4, 0)
	if got, err := h.Metered(t.Context(), line, collectortest.Morning); err != nil || got != nil {
		t.Errorf("%+v, %v", got, err)
	}
}
