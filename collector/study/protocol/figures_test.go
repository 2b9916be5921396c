package protocol_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/collector/shifttable"
	"github.com/lineproof/lineproof/collector/study"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
	"github.com/lineproof/lineproof/record"
)

// shifts are two on every day but Sunday, with a break.
var shifts = record.Calendar{Shifts: []record.Shift{
	{Name: "sáng", From: 6 * 60, To: 14 * 60, Days: weekdays, Breaks: []record.Break{{From: 10 * 60, To: 10*60 + 30}}},
	{Name: "đêm", From: 22 * 60, To: 6 * 60, Days: weekdays},
}}

var weekdays = []record.Weekday{1, 2, 3, 4, 5, 6}

// made are the minutes of a line over a time: what each shift makes, and how well, varies. In some nobody looks.
func made(plan calendar.Line, from, to time.Time, quality float64) iter.Seq2[account.Interval, error] {
	random := rand.New(rand.NewPCG(7, 7))
	return func(yield func(account.Interval, error) bool) {
		for _, s := range plan.Shifts(record.Span{From: from, To: to}) {
			bad, pace := 1-quality+.01*random.NormFloat64(), 20+random.IntN(8)
			for at := s.From; at.Before(s.To); at = at.Add(time.Minute) {
				i := account.Interval{Line: "block-line", Machine: "press", Start: at, UnitsPerCycle: 1, PlannedCycle: time.Second, Metered: true, EnergyJ: int64(1e5 * random.Float64())}
				if random.IntN(60) > 0 {
					i.States[record.Execute] = 60_000
					i.Produced = int64(pace)
					if random.Float64() < bad*float64(pace) {
						i.Scrap = 1
					}
					i.Good = i.Produced - i.Scrap
				}
				if !yield(i, nil) {
					return
				}
			}
		}
	}
}

// figures are those of a line's press over the study's time.
func figures(t *testing.T, until time.Time) protocol.Figures {
	t.Helper()
	plan := calendar.New(&shifts, hanoi)
	window := record.Span{From: before.Add(-24 * time.Hour).UTC(), To: end.Add(24 * time.Hour).UTC()}
	if window.To.After(until) {
		window.To = until.UTC()
	}
	both := func(yield func(account.Interval, error) bool) {
		next, stop := true, window.To
		for i, err := range made(plan, window.From, after, .91) {
			if next = i.Start.Before(after) && i.Start.Before(stop); next && !yield(i, err) {
				return
			}
		}
		for i, err := range made(plan, after, stop, .98) {
			if !i.Start.Before(after) && i.Start.Before(stop) && !yield(i, err) {
				return
			}
		}
	}
	rows, err := kpi.Compute(both, protocol.Model(kpi.ModelOf(record.Line{Machines: map[string]record.Machine{"press": {}}}, plan), ""), window, kpi.ByShift)
	if err != nil {
		t.Fatal(err)
	}
	return protocol.Figures{Calendar: plan, Rows: rows, Until: until}
}

func version(t *testing.T, p record.StudyProtocol) protocol.Version {
	t.Helper()
	return said(t, word(t, 1, record.StatementStudy, after.AddDate(0, 0, -9), p)).Current()
}

// TestTheSameAsFromFiles writes the shifts of a metered study into the tables that study evaluate reads: all figures are
// the same.
func TestTheSameAsFromFiles(t *testing.T) {
	for _, tt := range []struct {
		name    string
		asks    func(*record.StudyProtocol)
		written string
		verdict string
	}{
		{"quality", func(p *record.StudyProtocol) {
			p.Secondary = []string{"output_per_hour", "energy_per_unit", "scrap_ratio", "oee"}
			p.PlannedCycle = record.Duration(600 * time.Millisecond)
		}, "metric: quality_ratio\nsecondary: [output_per_hour, energy_per_unit, scrap_ratio, oee]\nplanned_cycle: 600ms\ntarget: {kind: level, at_least: 0.97}\n", "achieved"},
		{"energy saved", func(p *record.StudyProtocol) {
			p.Metric, p.Secondary, p.Target = "avoided_energy", nil, record.StudyTarget{Kind: "change", AtLeast: of(.1)}
			p.Covariate = &record.StudyCovariate{Column: "temperature", Machine: "press", Measure: "air"}
		}, "metric: avoided_energy\ncovariate: temperature\ntarget: {kind: change, at_least: 0.1}\n", "not_achieved"},
	} {
		t.Run(tt.name, func(t *testing.T) { sameFromFiles(t, tt.asks, tt.written, tt.verdict) })
	}
}

