package protocol

import (
	"math"
	"strings"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/internal/tongue"
)

// Words writes figures of one metric in one language: shares in per cent.
type Words struct {
	tongue.Tongue
	outcome.Metric
}

// Level writes a value of the metric.
func (w Words) Level(v float64) string {
	if w.Share {
		return w.percent("%.2f", v)
	}
	return w.Number(digits(v), v)
}

// Difference writes how far two values are apart, with its sign.
func (w Words) Difference(v float64) string {
	if w.Share {
		return w.Say("study.points", "points", w.Number("%+.2f", 100*v))
	}
	return w.Number(strings.Replace(digits(v), "%", "%+", 1), v)
}

// digits are four at least, and all that stand before the decimal sign.
func digits(v float64) string {
	if math.Abs(v) >= 1000 {
		return "%.0f"
	}
	return "%.4g"
}

// Change writes a relative change, with its sign.
func (w Words) Change(v float64) string { return w.percent("%+.1f", v) }

// Figure writes what may not be known, by one of the forms above.
func (w Words) Figure(v *float64, form func(float64) string) string {
	if v == nil {
		return "-"
	}
	return form(*v)
}

// Between writes an interval.
func (w Words) Between(low, high *float64, form func(float64) string) string {
	if low == nil || high == nil {
		return "-"
	}
	return form(*low) + " .. " + form(*high)
}

func (w Words) percent(format string, v float64) string {
	if w.Lang() == tongue.Vietnamese {
		return w.Number(format, 100*v) + " %"
	}
	return w.Number(format, 100*v) + "%"
}

// Target is what was promised, in words. What is better when lower falls.
func (w Words) Target(t outcome.Target) string {
	form := w.Level
	switch t.Kind {
	case outcome.Change:
		form = func(v float64) string { return strings.TrimPrefix(w.Change(v), "+") }
	case outcome.Gap:
		form = func(v float64) string { return strings.TrimPrefix(w.Difference(v), "+") }
	}
	switch {
	case t.AtMost != nil && t.Kind == outcome.Level:
		return w.Say("study.target_at_most", "value", form(*t.AtMost))
	case t.AtMost != nil && *t.AtMost <= 0:
		return w.Say("study.target_fall", "value", form(math.Abs(*t.AtMost)))
	case t.AtMost != nil:
		return w.Say("study.target_rise_at_most", "value", form(*t.AtMost))
	case t.AtLeast == nil:
		return ""
	case t.Kind == outcome.Level:
		return w.Say("study.target_at_least", "value", form(*t.AtLeast))
	case w.LowerIsBetter:
		return w.Say("study.target_fall", "value", form(*t.AtLeast))
	}
	return w.Say("study.target_rise", "value", form(*t.AtLeast))
}
