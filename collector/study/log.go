package study

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/shifttable"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/internal/tongue"
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
			"temperature": e.Temperature != nil,
		} {
			known[column] = known[column] || there
		}
	}
	for _, column := range m.Needs {
		if blind := m.Baseline && column == "produced"; !known[column] && !blind { // without output there is an answer too: that nothing is proven
			r.wrong(side+".source", fmt.Sprintf("no row of %s has %s, which %s needs", name, column, m.Name), "fill in the column "+column+", or choose a metric that the log can give")
		}
	}
}

// kept are the rows that no exclusion leaves out. What is left out is told.
func (r *reader) kept(side string, rows []shifttable.Row) (kept []shifttable.Row) {
	left := make([]int, len(r.exclude))
	for _, row := range rows {
		if i := protocol.Excluded(r.exclude, row.Start, r.zone); i >= 0 {
			left[i]++
			continue
		}
		kept = append(kept, row)
	}
	for i, n := range left {
		if n > 0 {
			r.notes = append(r.notes, tongue.M("study.excluded", "side", sideName(side), "rows", n, "from", r.exclude[i].From, "to", r.exclude[i].To, "why", r.exclude[i].Why))
		}
	}
	return kept
}

// shifts takes the rows of each shift together.
func (r *reader) shifts(rows []shifttable.Row, m outcome.Metric) []outcome.Shift {
	all := make([]protocol.Row, 0, len(rows))
	for _, row := range rows {
		all = append(all, protocol.Row{Start: row.Start, Entry: row.Entry})
	}
	return protocol.Shifts(all, m, r.PlannedCycle.D(), r.zone)
}

func sideName(side string) tongue.Message {
	if side == "before" {
		return tongue.M("study.before")
	}
	return tongue.M("study.after")
}
