package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/internal/tongue"
)

// Formats of numbers in a spreadsheet.
const (
	shareFormat  = "0.00%"
	changeFormat = "+0.0%;-0.0%;0.0%"
	chanceFormat = `[<0.001]"< "0.001;0.000`
	wholeFormat  = "#,##0"
)

// metricName is the metric in words.
func (f *filler) metricName(w protocol.Words) string { return f.Say("study.metric_" + w.Metric.Name) }

// asked is the metric that the study is about; its sides may be shown in another.
func (f *filler) asked() string { return f.Say("study.metric_" + f.Asked.Study.Metric.Name) }

func heads(texts ...string) (row []Cell) {
	for _, text := range texts {
		row = append(row, Cell{Text: text, Bold: true})
	}
	return row
}

func text(s string) Cell { return Cell{Text: s} }

// whole is a number that people count, with groups of three digits.
func (f *filler) whole(v *float64) Cell {
	if v == nil {
		return Cell{}
	}
	return Cell{Text: f.counted(*v, "%g"), Number: v, Format: wholeFormat}
}

// counted writes a number that is whole as a rule; what is not has its decimals, by a format.
func (f *filler) counted(v float64, format string) string {
	if v == math.Trunc(v) {
		format = "%.0f"
	}
	return f.Number(format, v)
}

// protocol is how each side was measured.
func (f *filler) protocol() Table {
	r := f.Result
	t := Table{Widths: []float64{4, 5, 5}, Read: true, Rows: [][]Cell{heads("", f.Say("report.before"), f.Say("report.after"))}}
	sides := []outcome.Period{f.Asked.Study.Before, f.Asked.Study.After}
	results := []*outcome.Side{r.Before, &r.After}
	row := func(name string, cell func(outcome.Period, outcome.Side) Cell) {
		cells := []Cell{text(name)}
		for i, side := range results {
			if side == nil {
				cells = append(cells, text(f.Say("report.without")))
				continue
			}
			cells = append(cells, cell(sides[i], *side))
		}
		t.Rows = append(t.Rows, cells)
	}
	row(f.Say("report.when"), func(p outcome.Period, _ outcome.Side) Cell {
		return text(either(f.period(p), f.Say("study.nobody_measured")))
	})
	row(f.Say("report.shifts_known"), func(p outcome.Period, s outcome.Side) Cell {
		if p.Declared != nil {
			return text("-")
		}
		n := float64(s.Shifts)
		of := " " + f.Say("report.of_shifts", "all", len(p.Shifts))
		return Cell{Text: fmt.Sprint(s.Shifts) + of, Number: &n, Format: `0"` + of + `"`}
	})
	row(f.Say("report.coverage"), func(_ outcome.Period, s outcome.Side) Cell {
		if s.Coverage == nil {
			return text("-")
		}
		return Cell{Text: f.Percent(tongue.Percent(*s.Coverage)), Number: s.Coverage, Format: shareFormat}
	})
	row(f.Say("report.evidence_grade"), func(p outcome.Period, _ outcome.Side) Cell {
		return text(f.Say("report.grade_" + string(p.Grade)))
	})
	return t
}

// results are the result, and the baseline that it was found with.
func (f *filler) results() []Block {
	if f.Result.Baseline == nil {
		return []Block{f.result()}
	}
	return []Block{f.result(), f.baseline()}
}

// result is the figure that the target is on, with all that it is compared with.
func (f *filler) result() Table {
	r, w := f.Result, f.Words
	level, difference := levelFormat(w, r.After.Value), f.differenceFormat(w)
	interval := f.Say("study.interval", "percent", tongue.Percent(f.Asked.Study.Confidence))
	t := Table{Widths: []float64{3.2, 3.6, 3.6, 3.6}, Rows: [][]Cell{heads(f.metricName(w), f.Say("report.estimate"), upper(f.Say("report.from", "interval", interval)), f.Say("report.to"))}}
	add := func(name string, scale float64, format string, form func(float64) string, values ...*float64) {
		cells := []Cell{text(name)}
		for _, v := range values {
			cells = append(cells, number(v, scale, format, form))
		}
		t.Rows = append(t.Rows, cells)
	}
	if b := r.Before; b != nil {
		add(f.Say("report.before"), 1, level, w.Level, b.Value, b.Low, b.High)
	}
	add(f.Say("report.after"), 1, level, w.Level, r.After.Value, r.After.Low, r.After.High)
	if d := r.Difference; d != nil {
		scale := 1.
		if w.Metric.Share {
			scale = 100
		}
		add(f.Say("report.difference"), scale, difference, w.Difference, d.Estimate, d.Low, d.High)
	}
	if c := r.RelativeChange; c != nil {
		name := f.Say("report.change")
		if f.Asked.Study.Metric.Baseline {
			name = upper(f.Say("study.change_baseline"))
		}
		add(name, 1, changeFormat, w.Change, c.Estimate, c.Low, c.High)
	}
	return t
}

