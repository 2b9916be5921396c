package protocol

import (
	"iter"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/record"
)

// CovariateOf is the column that a protocol explains energy by beside output; "": none.
func CovariateOf(p record.StudyProtocol) string {
	if p.Covariate == nil {
		return ""
	}
	return p.Covariate.Column
}

// leastKnown is the part of a shift for which a measure has to be known, for its mean to be that of the shift.
const leastKnown = .5

// Means are a measure's means over the shifts of a side, each over the time for which somebody knew it, by the millisecond in
// which the shift begins. They are made of minutes, and these of sealed readings. minutes are in order of time.
func Means(minutes iter.Seq2[account.Interval, error], c calendar.Line, s record.StudySide, of record.StudyCovariate) (map[int64]float64, error) {
	shifts := c.Shifts(Window(s))
	slices.SortFunc(shifts, func(a, b calendar.Shift) int { return a.From.Compare(b.From) })
	sums := make([]account.Measure, len(shifts))
	for i, err := range minutes {
		if err != nil {
			return nil, err
		}
		m, measured := i.Measures[of.Measure]
		if i.Machine != of.Machine || !measured {
			continue
		}
		n, exact := slices.BinarySearchFunc(shifts, i.Start, func(s calendar.Shift, t time.Time) int { return s.From.Compare(t) })
		if !exact {
			n--
		}
		if n >= 0 && i.Start.Before(shifts[n].To) {
			sums[n] = sums[n].Add(m)
		}
	}
	means := map[int64]float64{}
	for n, shift := range shifts {
		if mean, ok := sums[n].Mean(); ok && float64(sums[n].Weight) >= leastKnown*float64(shift.To.Sub(shift.From).Milliseconds()) {
			means[shift.From.UnixMilli()] = mean
		}
	}
	return means, nil
}

// covariate finds what cannot be meant by one, and what a metric with a baseline needs beside it.
func (m *mistakes) covariate(p record.StudyProtocol, metric outcome.Metric) {
	if c := p.Covariate; c != nil && !metric.Baseline {
		m.add("covariate", Unused, "", "`covariate` is for avoided_energy only", "leave it out")
	} else if c != nil && c.Column != outcome.Temperature {
		m.add("covariate", Unknown, c.Column, "a baseline knows output and `temperature`", "covariate: temperature, or none")
	}
	if !metric.Baseline {
		return
	}
	const hint = "a baseline is of the line itself: target: {kind: change, at_least: 0.10} is a tenth saved, comparator: own-before, method: auto, with `before`"
	switch {
	case p.Target.Kind != "" && outcome.Kind(p.Target.Kind) != outcome.Change:
		m.add("target.kind", OwnBaseline, p.Target.Kind, "energy saved against a baseline is a change", hint)
	case outcome.Comparator(p.Comparator) != outcome.OwnBefore:
		m.add("comparator", OwnBaseline, p.Comparator, "energy saved against a baseline has no other comparator", hint)
	case outcome.Method(p.Method) != outcome.Auto:
		m.add("method", OwnBaseline, p.Method, "a baseline is a method of its own", hint)
	}
}

// measured wants a metered side to name where its covariate is measured.
func (m *mistakes) measured(p record.StudyProtocol) {
	c := p.Covariate
	metered := p.After.Source == record.StudyMetered || p.Before != nil && p.Before.Source == record.StudyMetered
	if c != nil && metered && (c.Machine == "" || c.Measure == "") {
		m.add("covariate.measure", Missing, "", "a metered side needs the measure of the line", "name machine and measure as the line model does")
	}
}
