package spc_test

import (
	"math"
	"slices"
	"testing"

	"github.com/lineproof/lineproof/collector/spc"
)

// individualsNIST are the ten flowrate readings of NIST 6.3.2.2.
var individualsNIST = []float64{49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1}

// cans are Montgomery's samples of 50 cans of orange juice with those that leak, example 7.1.
func cans() []spc.Sample {
	leaking := []int64{12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6}
	samples := make([]spc.Sample, len(leaking))
	for i, n := range leaking {
		samples[i] = spc.Sample{Units: 50, Scrap: n}
	}
	return samples
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestIndividualsOfNIST(t *testing.T) {
	fit, ok := spc.FitIndividuals(individualsNIST)
	l, known := fit.Limits()
	if !ok || !known {
		t.Fatal("no limits")
	}
	near(t, "mean", fit.Mean, 50.81, 1e-9)
	near(t, "mean moving range", fit.MeanRange, 1.877778, 5e-7)
	near(t, "lower limit", l.Lower, 45.815910, 5e-7)
	near(t, "upper limit", l.Upper, 55.804090, 5e-7)
	upper, ok := fit.UpperRange()
	if !ok {
		t.Fatal("no limit of moving ranges")
	}
	near(t, "upper limit of moving ranges", upper, 3.267*1.8777778, 1e-6)
	for i, rules := range brokenBy(t, individualsNIST, fit) {
		if rules != nil {
			t.Errorf("point %d breaks %v; NIST sees none beyond the limits", i+1, rules)
		}
	}
}

func brokenBy(t *testing.T, x []float64, fit spc.Individuals) [][]spc.Rule {
	t.Helper()
	l, ok := fit.Limits()
	if !ok {
		t.Fatal("no limits")
	}
	z := make([]float64, len(x))
	for i, v := range x {
		z[i] = l.Z(v)
	}
	return spc.Broken(z)
}

func TestOrangeJuiceCans(t *testing.T) {
	fit, ok := spc.FitProportion(cans())
	l, known := fit.P(50)
	if !ok || !known {
		t.Fatal("no limits")
	}
	near(t, "centre", fit.Centre, .231333, 5e-7)
	near(t, "lower limit", l.Lower, .052428, 5e-7)
	near(t, "upper limit", l.Upper, .410239, 5e-7)
	var beyond []int
	for i, s := range cans() {
		if x, _ := s.Proportion(); math.Abs(l.Z(x)) > 3 {
			beyond = append(beyond, i+1)
		}
	}
	if !slices.Equal(beyond, []int{15, 23}) {
		t.Errorf("beyond the limits: samples %v, Montgomery has 15 and 23", beyond)
	}
}

// TestOrangeJuiceCansRevised goes on as Montgomery does: limits frozen without samples 15 and 23, and the
// machine adjusted.
func TestOrangeJuiceCansRevised(t *testing.T) {
	samples := cans()
	fit, _ := spc.FitProportion(slices.Concat(samples[:14], samples[15:22], samples[23:]))
	l, _ := fit.P(50)
	near(t, "centre", fit.Centre, .2150, 5e-5)
	near(t, "lower limit", l.Lower, .0407, 5e-5)
	near(t, "upper limit", l.Upper, .3893, 5e-5)

	after := spc.Sample{Units: 1200, Scrap: 133} // 24 samples of 50
	x, _ := after.Proportion()
	near(t, "after the change", x, .1108, 5e-5)
	l, _ = fit.P(after.Units)
	near(t, "lower limit of 1,200 cans", l.Lower, .2150-3*math.Sqrt(.2150*.7850/1200), 1e-5)
	if x >= l.Lower {
		t.Errorf("%.4f after the change is within the frozen limits from %.4f on", x, l.Lower)
	}
}

// TestDispersionOfTheCans: χ² and σz by hand.
func TestDispersionOfTheCans(t *testing.T) {
	fit, _ := spc.FitProportion(cans())
	var chi, ranges, last float64
	for i, s := range cans() {
		z := (float64(s.Scrap)/50 - 347./1500) / math.Sqrt(347./1500*1153/1500/50)
		chi += z * z
		if i > 0 {
			ranges += math.Abs(z - last)
		}
		last = z
	}
	near(t, "χ²", fit.ChiSquare, chi, 1e-9)
	near(t, "σz", fit.SigmaZ, ranges/29/1.128, 1e-9)
	if !fit.Overdispersed() {
		t.Errorf("χ² %.1f of 29 degrees of freedom, p %.5f, σz %.3f: not overdispersed", fit.ChiSquare, fit.PValue, fit.SigmaZ)
	}
}

// TestPValue compares with the table of χ² (NIST 1.3.6.7.4): 3.841 is the 95 % point of one degree of freedom.
func TestPValue(t *testing.T) {
	// Two samples of n, a and b scrap: χ² = (a-b)² / (2 n p (1-p)).
	const n, a = 100_000, 50_000
	b := a + int64(math.Round(math.Sqrt(3.841*2*n*.25)))
	fit, _ := spc.FitProportion([]spc.Sample{{Units: n, Scrap: a}, {Units: n, Scrap: b}})
	near(t, "p-value", fit.PValue, .05, 2e-4)
}
