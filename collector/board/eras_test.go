package board_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/record"
)

// named is a calendar of one shift.
func named(name string) *record.Calendar {
	return &record.Calendar{Shifts: []record.Shift{{Name: name, From: 6 * 60, To: 14 * 60}}}
}

// TestWhoseWordGoverns gives a line words of catalogues and people in the order of the ledger, by hours after Monday 06:00.
func TestWhoseWordGoverns(t *testing.T) {
	type word struct {
		gateway, by string
		from        float64 // hours
		calendar    *record.Calendar
		said        float64 // by a person; hours
	}
	at := func(hours float64) time.Time {
		return collectortest.Morning.Add(time.Duration(hours * float64(time.Hour)))
	}
	for _, test := range []struct {
		name string
		said []word
		want []string // in order: from, who, what, what became of it ten hours after Monday 06:00
	}{
		{"nobody's", nil, []string{"ever huu-lung-01 early now"}},
		{"the first catalogue is from ever", []word{{gateway: "a", from: 2, calendar: named("A")}}, []string{"ever a A now"}},
		{"a second one from its time on", []word{{gateway: "a", from: 2, calendar: named("A")}, {gateway: "a", from: 4, calendar: named("B")}},
			[]string{"ever a A past", "+4h0m0s a B now"}},
		{"another gateway with the same", []word{{gateway: "a", from: 2, calendar: named("A")}, {gateway: "b", from: 4, calendar: named("A")}},
			[]string{"ever a A now"}},
		{"a gateway whose clock was ahead", []word{{gateway: "a", from: 0, calendar: named("A")}, {gateway: "a", from: 9000, calendar: named("B")}, {gateway: "a", from: 4, calendar: named("C")}},
			[]string{"ever a A past", "+4h0m0s a C now", "+9000h0m0s a B replaced"}},
		{"a person's over a catalogue's", []word{{gateway: "a", from: 0, calendar: named("A")}, {by: "Lan", from: 8, said: 1, calendar: named("B")}},
			[]string{"ever a A past", "+8h0m0s Lan B now"}},
		{"a catalogue's after a person's", []word{{gateway: "a", from: 0, calendar: named("A")}, {by: "Lan", from: 3, said: 1, calendar: named("B")}, {gateway: "a", from: 5, calendar: named("C")}},
			[]string{"ever a A past", "+3h0m0s Lan B past", "+5h0m0s a C now"}},
		{"a catalogue that leaves it to people", []word{{gateway: "a", from: 0, calendar: named("A")}, {by: "Lan", from: 3, said: 1, calendar: named("B")}, {gateway: "a", from: 5}},
			[]string{"ever a A past", "+3h0m0s Lan B now"}},
		{"a catalogue that no longer has one", []word{{gateway: "a", from: 0, calendar: named("A")}, {gateway: "a", from: 5}},
			[]string{"ever a A past", "+5h0m0s a - now"}},
		{"two queued, one of them replaced", []word{{gateway: "a", from: 0, calendar: named("A")}, {by: "Lan", from: 40, said: 1, calendar: named("B")}, {by: "An", from: 20, said: 2, calendar: named("C")}, {by: "An", from: 40, said: 3, calendar: named("D")}},
			[]string{"ever a A now", "+20h0m0s An C queued", "+40h0m0s Lan B replaced", "+40h0m0s An D queued"}},
		{"said too late to govern what it says", []word{{gateway: "a", from: 0, calendar: named("A")}, {by: "Lan", from: 3, said: 5.001, calendar: named("B")}},
			[]string{"ever a A past", "+5h1m0s Lan B now"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := openHall(t, at(10))
			h.Take(collectortest.NewGateway(gateway, collectortest.Morning), collectortest.NewGateway(gateway, collectortest.Morning).Work(t, time.Minute, collectortest.Execute, 4, 1))
			r := h.Remember()
			for n, s := range test.said {
				step := registry.Step{Next: uint64(n + 1)}
				if s.gateway != "" {
					step.Calendars = []said.Calendar{{Line: line, Ledger: uint64(n), Gateway: s.gateway, Since: at(s.from), Calendar: s.calendar}}
				} else {
					statement, err := record.NewStatement(string(rune('a'+n)), record.StatementCalendar, s.by, record.CalendarChange{Calendar: s.calendar})
					if err != nil {
						t.Fatal(err)
					}
					statement.Line, statement.About, statement.Said = line, at(s.from), at(s.said)
					step.Statements = []registry.Statement{{Statement: statement, Ledger: uint64(n)}}
				}
				if err := r.Commit(t.Context(), step); err != nil {
					t.Fatal(err)
				}
			}
			if err := h.LoadLines(t.Context()); err != nil {
				t.Fatal(err)
			}
			c, err := h.Calendar(line)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range c.Eras {
				from, what := "ever", "-"
				if e.From != nil {
					from = "+" + e.From.Sub(collectortest.Morning).String()
				}
				if e.Calendar != nil {
					what = e.Calendar.Shifts[0].Name
				}
				got = append(got, from+" "+e.Gateway+e.By+" "+what+" "+e.Status)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestAWeekIsAsItWasPlanned works two weeks; from the second Monday on the line is meant to run two hours longer. What the
// board remembers of the first week's hours, and what it tells of them, stays.
func TestAWeekIsAsItWasPlanned(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	h.Remember()
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	week := func() {
		t.Helper()
		var sealed [][]byte
		for range 7 {
			for range 10 {
				sealed = append(sealed, g.Work(t, time.Hour, collectortest.Execute, 200, 5))
			}
			g.At = g.At.Add(14 * time.Hour)
		}
		h.Take(g, sealed...)
	}
	rows := func(weekday int, by kpi.By) []kpi.Row {
		t.Helper()
		got, err := h.KPI(t.Context(), line, board.KPIQuery{From: collectortest.Morning.AddDate(0, 0, weekday).Add(-6 * time.Hour), To: collectortest.Morning.AddDate(0, 0, weekday+7).Add(-6 * time.Hour), By: by, Explain: true})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	week()
	monday := collectortest.Morning.AddDate(0, 0, 7).Add(-6 * time.Hour)
	h.MoveTo(monday)
	was := map[kpi.By][]kpi.Row{}
	for _, by := range []kpi.By{kpi.Whole, kpi.ByShift, kpi.ByDay} {
		was[by] = rows(0, by)
	}
	long := named("long")
	long.Shifts[0].To = 16 * 60
	if err := h.ChangeCalendar(t.Context(), line, "Lan", board.CalendarDraft{ID: "c", From: monday, CalendarChange: record.CalendarChange{Calendar: long}}); err != nil {
		t.Fatal(err)
	}
	week()
	h.MoveTo(collectortest.Morning.AddDate(0, 0, 14))
	for by, want := range was {
		if diff := cmp.Diff(want, rows(0, by)); diff != "" {
			t.Errorf("the first week by %q (-before the change +after it):\n%s", by, diff)
		}
	}
	if first, second := rows(0, kpi.Whole)[0], rows(7, kpi.Whole)[0]; first.PlannedBusyTimeS == second.PlannedBusyTimeS || second.PlannedBusyTimeS != 7*10*3600 {
		t.Errorf("planned %g s in the first week, %g in the second", first.PlannedBusyTimeS, second.PlannedBusyTimeS)
	}
	for _, r := range rows(7, kpi.ByShift) {
		if r.Shift != "long" || r.PlannedBusyTimeS != 10*3600 || r.OvertimeS != 0 {
			t.Errorf("%+v", r)
		}
	}
}
