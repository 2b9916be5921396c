package outcome

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Aim is a gain that is to be proven, and what stands in its way.
type Aim struct {
	Distance   float64 // of the truth from the target, on the right side of it
	Spread     float64 // standard deviation of one shift, in the same unit
	Rho        float64 // correlation of each shift with the next; under 0 it helps nobody
	Sides      int     // 1 where only after is uncertain, 2 where before is as well, with as many shifts
	Power      float64 // the chance to prove it that is wanted, .80
	Confidence float64
}

// Shifts is how many shifts a side needs: n = s(z₁+z₂)² σ²/δ² for s sides, δ the distance and σ the spread (Chow, Shao and
// Wang, Sample Size Calculations in Clinical Research, 3.1 and 3.2), plus z₂²/(2s) for Student's t (Guenther 1981), times
// (1+ρ)/(1-ρ) for shifts that correlate; at least LeastShifts. Not ok for figures that cannot be.
func (a Aim) Shifts() (n int, ok bool) {
	if !(a.Distance > 0) || !(a.Spread > 0) || !a.fine() {
		return 0, false
	}
	z := a.reach() * a.Spread / a.Distance
	shifts := (float64(a.Sides)*z*z + a.student()) / Effective(1, a.Rho)
	return max(LeastShifts, int(math.Ceil(shifts))), shifts < 1e9
}

// Within is the distance that so many shifts a side prove: Shifts the other way round.
func (a Aim) Within(shifts int) (distance float64, ok bool) {
	n := Effective(float64(shifts), a.Rho) - a.student()
	if !(a.Spread > 0) || !a.fine() || !(n > 0) {
		return 0, false
	}
	return a.reach() * a.Spread * math.Sqrt(float64(a.Sides)/n), true
}

func (a Aim) fine() bool {
	part := func(v float64) bool { return v > 0 && v < 1 }
	return a.Rho < 1 && part(a.Power) && part(a.Confidence) && (a.Sides == 1 || a.Sides == 2)
}

// reach is z₁+z₂, of the power and of the two-sided interval.
func (a Aim) reach() float64 {
	return distuv.UnitNormal.Quantile(a.Power) + distuv.UnitNormal.Quantile(.5+a.Confidence/2)
}

// student is what the t distribution asks for above the normal one.
func (a Aim) student() float64 {
	z := distuv.UnitNormal.Quantile(.5 + a.Confidence/2)
	return z * z / (2 * float64(a.Sides))
}

// Variation is how a metric varies from shift to shift.
type Variation struct {
	Value  float64 // of all shifts together
	Spread float64 // standard deviation of one cluster of shifts, in the metric's own unit
	Rho    float64 // correlation of each with the next; 0 where it is not known
	Shifts int     // that it was seen in
}

// Variation of a period's shifts. Not ok with fewer than two clusters, or where nothing varies.
func (p Period) Variation() (Variation, bool) {
	pairs, shifts := p.pairs()
	e, ok := Ratio(pairs)
	if !ok || e.SE <= rounding*math.Abs(e.Value) {
		return Variation{}, false
	}
	rho, _ := Correlation(pairs)
	return Variation{e.Value, e.SE * math.Sqrt(float64(len(pairs))), max(rho, 0), shifts}, true
}

// Aim is what it takes to prove the study's target where the metric varies as it was seen to, with the power. After is taken
// to vary as before does. The distance is left out.
func (s Study) Aim(v Variation, power float64) Aim {
	a := Aim{Spread: v.Spread, Rho: v.Rho, Sides: 2, Power: power, Confidence: s.Confidence}
	if s.Target.Kind == Level || s.Before.Declared != nil {
		a.Sides = 1
	}
	if s.Target.Kind == Change {
		a.Spread = v.Spread / v.Value // on the scale of logarithms
	}
	return a
}

// Distance is how far a value of the metric after lies from the target on the scale of Aim.
func (s Study) Distance(v Variation, expected float64) float64 {
	base := s.base(v)
	bound, atMost := s.Target.bound(s.Metric)
	d := expected - bound
	switch s.Target.Kind {
	case Change:
		d = math.Log(expected/base) - math.Log1p(bound)
	case Gap:
		d = expected - base - bound
	}
	if atMost {
		return -d
	}
	return d
}

// At is the value of the metric that lies so far on the right side of the target: Distance the other way round.
func (s Study) At(v Variation, distance float64) float64 {
	base := s.base(v)
	bound, atMost := s.Target.bound(s.Metric)
	if atMost {
		distance = -distance
	}
	switch s.Target.Kind {
	case Change:
		return base * (1 + bound) * math.Exp(distance)
	case Gap:
		return base + bound + distance
	}
	return bound + distance
}

// base is what after is compared with.
func (s Study) base(v Variation) float64 {
	if s.Before.Declared != nil {
		return *s.Before.Declared
	}
	return v.Value
}
