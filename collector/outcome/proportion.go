package outcome

import "math"

// Wilson is the score interval of x of n units that are independent (Wilson 1927; NIST 7.2.4.1). Units of one shift are
// not independent, so it stands beside a verdict for comparison and never decides one. Not ok without units.
func Wilson(x, n, confidence float64) (Interval, bool) {
	if !(n > 0) || x < 0 || x > n {
		return Interval{}, false
	}
	z := tQuantile(math.Inf(1), confidence)
	p, z2 := x/n, z*z
	centre := (p + z2/(2*n)) / (1 + z2/n)
	half := z / (1 + z2/n) * math.Sqrt(p*(1-p)/n+z2/(4*n*n))
	i := Interval{max(centre-half, 0), min(centre+half, 1)}
	if x == 0 {
		i.Low = 0 // what is left is rounding
	}
	if x == n {
		i.High = 1
	}
	return i, true
}

// Newcombe is the interval of the difference p₂ - p₁ of two proportions of independent units, from the Wilson intervals
// of both (Newcombe 1998, method 10). For comparison only, as Wilson.
func Newcombe(x1, n1, x2, n2, confidence float64) (Interval, bool) {
	one, ok1 := Wilson(x1, n1, confidence)
	two, ok2 := Wilson(x2, n2, confidence)
	if !ok1 || !ok2 {
		return Interval{}, false
	}
	p1, p2 := x1/n1, x2/n2
	return Interval{
		Low:  p2 - p1 - math.Hypot(p2-two.Low, one.High-p1),
		High: p2 - p1 + math.Hypot(two.High-p2, p1-one.Low),
	}, true
}
