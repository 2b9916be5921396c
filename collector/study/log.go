package study

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/shifttable"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

type notes []tongue.Message

// logError holds what is wrong with the cells of the logs.
type logError []string

// err is nil without any.
func (l logError) err() error {
	if len(l) == 0 {
		return nil
	}
	return errors.New(strings.Join(append([]string{fmt.Sprintf("%d wrong in the shift logs", len(l))}, l...), "\n"))
}

// log reads the shifts of one side from its file.
func (r *reader) log(side, name string, m outcome.Metric) []outcome.Shift {
	file := name
	if !filepath.IsAbs(file) {
		file = filepath.Join(r.dir, file)
	}
	src, err := os.ReadFile(file)
	if err != nil {
		r.wrong(side+".source", err.Error(), "name a shift log, as CSV or XLSX, from the study's folder on")
		return nil
	}
	table, err := shifttable.Read(name, src, r.zone)
	var unreadable *shifttable.Unreadable
	if errors.As(err, &unreadable) {
		r.wrong(side+".source", fmt.Sprintf("%s: %s", name, unreadable.Message), unreadable.Hint)
		return nil
	}
	for _, p := range table.Problems {
		r.problem(name, p)
	}
	r.columns(side, name, table.Rows, m)
	r.rows[side] = r.kept(side, table.Rows)
	return r.shifts(r.rows[side], m)
}

func (r *reader) problem(name string, p shifttable.Problem) {
	place := name + ":" + p.Cell
	if p.Cell == "" {
		place = name
	}
	if p.Severity == shifttable.Warning {
		r.notes = append(r.notes, tongue.M("study.file_note", "place", place, "message", p.Message))
		return
	}
	text := fmt.Sprintf("%s: %s", place, p.Message)
	if p.Value != "" {
		text = fmt.Sprintf("%s: %s: %s", place, p.Value, p.Message)
	}
	if p.Hint != "" {
		text += "\n  hint: " + p.Hint
	}
	r.logs = append(r.logs, text)
}

// columns wants each that the metric needs to be known in some row.
func (r *reader) columns(side, name string, rows []shifttable.Row, m outcome.Metric) {
	if len(r.logs) > 0 || m.Name == "" {
		return
	}
	known := map[string]bool{}
	for _, row := range rows {
		e := row.Entry
		for column, there := range map[string]bool{
			"good": e.Good != nil, "produced": e.Produced != nil, "scrap": e.Scrap != nil, "attended_hours": e.AttendedHours != nil,
			"energy_kwh": e.EnergyKWh != nil, "material_in_kg": e.MaterialInKg != nil, "product_out_kg": e.ProductOutKg != nil,
		} {
			known[column] = known[column] || there
		}
	}
	for _, column := range m.Needs {
		if !known[column] {
			r.wrong(side+".source", fmt.Sprintf("no row of %s has %s, which %s needs", name, column, m.Name), "fill in the column "+column+", or choose a metric that the log can give")
		}
	}
}

// kept are the rows that no exclusion leaves out. What is left out is told.
func (r *reader) kept(side string, rows []shifttable.Row) (kept []shifttable.Row) {
	left := make([]int, len(r.Exclude))
	for _, row := range rows {
		if i := r.excluded(row.Start); i >= 0 {
			left[i]++
			continue
		}
		kept = append(kept, row)
	}
	for i, n := range left {
		if n > 0 {
			r.notes = append(r.notes, tongue.M("study.excluded", "side", sideName(side), "rows", n, "from", string(r.Exclude[i].From), "to", string(r.Exclude[i].To), "why", r.Exclude[i].Why))
		}
	}
	return kept
}

// shifts takes the rows of each shift together.
func (r *reader) shifts(rows []shifttable.Row, m outcome.Metric) []outcome.Shift {
	type times struct{ start, end int64 }
	var order []times
	byShift := map[times][]shifttable.Row{}
	for _, row := range rows {
		k := times{row.Start.UnixMilli(), row.Entry.ShiftEnd.UnixMilli()}
		if byShift[k] == nil {
			order = append(order, k)
		}
		byShift[k] = append(byShift[k], row)
	}
	shifts := []outcome.Shift{}
	for _, k := range order {
		shifts = append(shifts, r.shift(byShift[k], m))
	}
	return shifts
}

func sideName(side string) tongue.Message {
	if side == "before" {
		return tongue.M("study.before")
	}
	return tongue.M("study.after")
}

// excluded is the index of the exclusion that a shift falls under, by the day on which it starts; else -1.
func (r *reader) excluded(start time.Time) int {
	on := day(start.In(r.zone).Format(time.DateOnly))
	return slices.IndexFunc(r.Exclude, func(e exclusion) bool { return e.From <= on && on <= e.To })
}

// shift is what the rows of one shift are together. Its coverage is the least that a row says.
func (r *reader) shift(rows []shifttable.Row, m outcome.Metric) outcome.Shift {
	first := rows[0]
	length := first.Entry.ShiftEnd.Sub(first.Start)
	s := outcome.Shift{Start: first.Start.In(r.zone), Hours: length.Hours(), Cluster: first.Entry.Cluster}
	var entries []record.ShiftEntry
	for _, row := range rows {
		entries = append(entries, row.Entry)
		if c := row.Entry.Coverage; c != nil && (s.Coverage == nil || *c < *s.Coverage) {
			s.Coverage = c
		}
	}
	coverage := 1.
	if s.Coverage != nil {
		coverage = *s.Coverage
	}
	if m.Name != "" {
		s.Pair, s.Known = m.Of(entries, length, coverage, r.PlannedCycle.D())
	}
	return s
}
