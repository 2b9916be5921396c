// Package spc is statistical process control: control charts for scrap and for measured variables, the rules
// by which a point is out of control, process capability, and the Pareto order of causes. It does no I/O.
//
// A model is fitted to the points of a baseline and gives limits for any point, so that limits are frozen by
// fitting once. Points are given in order of time, and those that are not known are left out: a moving range
// or a run goes from one known point to the next. What cannot be computed is ok=false or nil, never 0.
//
// Sources, by the names used below:
//
//	NIST        NIST/SEMATECH e-Handbook of Statistical Methods, chapter 6
//	Montgomery  D. C. Montgomery, Introduction to Statistical Quality Control, chapters 6 to 8
//	Laney       D. B. Laney, Improved Control Charts for Attributes, Quality Engineering 14 (2002) 531-537
//	Cochran     W. G. Cochran, Some Methods for Strengthening the Common χ² Tests, Biometrics 10 (1954) 417-451
//	WE          Western Electric, Statistical Quality Control Handbook (1956), pages 25-28
package spc

import "math"

// d2 is the mean range of two values of a normal distribution in its standard deviations, 2/√π (Montgomery,
// table VI, n = 2), with the digits that published charts use.
const d2 = 1.128

// d4 is where the upper limit of a range of two stands, in mean ranges: 1 + 3 d3/d2 (Montgomery, table VI, n = 2).
const d4 = 3.267

// Limits are the control limits of one point, three of its standard deviations from the centre (NIST 6.3.1).
type Limits struct {
	Lower, Centre, Upper float64
	Sigma                float64 // one standard deviation; greater than 0
}

func threeSigma(centre, sigma float64) (l Limits, ok bool) {
	l = Limits{Lower: centre - 3*sigma, Centre: centre, Upper: centre + 3*sigma, Sigma: sigma}
	return l, sigma > 0 && finite(l.Lower, l.Upper)
}

// Z is how many standard deviations a point lies above the centre; less than 0: below.
func (l Limits) Z(x float64) float64 { return (x - l.Centre) / l.Sigma }

// MovingRanges gives |x[i] - x[i-1]| from the second point on (NIST 6.3.2.2).
func MovingRanges(x []float64) []float64 {
	ranges := make([]float64, 0, len(x))
	for i := 1; i < len(x); i++ {
		ranges = append(ranges, math.Abs(x[i]-x[i-1]))
	}
	return ranges
}

// finite is not so of what grew over all bounds: readings in the wrong word order can be any number.
func finite(figures ...float64) bool {
	for _, f := range figures {
		if math.IsInf(f, 0) || math.IsNaN(f) {
			return false
		}
	}
	return true
}

// mean is that of at least one value.
func mean(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
