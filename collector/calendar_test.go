package collector

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/record"
)

// calendarsOf is what the registry of a collector that does not run has.
func calendarsOf(t *testing.T, cfg Config) []said.Calendar {
	t.Helper()
	r, err := OpenRegistry(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all, err := r.Calendars(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestACatalogueWithAnotherCalendarStartsAnEra has a gateway that works two hours, is given another calendar, and works on;
// then somebody changes the calendar on the page. All of it is there again after a rebuild.
func TestACatalogueWithAnotherCalendarStartsAnEra(t *testing.T) {
	t.Parallel()
	g := collectortest.NewGateway("gateway-a", collectortest.Morning)
	cfg := config(t, g)
	c := run(t, cfg)
	line := collectortest.Line(g.Name)
	work := func(minutes int) {
		t.Helper()
		for range minutes {
			c.deliver(g, g.Work(t, time.Minute, collectortest.Execute, 4, 1))
		}
	}
	work(3)
	model := g.Catalogue.Lines[line]
	other := *model.Calendar
	other.Shifts = []record.Shift{{Name: "long", From: 6 * 60, To: 18 * 60}}
	model.Calendar = &other
	g.Catalogue.Lines[line] = model
	work(2)
	model.Targets = map[string]float64{"quality_ratio": 0.98} // a catalogue that says nothing new of the calendar
	g.Catalogue.Lines[line] = model
	work(1)
	change := board.CalendarDraft{ID: "c1", From: collectortest.Morning.AddDate(1, 0, 0), CalendarChange: record.CalendarChange{Calendar: &record.Calendar{Public: "vn"}}}
	if err := c.board.ChangeCalendar(t.Context(), line, "Lan", change); err != nil {
		t.Fatal(err)
	}
	eras := func(c *running) []said.CalendarEra {
		t.Helper()
		got, err := c.board.Calendar(line)
		if err != nil {
			t.Fatal(err)
		}
		return got.Eras
	}
	before := eras(c)
	if len(before) != 3 || before[0].From != nil || before[0].Calendar.Shifts[0].Name != "early" || before[1].Calendar.Shifts[0].Name != "long" ||
		!before[1].From.Equal(collectortest.Morning.Add(3*time.Minute)) || before[2].By != "Lan" || before[2].Calendar.Public != "vn" {
		t.Fatalf("eras %+v", before)
	}
	// What began as the early shift goes on as one.
	rows, err := c.board.KPI(t.Context(), line, board.KPIQuery{From: collectortest.Morning, To: collectortest.Morning.Add(6 * time.Minute), By: kpi.ByShift})
	if err != nil || len(rows) != 1 || rows[0].Shift != "early" {
		t.Errorf("%d rows, %v: %+v", len(rows), err, rows)
	}
	c.stop()

	kept := calendarsOf(t, cfg)
	if len(kept) != 2 {
		t.Fatalf("%d calendars are kept, want 2", len(kept))
	}
	r, err := Rebuild(t.Context(), cfg, options())
	if err != nil || r.Before != r.After {
		t.Errorf("the rebuild found %s, made %s, %v", r.Before, r.After, err)
	}
	if diff := cmp.Diff(kept, calendarsOf(t, cfg)); diff != "" {
		t.Errorf("after the rebuild (-before +after):\n%s", diff)
	}
	relax(t, filepath.Join(cfg.Dir, registryName))
	if r, err = Rebuild(t.Context(), cfg, options()); err != nil || r.Before == r.After {
		t.Errorf("the rebuild did not find a changed calendar, %v", err)
	}
	c = run(t, cfg)
	defer c.stop()
	if diff := cmp.Diff(before, eras(c)); diff != "" {
		t.Errorf("after a restart (-before +after):\n%s", diff)
	}
}

// relax shortens the plan, as somebody might who has the file.
func relax(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	res, err := db.ExecContext(context.Background(), `UPDATE line_calendar SET calendar = CAST('{}' AS BLOB) WHERE ledger = 0`)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		t.Fatalf("%d rows changed, %v", n, err)
	}
}
