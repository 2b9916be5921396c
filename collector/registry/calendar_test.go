package registry_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/record"
)

// TestCalendarsOfBatches has a gateway that begins between two minutes, changes something else than its calendar, changes
// that, and takes it away in a batch that says nothing.
func TestCalendarsOfBatches(t *testing.T) {
	g := collectortest.NewGateway("gateway-a", collectortest.Morning.Add(20*time.Second))
	id := collectortest.Line(g.Name)
	first := g.Catalogue.Lines[id].Calendar
	set := func(change func(*record.Line)) {
		line := g.Catalogue.Lines[id]
		change(&line)
		g.Catalogue.Lines[id] = line
	}
	sealed := [][]byte{g.Work(t, time.Minute, collectortest.Execute, 4, 1)}
	set(func(l *record.Line) { l.Targets = map[string]float64{"quality_ratio": 0.5} })
	sealed = append(sealed, g.Work(t, time.Minute, collectortest.Execute, 4, 1))
	other := &record.Calendar{Public: "vn"}
	set(func(l *record.Line) { l.Calendar = other })
	sealed = append(sealed, g.Work(t, time.Minute, collectortest.Execute, 4, 1))
	set(func(l *record.Line) { l.Calendar = nil })
	sealed = append(sealed, g.Seal(t, g.Batch(t)))

	var before record.Catalogue
	var got []said.Calendar
	for n, v := range collectortest.Verify(t, collectortest.Keys(g), sealed...) {
		got, before = append(got, said.CalendarsOf(before, v.Catalogue(), v.Batch(), uint64(n))...), v.Catalogue()
	}
	want := []said.Calendar{
		{Line: id, Ledger: 0, Gateway: g.Name, Since: collectortest.Morning.Add(time.Minute), Calendar: first},
		{Line: id, Ledger: 2, Gateway: g.Name, Since: collectortest.Morning.Add(3 * time.Minute), Calendar: other},
		{Line: id, Ledger: 3, Gateway: g.Name, Since: collectortest.Morning.Add(4 * time.Minute)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	r := open(t, file(t))
	for range 2 { // a step that is committed again
		if err := r.Commit(t.Context(), registry.Step{Next: 4, Calendars: got}); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := r.Calendars(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if err := r.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if kept, err = r.Calendars(t.Context()); err != nil || len(kept) != 0 {
		t.Errorf("after a reset: %+v, %v", kept, err)
	}
}

// TestARegistryFromBeforeHasThePresentCalendars takes the last migration back and opens the file again.
func TestARegistryFromBeforeHasThePresentCalendars(t *testing.T) {
	path := file(t)
	r := open(t, path)
	g := worked(t, "gateway-a", 2)
	commit(t, r, 9, g)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{`DROP TABLE line_calendar`, `DELETE FROM goose_db_version WHERE version_id >= 9`} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := open(t, path).Calendars(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id := collectortest.Line(g.ID)
	want := []said.Calendar{{Line: id, Ledger: 9, Gateway: g.ID, Since: g.SealedAt, Calendar: g.Head.Catalogue.Lines[id].Calendar}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