// baseline is what a baseline expected of the shifts after, what they used, and what a claim has to pass.
func (f *filler) baseline() Table {
	b := f.Result.Baseline
	t := Table{Widths: []float64{8, 5}, Read: true, Rows: [][]Cell{heads(f.Say("report.baseline"), "")}}
	add := func(name string, cell Cell) { t.Rows = append(t.Rows, []Cell{text(name), cell}) }
	kWh := func(v float64) string { return f.Number("%.0f", math.Round(v)) }
	add(f.Say("report.expected_kwh"), number(b.Expected, 1, wholeFormat, kWh))
	add(f.Say("report.used_kwh"), number(b.Used, 1, wholeFormat, kWh))
	add("CV(RMSE)", number(b.CVRMSE, 1, shareFormat, func(v float64) string { return f.Percent(tongue.Percent(v)) }))
	add("NMBE", number(b.NMBE, 1, "0.0000", func(v float64) string { return f.Number("%.4f", v) }))
	for _, g := range b.Gates {
		said := f.Say("report.gate_fails")
		if g.Holds {
			said = f.Say("report.gate_holds")
		}
		add(f.Say("report.gate_"+g.Gate), text(said))
	}
	return t
}

// number is a cell of what may not be known. The spreadsheet shows it times scale.
func number(v *float64, scale float64, format string, form func(float64) string) Cell {
	if v == nil {
		return text("-")
	}
	shown := *v * scale
	return Cell{Text: form(*v), Number: &shown, Format: format}
}

// levelFormat shows a figure of the metric with about four digits, as the words do.
func levelFormat(w protocol.Words, v *float64) string {
	switch {
	case w.Metric.Share:
		return shareFormat
	case v == nil || *v >= 1000:
		return wholeFormat
	case *v >= 100:
		return "0.0"
	case *v >= 1:
		return "0.00"
	}
	return "0.00000"
}

// differenceFormat is in points of a share, else in the metric's unit.
func (f *filler) differenceFormat(w protocol.Words) string {
	if !w.Metric.Share {
		return "+#,##0.0###;-#,##0.0###;0"
	}
	unit := strings.ReplaceAll(f.Say("study.points", "points", ""), `"`, "")
	return fmt.Sprintf(`+0.00"%[1]s";-0.00"%[1]s";0.00"%[1]s"`, unit)
}

// secondary are the further metrics, without a target.
func (f *filler) secondary() Table {
	t := Table{Widths: []float64{4.4, 2.6, 2.6, 2.4, 4.8, 1.8}, Rows: [][]Cell{heads(f.Say("report.metric"), f.Say("report.before"), f.Say("report.after"), f.Say("report.change"), upper(f.Say("study.interval", "percent", tongue.Percent(f.Asked.Study.Confidence))), "p")}}
	for _, c := range f.Result.Secondary {
		m, _ := outcome.MetricNamed(c.Metric)
		w := protocol.Words{Tongue: f.Tongue, Metric: m}
		change, within := text("-"), text("-")
		if c.RelativeChange != nil {
			change = number(c.RelativeChange.Estimate, 1, changeFormat, w.Change)
			within = text(w.Between(c.RelativeChange.Low, c.RelativeChange.High, w.Change))
		}
		p := number(c.Adjusted, 1, chanceFormat, f.chance)
		t.Rows = append(t.Rows, []Cell{text(f.metricName(w)), number(c.Before.Value, 1, levelFormat(w, c.Before.Value), w.Level), number(c.After.Value, 1, levelFormat(w, c.After.Value), w.Level), change, within, p})
	}
	return t
}

// chance is a p-value: nobody reads more than that it is small.
func (f *filler) chance(p float64) string {
	if p < .001 {
		return "< " + f.Words.Number("%.3f", .001)
	}
	return f.Words.Number("%.3f", p)
}
