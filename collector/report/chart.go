package report

import (
	"math"
	"slices"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/internal/tongue"
)

// Chart is both sides of a study, shift by shift, each with its mean and interval.
type Chart struct {
	Name   string // of the metric
	Sides  []ChartSide
	Target *float64  // where the mean after has to be; nil if that is not on this scale
	Ticks  []Tick    // of the metric's axis, from its foot to its head
	Legend [4]string // shift before, shift after, mean with interval, target

	Columns [7]string // heads of its figures in a spreadsheet: number, side, value, overall, from, to, target
	Where   string    // a workbook has it
	Format  string    // of the figures
}

// ChartSide is one period.
type ChartSide struct {
	Name            string
	Values          []*float64 // of the shifts in order of time; nil: not known
	From, To        string     // the days of the first and the last
	Mean, Low, High *float64
}

// Tick is a place on an axis.
type Tick struct {
	At   float64
	Text string
}

func (f *filler) chart() Chart {
	c := Chart{
		Name: f.metricName(f.Words), Format: levelFormat(f.Words, f.Result.After.Value), Where: f.Say("report.chart_where", "sheet", tongue.M("report.sheet_shifts")),
		Columns: [7]string{f.Say("report.no"), f.Say("report.side"), f.metricName(f.Words), f.Say("report.overall"), f.Say("report.low"), f.Say("report.high"), f.Say("report.legend_target")},
		Legend:  [4]string{f.Say("report.legend_before"), f.Say("report.legend_after"), f.Say("report.legend_mean"), f.Say("report.legend_target")},
	}
	if b := f.Result.Before; b != nil {
		c.Sides = append(c.Sides, f.chartSide(f.Say("report.before"), f.Asked.Study.Before, *b))
	}
	c.Sides = append(c.Sides, f.chartSide(f.Say("report.after"), f.Asked.Study.After, f.Result.After))
	var before *float64
	if f.Result.Before != nil {
		before = f.Result.Before.Value
	}
	if level, ok := f.Asked.Study.Target.After(f.Metric, before); ok && !f.Asked.Study.Metric.Baseline {
		c.Target = &level
	}
	c.Ticks = f.ticks(c.reach())
	return c
}

// ticks are multiples of a step that people count in, from below low to above high.
func (f *filler) ticks(low, high float64) (ticks []Tick) {
	step := stepOf((high - low) / 5)
	for n := math.Floor(low/step + rounding); ; n++ {
		ticks = append(ticks, Tick{n * step, f.tick(n*step, step)})
		if n*step >= high-rounding*step {
			return ticks
		}
	}
}

// rounding is what figures that people count in differ by from themselves, in parts of a step.
const rounding = 1e-6

// tick is the text at a place of the axis, with as many decimals as the step has.
func (f *filler) tick(at, step float64) string {
	unit := ""
	if f.Metric.Share {
		at, step, unit = 100*at, 100*step, " %"
	}
	decimals := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	return f.Number("%."+string(rune('0'+min(decimals, 9)))+"f", at) + unit
}

func (f *filler) chartSide(name string, p outcome.Period, s outcome.Side) ChartSide {
	side := ChartSide{Name: name, Mean: s.Value, Low: s.Low, High: s.High}
	order := slices.Clone(p.Shifts)
	slices.SortStableFunc(order, func(a, b outcome.Shift) int { return a.Start.Compare(b.Start) })
	for _, shift := range order {
		side.Values = append(side.Values, value(shift))
	}
	if n := len(order); n > 0 {
		side.From, side.To = f.day(order[0].Start), f.day(order[n-1].Start)
	}
	return side
}

// reach is the least and the greatest that the chart shows; never the same.
func (c Chart) reach() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	see := func(v *float64) {
		if v != nil {
			low, high = min(low, *v), max(high, *v)
		}
	}
	see(c.Target)
	for _, s := range c.Sides {
		see(s.Mean)
		see(s.Low)
		see(s.High)
		for _, v := range s.Values {
			see(v)
		}
	}
	switch {
	case low > high:
		return 0, 1
	case low == high:
		return low - max(math.Abs(low)/10, 1e-9), high + max(math.Abs(high)/10, 1e-9)
	}
	return low, high
}

// stepOf is the next of 1, 2, 5, 10, ... over a distance.
func stepOf(least float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, n := range []float64{1, 2, 5} {
		if n*power >= least*(1-rounding) {
			return n * power
		}
	}
	return 10 * power
}
