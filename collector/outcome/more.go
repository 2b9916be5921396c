package outcome

import "math"

// mostMore is from how many further shifts on nobody would wait for them.
const mostMore = 2000

// more is how many further shifts after would bring the whole interval to the right side if the line went on as it
// does; nil where the estimate itself is on the wrong side, or where the variance of before alone is too much.
func (s Study) more(j judged) *int {
	if j.verdict == Achieved || !j.ok || s.Metric.Baseline {
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
