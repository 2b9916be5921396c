package spc

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Sample is a subgroup of units, each of which is scrap or is not.
type Sample struct {
	Units int64
	Scrap int64
}

// Proportion is the part of units that is scrap, x/n; not ok without units.
func (s Sample) Proportion() (p float64, ok bool) {
	if s.Units <= 0 {
		return 0, false
	}
	return float64(s.Scrap) / float64(s.Units), true
}

// Proportion is a chart for the part of units that is scrap, with subgroups of any size: the p-chart where
// they differ as binomial samples do, Laney's p' chart where they differ by more.
type Proportion struct {
	Samples int
	Units   int64
	Scrap   int64
	Centre  float64 // p̄ = Σx / Σn, greater than 0 and less than 1
	SigmaZ  float64 // how much the samples vary from one to the next, in binomial standard deviations

	ChiSquare float64 // of the dispersion test
	PValue    float64 // chance of so much dispersion or more among binomial samples
}

// FitProportion estimates centre and spread from baseline samples; those without units are left out. It is
// not ok with fewer than two samples, or where none or all of the units are scrap: then nothing is known of
// how they vary.
//
// The centre is p̄ = Σx/Σn (NIST 6.3.3.2). With z = (x/n - p̄) / √(p̄(1-p̄)/n), σz is the mean moving range of z
// over 1.128 (Laney), and χ² = Σz² has k-1 degrees of freedom for k binomial samples (Cochran, the variance
// test for homogeneity of the binomial distribution).
func FitProportion(baseline []Sample) (Proportion, bool) {
	var p Proportion
	for _, s := range baseline {
		if s.Units > 0 {
			p.Samples++
			p.Units += s.Units
			p.Scrap += s.Scrap
		}
	}
	if p.Samples < 2 || p.Scrap <= 0 || p.Scrap >= p.Units {
		return Proportion{}, false
	}
	p.Centre = float64(p.Scrap) / float64(p.Units)
	var scores []float64
	for _, s := range baseline {
		if x, ok := s.Proportion(); ok {
			z := (x - p.Centre) / p.binomialSigma(s.Units)
			scores = append(scores, z)
			p.ChiSquare += z * z
		}
	}
	p.SigmaZ = mean(MovingRanges(scores)) / d2
	p.PValue = distuv.ChiSquared{K: float64(p.Samples - 1)}.Survival(p.ChiSquare)
	return p, true
}

// significance is from what p-value down the dispersion test rejects: one binomial line in twenty gets limits
// that are somewhat too wide, since its σz is then near 1.
const significance = 0.05

// Overdispersed tells whether the samples differ by more than chance makes binomial samples differ, from one
// to the next as well: the dispersion test rejects (Cochran), and σz is over 1 (Laney). One shift of the level
// between samples of equal size makes χ² large, but not σz, and so widens nothing.
func (p Proportion) Overdispersed() bool { return p.PValue < significance && p.SigmaZ > 1 }

// P gives the p-chart's limits p̄ ± 3 √(p̄(1-p̄)/n) for a sample of n units, cut at 0 and 1 (NIST 6.3.3.2).
func (p Proportion) P(units int64) (Limits, bool) { return p.limits(units, 1) }

// PPrime gives those of the p' chart, p̄ ± 3 √(p̄(1-p̄)/n) σz, cut at 0 and 1 (Laney).
func (p Proportion) PPrime(units int64) (Limits, bool) { return p.limits(units, p.SigmaZ) }

// Limits gives those of the chart that fits the baseline: p' where it is overdispersed, else p.
func (p Proportion) Limits(units int64) (Limits, bool) {
	if p.Overdispersed() {
		return p.PPrime(units)
	}
	return p.P(units)
}

func (p Proportion) limits(units int64, sigmaZ float64) (Limits, bool) {
	if units <= 0 {
		return Limits{}, false
	}
	l, ok := threeSigma(p.Centre, p.binomialSigma(units)*sigmaZ)
	l.Lower, l.Upper = max(l.Lower, 0), min(l.Upper, 1)
	return l, ok
}

// binomialSigma is the standard deviation of the proportion in a binomial sample.
func (p Proportion) binomialSigma(units int64) float64 {
	return math.Sqrt(p.Centre * (1 - p.Centre) / float64(units))
}
