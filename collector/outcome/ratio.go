package outcome

import "math"

// Pair is what one cluster adds to a ratio of sums: good units and units made, or kWh and units made.
type Pair struct{ Y, X float64 }

// ratioOf is Σy/Σx; not ok where there is nothing to divide by.
func ratioOf(pairs []Pair) (r, x float64, ok bool) {
	var y float64
	for _, p := range pairs {
		y += p.Y
		x += p.X
	}
	return y / x, x, x > 0
}

// residuals are y - R·x of each cluster. They add up to 0.
func residuals(pairs []Pair, r float64) []float64 {
	e := make([]float64, len(pairs))
	for i, p := range pairs {
		e[i] = p.Y - r*p.X
	}
	return e
}

// Ratio estimates R = Σy/Σx of k independent clusters, with the variance k/(k-1) · Σ(y-Rx)² / (Σx)² and k-1 degrees of
// freedom (Cochran, Sampling Techniques, 3rd ed., 6.3; Liang and Zeger 1986 come to the same). Not ok with fewer than
// two clusters or Σx = 0.
func Ratio(pairs []Pair) (Estimate, bool) {
	r, x, ok := ratioOf(pairs)
	k := float64(len(pairs))
	if !ok || k < 2 {
		return Estimate{}, false
	}
	var squares float64
	for _, e := range residuals(pairs, r) {
		squares += e * e
	}
	return Estimate{Value: r, SE: math.Sqrt(k / (k - 1) * squares / (x * x)), DF: k - 1}, true
}

// Difference is after - before, with the degrees of freedom of Welch and Satterthwaite (Satterthwaite 1946):
// (v₁+v₂)² / (v₁²/ν₁ + v₂²/ν₂).
func Difference(before, after Estimate) Estimate {
	return combined(after.Value-before.Value, before, after)
}

// combined is a figure whose variance is the sum of two.
func combined(value float64, a, b Estimate) Estimate {
	va, vb := a.SE*a.SE, b.SE*b.SE
	e := Estimate{Value: value, SE: math.Sqrt(va + vb), DF: math.Inf(1)}
	if e.SE > 0 {
		e.DF = (va + vb) * (va + vb) / (part(va, a.DF) + part(vb, b.DF))
	}
	return e
}

func part(v, df float64) float64 {
	if v == 0 {
		return 0
	}
	return v * v / df
}

// LogRatio is ln(after/before), with the standard error √((SE₁/R₁)² + (SE₂/R₂)²) of the delta method and Satterthwaite's
// degrees of freedom. On this scale the interval of a ratio of ratios is symmetrical. Not ok unless both are over 0.
func LogRatio(before, after Estimate) (Estimate, bool) {
	if !(before.Value > 0) || !(after.Value > 0) {
		return Estimate{}, false
	}
	relative := func(e Estimate) Estimate { return Estimate{SE: e.SE / e.Value, DF: e.DF} }
	return combined(math.Log(after.Value/before.Value), relative(before), relative(after)), true
}

// RelativeChange is after/before - 1 with its interval from the logarithms, so that it never falls below -1.
func RelativeChange(before, after Estimate, confidence float64) (change float64, within Interval, df float64, ok bool) {
	l, ok := LogRatio(before, after)
	if !ok {
		return 0, Interval{}, 0, false
	}
	i := l.Interval(confidence)
	return math.Expm1(l.Value), Interval{math.Expm1(i.Low), math.Expm1(i.High)}, l.DF, true
}
