package outcome

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Effect is what one site gained, on a scale on which sites can be pooled, such as the logarithm of a ratio.
type Effect struct {
	Value    float64
	Variance float64 // over 0
}

// Pooled is the mean gain of the sites of a programme.
type Pooled struct {
	Estimate
	Tau2 float64 // variance of the true effects between sites
	Q    float64 // Cochran's
	I2   float64 // part of the variation that is between sites, 0 to 1
}

// Fixed pools effects as if there were one truth: weights 1/v. Not ok with no effect, or one whose variance is not known.
func Fixed(effects []Effect) (Pooled, bool) { return pool(effects, 0) }

// DerSimonianLaird pools effects whose truths differ, with τ² by the method of moments (DerSimonian and Laird 1986):
// τ² = (Q - (k-1)) / (Σw - Σw²/Σw), not under 0.
func DerSimonianLaird(effects []Effect) (Pooled, bool) {
	fixed, ok := Fixed(effects)
	if !ok {
		return Pooled{}, false
	}
	var w, w2 float64
	for _, e := range effects {
		w += 1 / e.Variance
		w2 += 1 / (e.Variance * e.Variance)
	}
	tau2 := 0.
	if c := w - w2/w; c > 0 {
		tau2 = max(0, (fixed.Q-float64(len(effects)-1))/c)
	}
	return pool(effects, tau2)
}

// REML pools with τ² by restricted maximum likelihood, by Fisher scoring (Viechtbauer 2005):
// τ² = [Σw²((y-μ)² - v) / Σw²] + 1/Σw with w = 1/(v+τ²), again until it stands. Not ok where it does not settle.
func REML(effects []Effect) (Pooled, bool) {
	start, ok := DerSimonianLaird(effects)
	if !ok {
		return Pooled{}, false
	}
	tau2 := start.Tau2
	for range 1000 {
		p, _ := pool(effects, tau2)
		var w, w2, top float64
		for _, e := range effects {
			weight := 1 / (e.Variance + tau2)
			w += weight
			w2 += weight * weight
			top += weight * weight * ((e.Value-p.Value)*(e.Value-p.Value) - e.Variance)
		}
		next := max(0, top/w2+1/w)
		if math.Abs(next-tau2) <= 1e-12*(1+tau2) {
			return pool(effects, next)
		}
		tau2 = next
	}
	return Pooled{}, false
}

// pool is the mean with weights 1/(v+τ²). Q and I² = (Q-(k-1))/Q are those of fixed weights (Higgins and Thompson 2002).
func pool(effects []Effect, tau2 float64) (Pooled, bool) {
	var w, wy, w0, wy0 float64
	for _, e := range effects {
		if !(e.Variance > 0) {
			return Pooled{}, false
		}
		w += 1 / (e.Variance + tau2)
		wy += e.Value / (e.Variance + tau2)
		w0 += 1 / e.Variance
		wy0 += e.Value / e.Variance
	}
	if len(effects) == 0 {
		return Pooled{}, false
	}
	p := Pooled{Estimate: Estimate{wy / w, math.Sqrt(1 / w), math.Inf(1)}, Tau2: tau2}
	for _, e := range effects {
		d := e.Value - wy0/w0
		p.Q += d * d / e.Variance
	}
	if p.Q > 0 {
		p.I2 = max(0, (p.Q-float64(len(effects)-1))/p.Q)
	}
	return p, true
}

// KnappHartung gives a pooled mean the standard error √(Σw(y-μ)² / ((k-1)Σw)) with k-1 degrees of freedom, which holds
// what it promises with few sites (Knapp and Hartung 2003). Not ok with fewer than two.
func KnappHartung(effects []Effect, p Pooled) (Pooled, bool) {
	k := float64(len(effects))
	if k < 2 {
		return Pooled{}, false
	}
	var w, q float64
	for _, e := range effects {
		weight := 1 / (e.Variance + p.Tau2)
		w += weight
		q += weight * (e.Value - p.Value) * (e.Value - p.Value)
	}
	p.SE, p.DF = math.Sqrt(q/(k-1)/w), k-1
	return p, true
}

// Prediction is where the true effect of a further site lies, μ ± q·√(τ² + SE²): q is normal for a normal mean, and
// Student's t with its degrees of freedom after KnappHartung (Higgins, Thompson and Spiegelhalter 2009).
func (p Pooled) Prediction(confidence float64) Interval {
	return Estimate{p.Value, math.Sqrt(p.Tau2 + p.SE*p.SE), p.DF}.Interval(confidence)
}

// Heterogeneity is the p-value of Q with k-1 degrees of freedom: how likely so much variation is where all sites
// gained the same. Not ok with fewer than two sites.
func (p Pooled) Heterogeneity(sites int) (float64, bool) {
	if sites < 2 {
		return 0, false
	}
	return distuv.ChiSquared{K: float64(sites - 1)}.Survival(p.Q), true
}
