package report

import (
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/internal/tongue"
)

// moment is a time in a table, by the clock on the wall.
func (f *filler) moment(t time.Time) string {
	return f.day(t) + t.Format(" 15:04")
}

// shifts are both sides, shift by shift, as the figures were taken.
func (f *filler) shifts() Table {
	above, below := f.parts()
	t := Table{Widths: []float64{2, 4, 3, 3, 3, 2.4}, Small: true, Rows: [][]Cell{heads(f.Say("report.side"), f.Say("report.shift"), above, below, f.perShift(), f.Say("report.coverage"))}}
	t.Rows = append(t.Rows, f.side(f.Say("study.before"), f.Asked.Study.Before)...)
	t.Rows = append(t.Rows, f.side(f.Say("study.after"), f.Asked.Study.After)...)
	return t
}

// parts name what the metric divides by what.
func (f *filler) parts() (above, below string) {
	m := f.Metric
	above = f.Say("report.column_" + m.Needs[0])
	if m.Name == "oee" {
		above = f.Say("report.planned_hours")
	}
	if m.PerHour {
		return above, f.Say("report.hours")
	}
	return above, f.Say("report.column_" + m.Needs[1])
}

func (f *filler) side(name string, p outcome.Period) (rows [][]Cell) {
	figure := func(v float64) string { return f.counted(v, "%.6g") }
	for _, s := range p.Shifts {
		row := []Cell{text(name), text(f.moment(s.Start)), text("-"), text("-"), text("-"), text("-")}
		if s.Known {
			row[2], row[3] = number(&s.Y, 1, "#,##0.##", figure), number(&s.X, 1, "#,##0.##", figure)
			row[4] = number(value(s), 1, levelFormat(f.Words, value(s)), f.Level)
			if f.Asked.Study.Metric.Baseline {
				row[4] = f.expected(s)
			}
		}
		if s.Coverage != nil {
			row[5] = Cell{Text: f.Percent(tongue.Percent(*s.Coverage)), Number: s.Coverage, Format: shareFormat}
		}
		rows = append(rows, row)
	}
	return rows
}

// perShift names the figure of a shift: its metric, or the energy that a baseline expects of it.
func (f *filler) perShift() string {
	if f.Asked.Study.Metric.Baseline {
		return f.Say("report.expected_shift")
	}
	return f.metricName(f.Words)
}

// expected is the energy that the baseline expects of a shift.
func (f *filler) expected(s outcome.Shift) Cell {
	if f.Result.Baseline == nil {
		return text("-")
	}
	kWh, ok := f.Result.Baseline.Expect(s)
	if !ok {
		return text("-")
	}
	return number(&kWh, 1, "0.0", func(v float64) string { return f.Number("%.1f", v) })
}

// value is the metric in one shift; nil where it is not defined.
func value(s outcome.Shift) *float64 {
	if !s.Known || !(s.X > 0) {
		return nil
	}
	v := s.Y / s.X
	return &v
}
