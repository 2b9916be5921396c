package plausible

import (
	"math"
	"slices"
)

// unitsStep looks at each change of a product's units per cycle that left its planned cycle as it was. If a unit weighs or
// takes less since then, by just as much as there are more of them, then a cycle makes what it made before, and only the
// number by which it is multiplied has changed.
func unitsStep(m *machine) (r result) {
	made := where(m.hours, func(h hour) bool { return h.whole() && h.Suspect == 0 && h.cycles() >= m.limits.FewCycles })
	for _, work := range works(made) {
		eras := erasOf(where(made, func(h hour) bool { return h.work() == work }))
		for n := 1; n < len(eras); n++ {
			r.join(m.step(eras[n-1], eras[n]))
		}
	}
	return r
}

func (r *result) join(o result) {
	r.findings, r.hours = append(r.findings, o.findings...), r.hours+o.hours
}

// erasOf cuts hours where the product was defined anew.
func erasOf(hours []hour) (eras [][]hour) {
	for len(hours) > 0 {
		n := slices.IndexFunc(hours, func(h hour) bool { return h.making != hours[0].making })
		if n < 0 {
			n = len(hours)
		}
		eras, hours = append(eras, hours[:n]), hours[n:]
	}
	return eras
}

// step compares what a unit took before and after.
func (m *machine) step(before, after []hour) (r result) {
	for _, by := range []struct {
		name     string
		severity Severity
		is       bool
		amount   func(hour) float64
	}{
		{"energy", Ask, m.model.Energy != "", func(h hour) float64 { return float64(h.EnergyJ) }},
		{"material_in", Improbable, m.model.MaterialIn != "", func(h hour) float64 { return float64(h.MaterialG) }},
		{"product_out", Improbable, m.model.ProductOut != "", func(h hour) float64 { return float64(h.OutputG) }},
	} {
		if !by.is {
			continue
		}
		a, okA := perUnit(before, m.limits.ManyHours, by.amount)
		b, okB := perUnit(after, m.limits.ManyHours, by.amount)
		if !okA || !okB {
			continue
		}
		r.hours = sum(before, observed) + sum(after, observed)
		claim := float64(before[0].units) / float64(after[0].units)
		step, limit := math.Log(b.ratio/a.ratio), m.limits.StepErrors*math.Hypot(a.err, b.err)
		if math.Abs(step) < limit || math.Abs(step-math.Log(claim)) > math.Abs(step) {
			continue
		}
		f := over(after, by.severity)
		f.Measure, f.Unit, f.Observed, f.Expected = by.name, "1", b.ratio/a.ratio, known(1)
		f.Limit = math.Exp(math.Copysign(limit, step))
		r.findings = append(r.findings, f)
	}
	return r
}

// ratio is an amount per unit, with its relative standard error.
type ratio struct{ ratio, err float64 }

// perUnit is the ratio of sums over hours, each of which counts as one observation: var = k/(k-1) Σ(y-Rx)² / (Σx)².
func perUnit(hours []hour, least int, amount func(hour) float64) (ratio, bool) {
	k := float64(len(hours))
	units := func(h hour) float64 { return float64(h.Produced) }
	x, y := sum(hours, units), sum(hours, amount)
	if len(hours) < max(least, 2) || x <= 0 || y <= 0 {
		return ratio{}, false
	}
	of := y / x
	squares := sum(hours, func(h hour) float64 { d := amount(h) - of*units(h); return d * d })
	return ratio{of, math.Sqrt(k/(k-1)*squares) / y}, true
}

// outputOverMaterial tells that more product came out of a machine than material went in, over all that was seen of it:
// what lies between the two scales, as in a dryer, comes out later than it went in, but not for ever.
func outputOverMaterial(m *machine) (r result) {
	weighed := where(m.hours, func(h hour) bool { return h.Weighed })
	if m.model.MaterialIn == "" || m.model.ProductOut == "" || len(weighed) < m.limits.ManyHours {
		return r
	}
	r.hours = sum(weighed, observed)
	in := sum(weighed, func(h hour) float64 { return float64(h.MaterialG) }) / 1000
	out := sum(weighed, func(h hour) float64 { return float64(h.OutputG) }) / 1000
	if limit := in * (1 + m.limits.YieldSlack); out > limit {
		f := over(weighed, Impossible)
		f.Unit, f.Observed, f.Expected, f.Limit = "kg", out, known(in), limit
		r.findings = append(r.findings, f)
	}
	return r
}
