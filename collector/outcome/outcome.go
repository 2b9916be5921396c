// Package outcome judges whether a supported line gained: what a metric was before and after, how sure that is, and
// whether the whole interval lies on the right side of the target.
//
// All of it are pure functions of figures of shifts. The shift, or the cluster of shifts that share their luck, is the
// unit: units of product in one shift are not independent, and an interval that takes them for it is far too narrow.
// Sums are divided, ratios never averaged. What is not known is left out, and lowers the coverage; it is never 0.
//
// Each function names its formula and where that is published; the tests hold them against published answers, and
// against simulations in which the truth is known.
//
// What it does not do: it reads no file (collector/study does), it cannot tell why something changed, and it takes
// the figures for true.
package outcome

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Estimate is a figure with its standard error. The zero Estimate is none.
type Estimate struct {
	Value float64
	SE    float64
	DF    float64 // degrees of freedom of SE; infinite where it is known
}

// Interval holds the truth with the confidence that it was made for.
type Interval struct{ Low, High float64 }

// Interval is the estimate's, Value ± t·SE with Student's t.
func (e Estimate) Interval(confidence float64) Interval {
	half := 0.
	if e.SE > 0 {
		half = tQuantile(e.DF, confidence) * e.SE
	}
	return Interval{e.Value - half, e.Value + half}
}

// PValue is the chance of an estimate so far from the value or farther, were the value true: Student's t, both sides.
// Not ok without a standard error.
func (e Estimate) PValue(value float64) (p float64, ok bool) {
	if !(e.SE > 0) || !(e.DF > 0) {
		return 0, false
	}
	return 2 * student(e.DF).Survival(math.Abs(e.Value-value)/e.SE), true
}

// normalFrom is from how many degrees of freedom on t is the normal distribution to all digits that anybody reads.
const normalFrom = 1e6

type distribution interface {
	Quantile(p float64) float64
	Survival(x float64) float64
}

func student(df float64) distribution {
	if df >= normalFrom {
		return distuv.UnitNormal
	}
	return distuv.StudentsT{Sigma: 1, Nu: df}
}

// tQuantile is how many standard errors the interval reaches to each side; infinite without degrees of freedom.
func tQuantile(df, confidence float64) float64 {
	if !(df > 0) {
		return math.Inf(1)
	}
	return student(df).Quantile(.5 + confidence/2)
}

func sum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}

func mean(x []float64) float64 { return sum(x) / float64(len(x)) }