func sameFromFiles(t *testing.T, asks func(*record.StudyProtocol), written, verdict string) {
	t.Helper()
	p := with(asks, func(p *record.StudyProtocol) {
		p.Exclude = []record.StudyExclusion{{From: record.Date{Year: 2026, Month: 3, Day: 9}, To: record.Date{Year: 2026, Month: 3, Day: 10}, Why: "Tết"}}
	})
	f := figures(t, end.AddDate(0, 0, 2))
	f.Means = map[int64]float64{}
	for n, r := range f.Rows {
		if n%50 > 0 { // else nobody knows it
			f.Means[r.From.UnixMilli()] = 28 + 4*math.Sin(float64(n))
		}
	}
	asked := protocol.Ask(version(t, p), f, f)
	if n, m := len(asked.Before.Rows), len(asked.After.Rows); n != 44 || m != 48 {
		t.Fatalf("%d and %d shifts", n, m)
	}
	dir := t.TempDir()
	for name, side := range map[string]protocol.Side{"before.csv": asked.Before, "after.csv": asked.After} {
		var rows []shifttable.Row
		for _, r := range side.Rows {
			rows = append(rows, shifttable.Row{Start: r.Start, Entry: r.Entry})
		}
		var out bytes.Buffer
		if err := shifttable.WriteCSV(&out, rows, hanoi); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), out.String())
	}
	write(t, filepath.Join(dir, "study.yaml"), `
study: block-quality
`+written+`before: {source: before.csv, grade: A}
after: {source: after.csv, grade: A}
`)
	s, err := study.Read(filepath.Join(dir, "study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	speak, err := spoken.New("en")
	if err != nil {
		t.Fatal(err)
	}
	files, sealed := members(t, s.Report(outcome.Evaluate(s.Study), speak)), members(t, asked.Report())
	for _, name := range []string{"verdict", "grade", "method", "before", "after", "difference", "relative_change", "p_value", "autocorrelation", "more_shifts", "secondary", "baseline"} {
		if diff := cmp.Diff(files[name], sealed[name]); diff != "" {
			t.Errorf("%s (-files +ledger):\n%s", name, diff)
		}
	}
	if files["verdict"] != verdict {
		t.Errorf("%v", files["verdict"])
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func members(t *testing.T, v any) (m map[string]any) {
	t.Helper()
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestShiftsOfASide are those that begin within it and are over; the night before it is not, the last night is.
func TestShiftsOfASide(t *testing.T) {
	first := before.Add(6 * time.Hour)
	at := func(until time.Time) protocol.Asked {
		f := figures(t, until)
		return protocol.Ask(version(t, good()), f, f)
	}
	a := at(end.AddDate(0, 0, 2))
	if !a.Before.Rows[0].Start.Equal(first) || a.Before.Names[0] != "sáng" || a.Before.Planned != 48 || len(a.Before.Rows) != 48 {
		t.Errorf("first %s %s, %d of %d", a.Before.Rows[0].Start, a.Before.Names[0], len(a.Before.Rows), a.Before.Planned)
	}
	if c := *a.Before.Rows[0].Entry.Coverage; c < .95 || c >= 1 {
		t.Errorf("coverage %v, of a shift of which some minutes are not known", c)
	}
	for _, tt := range []struct {
		name  string
		until time.Time
		want  int
	}{
		{"before the first is over", after.Add(14*time.Hour - time.Minute), 0},
		{"the first is over", after.Add(14 * time.Hour), 1},
		{"the night runs", after.Add(25 * time.Hour), 1},
		{"the night is over", after.Add(30 * time.Hour), 2},
	} {
		if a := at(tt.until); len(a.After.Rows) != tt.want || a.After.Planned != 48 {
			t.Errorf("%s: %d shifts of %d, want %d", tt.name, len(a.After.Rows), a.After.Planned, tt.want)
		}
	}
	if r := at(after.Add(30 * time.Hour)).Report(); r.Verdict != outcome.NotEnoughData || r.Reasons[0].Key != "study.few_shifts" || !strings.Contains(r.Reasons[0].Text["vi"], "còn thiếu 18 ca") {
		t.Errorf("%s: %v", r.Verdict, r.Reasons)
	}
}

// TestWhatPeopleWroteIsNotMetered: a shift of which only the log knows is not covered.
func TestWhatPeopleWroteIsNotMetered(t *testing.T) {
	f := figures(t, end.AddDate(0, 0, 2))
	i := slices.IndexFunc(f.Rows, func(r kpi.Row) bool { return r.From.Equal(after.Add(6 * time.Hour)) })
	f.Rows[i].LoggedBusyTimeS, f.Rows[i].ObservedBusyTimeS = f.Rows[i].PlannedBusyTimeS, 0
	a := protocol.Ask(version(t, good()), f, f)
	if s := a.Study.After.Shifts[0]; s.Known || *s.Coverage != 0 {
		t.Errorf("%+v", s)
	}
}

// logged is a shift log of the study's time, each entry signed or not by its number.
func logged(signed func(n int) string) (all []entries.Entry) {
	for n := range 56 {
		start := before.AddDate(0, 0, n).Add(6 * time.Hour)
		q := 900.
		if n >= 28 {
			q = 980
		}
		all = append(all, entries.Entry{ID: fmt.Sprint(n), Start: start, Status: signed(n), ShiftEntry: record.ShiftEntry{
			ShiftEnd: start.Add(8 * time.Hour), Produced: of(int64(1000)), Good: of(int64(q) + int64(n%5)), AttendedHours: of(80.),
		}})
	}
	return all
}

func TestGrades(t *testing.T) {
	always := func(status string) func(int) string { return func(int) string { return status } }
	log := func(p *record.StudyProtocol) { p.Before.Source, p.After.Source, p.Secondary = "log", "log", nil }
	people := func(p *record.StudyProtocol) { p.Metric, p.Target.AtLeast = "labour_productivity", of(1.) }
	for _, tt := range []struct {
		name   string
		change func(*record.StudyProtocol)
		signed func(int) string
		want   outcome.Grade
		notes  int
	}{
		{"metered", func(*record.StudyProtocol) {}, always(entries.Unsigned), outcome.Metered, 0},
		{"countersigned", log, always(entries.Signed), outcome.Typed, 0},
		{"not countersigned", log, always(entries.Unsigned), outcome.Declared, 2},
		{"one of them is disputed", log, func(n int) string {
			if n == 40 {
				return entries.Disputed
			}
			return entries.Signed
		}, outcome.Declared, 1},
		{"metered, with hours that are countersigned", people, always(entries.Signed), outcome.Typed, 0},
		{"metered, with hours that are not", people, always(entries.Unsigned), outcome.Declared, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := figures(t, end.AddDate(0, 0, 2))
			f.Log = logged(tt.signed)
			a := protocol.Ask(version(t, with(tt.change)), f, f)
			if r := a.Report(); r.Grade != tt.want || len(a.Notes) != tt.notes {
				t.Errorf("grade %s, notes %v", r.Grade, protocol.Say(a.Notes))
			}
		})
	}
}

// TestALogAlone: a line without a calendar has the shifts that people wrote down.
func TestALogAlone(t *testing.T) {
	f := protocol.Figures{Calendar: calendar.Of(hanoi, calendar.Era{Logged: true}), Log: logged(func(int) string { return entries.Signed }), Until: end}
	p := with(func(p *record.StudyProtocol) { p.Before.Source, p.After.Source, p.Secondary = "log", "log", nil })
	a := protocol.Ask(version(t, p), f, f)
	if r := a.Report(); r.Verdict != outcome.Achieved || r.Before.Shifts != 28 || r.After.Shifts != 28 || a.After.Planned != 0 {
		t.Errorf("%s, %d and %d shifts, %v", r.Verdict, r.Before.Shifts, r.After.Shifts, r.Reasons)
	}
	f.Records = a.After.Rows
	p.After.Source, p.After.File = record.StudyImported, &record.Hash{1}
	if r := protocol.Ask(version(t, p), f, f).Report(); r.Verdict != outcome.Achieved || r.After.Shifts != 28 || r.Grade != outcome.Typed {
		t.Errorf("imported: %s, %d shifts, grade %s", r.Verdict, r.After.Shifts, r.Grade)
	}
}

// TestHoursAreThoseOfTheFigures: output per hour is that of the key performance indicators, without breaks.
func TestHoursAreThoseOfTheFigures(t *testing.T) {
	f := figures(t, end.AddDate(0, 0, 2))
	a := protocol.Ask(version(t, good()), f, f)
	var made, hours float64
	for _, r := range f.Rows {
		if !r.From.Before(after) && r.From.Before(end) {
			made, hours = made+float64(*r.GoodQuantity), hours+r.ObservedBusyTimeS/3600
		}
	}
	got := *a.Report().Secondary[0].After.Value
	if want := made / hours; got < want*(1-1e-9) || got > want*(1+1e-9) {
		t.Errorf("%v good units an hour, want %v", got, want)
	}
	if planned := *a.After.Rows[0].Entry.PlannedHours; planned != 8 {
		t.Errorf("%v planned hours, want 7.5 and the break that was worked", planned)
	}
}
