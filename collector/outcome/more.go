package outcome

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// mostMore is from how many further shifts on nobody would wait for them.
const mostMore = 2000

// more is how many further shifts after would bring the whole interval to the right side if the line went on as it
// does; nil where the estimate itself is on the wrong side, or where the variance of before alone is too much.
func (s Study) more(j judged) *int {
	if j.verdict == Achieved || !j.ok {
		return nil
	}
	_, have := s.After.pairs()
	least := max(0, LeastShifts-have)
	if j.decisive.Estimate == nil {
		return nil
	}
	distance := s.Target.Distance(s.Metric, *j.decisive.Estimate)
	if !(distance > 0) {
		return nil
	}
	for n := max(least, 1); n <= mostMore; n = n + 1 + n/50 {
		e := j
		grown := float64(have+n) / float64(have)
		e.after.SE /= math.Sqrt(grown)
		e.after.DF *= grown
		if d := s.decisive(e); d.Low != nil && s.Target.Met(s.Metric, Interval{*d.Low, *d.High}) {
			return &n
		}
	}
	return nil
}

// Plan is how many shifts each side needs to find a relative gain with the power and confidence, where the metric varies
// from shift to shift by cv of its mean and neighbours correlate by rho: n = 2(z₁+z₂)² cv² / ln(1+gain)² · (1+ρ)/(1-ρ), at
// least LeastShifts (Chow, Shao and Wang, Sample Size Calculations, 3.2). Not ok for figures that cannot be.
func Plan(gain, cv, rho, power, confidence float64) (shifts int, ok bool) {
	size := math.Log1p(gain)
	if !(gain > -1) || size == 0 || !(cv > 0) || !(rho < 1) || !(power > 0 && power < 1) || !(confidence > 0 && confidence < 1) {
		return 0, false
	}
	z := distuv.UnitNormal.Quantile(power) + distuv.UnitNormal.Quantile(.5+confidence/2)
	n := 2 * z * z * cv * cv / (size * size) / Effective(1, rho)
	return max(LeastShifts, int(math.Ceil(n))), n < 1e9
}
