package spc_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/lineproof/lineproof/collector/spc"
)

// binomial draws samples of varying size; the part of scrap has a standard deviation of its own besides.
func binomial(r *rand.Rand, samples int, p, extra float64) []spc.Sample {
	return sized(r, samples, p, extra, func() int64 { return 200 + r.Int64N(4000) })
}

func sized(r *rand.Rand, samples int, p, extra float64, size func() int64) []spc.Sample {
	all := make([]spc.Sample, samples)
	for i := range all {
		n := size()
		of := min(max(p+extra*r.NormFloat64(), 0.001), 0.999)
		all[i] = spc.Sample{Units: n, Scrap: int64(distuv.Binomial{N: float64(n), P: of, Src: r}.Rand())}
	}
	return all
}

// TestBinomialSamplesKeepTheirPChart: σz is 1, p' is p, and the dispersion test rejects one line in twenty.
func TestBinomialSamplesKeepTheirPChart(t *testing.T) {
	r := rand.New(rand.NewPCG(22400, 2))
	var sigmaZ float64
	rejected, primed := 0, 0
	const lines = 400
	for range lines {
		fit, ok := spc.FitProportion(binomial(r, 60, 0.05, 0))
		if !ok {
			t.Fatal("no limits")
		}
		sigmaZ += fit.SigmaZ / lines
		if fit.PValue < 0.05 {
			rejected++
		}
		if fit.Overdispersed() {
			primed++
		}
		p, _ := fit.P(1000)
		prime, _ := fit.PPrime(1000)
		near(t, "width of p' in p", (prime.Upper-prime.Centre)/(p.Upper-p.Centre), fit.SigmaZ, 1e-9)
		near(t, "p' beside p", prime.Upper, p.Upper, 0.5*(p.Upper-p.Centre))
	}
	t.Logf("%d binomial lines: mean σz %.4f, dispersion test rejects %d, p' chosen for %d", lines, sigmaZ, rejected, primed)
	near(t, "mean σz", sigmaZ, 1, 0.01)
	near(t, "part of lines rejected", float64(rejected)/lines, 0.05, 0.035)
	if primed > rejected {
		t.Errorf("p' for %d lines, the test rejects %d", primed, rejected)
	}
}

// TestOverdispersedSamplesAreRecognised: a scrap ratio that itself varies from shift to shift.
func TestOverdispersedSamplesAreRecognised(t *testing.T) {
	r := rand.New(rand.NewPCG(22400, 3))
	var beyondP, beyondPrime, points int
	for range 200 {
		samples := binomial(r, 60, 0.05, 0.015)
		fit, ok := spc.FitProportion(samples)
		if !ok || !fit.Overdispersed() {
			t.Fatalf("σz %.2f, χ² %.0f, p %g: not recognised", fit.SigmaZ, fit.ChiSquare, fit.PValue)
		}
		for _, s := range samples {
			x, _ := s.Proportion()
			p, _ := fit.P(s.Units)
			chosen, _ := fit.Limits(s.Units)
			points++
			if math.Abs(p.Z(x)) > 3 {
				beyondP++
			}
			if math.Abs(chosen.Z(x)) > 3 {
				beyondPrime++
			}
		}
	}
	t.Logf("of %d points that vary by chance alone, beyond p limits %d, beyond the chosen %d", points, beyondP, beyondPrime)
	if part := float64(beyondPrime) / float64(points); part > 0.03 {
		t.Errorf("%.3f of the points are beyond p' limits", part)
	}
	if beyondP < 5*beyondPrime {
		t.Errorf("p limits are as good as p': %d and %d", beyondP, beyondPrime)
	}
}

// TestAShiftOfTheLevelWidensLittle: a baseline over an investment has a large χ², but neighbours are alike.
func TestAShiftOfTheLevelWidensLittle(t *testing.T) {
	r := rand.New(rand.NewPCG(22400, 4))
	alike := func() int64 { return 2000 }
	fit, ok := spc.FitProportion(append(sized(r, 40, 0.09, 0, alike), sized(r, 40, 0.03, 0, alike)...))
	if !ok || fit.PValue > 1e-6 {
		t.Fatalf("χ² %.0f, p %g, want a level that is seen to have moved", fit.ChiSquare, fit.PValue)
	}
	near(t, "σz", fit.SigmaZ, 1, 0.25)
}

// TestIndividualsOfNormalValues: within sigma is that of the values, one in 370 of which lies beyond.
func TestIndividualsOfNormalValues(t *testing.T) {
	r := rand.New(rand.NewPCG(22400, 5))
	x := make([]float64, 20_000)
	for i := range x {
		x[i] = 14 + 0.8*r.NormFloat64()
	}
	fit, _ := spc.FitIndividuals(x)
	near(t, "within sigma", fit.Sigma(), 0.8, 0.012)
	beyond := 0
	for _, rules := range brokenBy(t, x, fit) {
		if len(rules) > 0 && rules[0] == spc.Beyond3Sigma {
			beyond++
		}
	}
	near(t, "points beyond three sigma", float64(beyond), 20_000*0.0027, 25)
	upper, lower := 14+4*0.8, 14-4*0.8
	c := spc.CapabilityOf(x, spc.Spec{Lower: &lower, Upper: &upper})
	for name, index := range map[string]*float64{"Cp": c.Cp, "Cpk": c.Cpk, "Pp": c.Pp, "Ppk": c.Ppk} {
		near(t, name, *index, 4./3, 0.03)
	}
}

// TestScaleAndOriginDoNotMatter: rules and indices are the same in MPa and in bar, or mirrored.
func TestScaleAndOriginDoNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(22400, 6))
	for _, scale := range []float64{10, 0.001, -1} {
		x, y := make([]float64, 200), make([]float64, 200)
		for i := range x {
			x[i] = r.NormFloat64() + float64(i/100)
			y[i] = 273 + scale*x[i]
		}
		a, _ := spc.FitIndividuals(x[:100])
		b, _ := spc.FitIndividuals(y[:100])
		got, want := brokenBy(t, y, b), brokenBy(t, x, a)
		many := 0
		for i := range want {
			many += len(want[i])
			if len(got[i]) != len(want[i]) {
				t.Errorf("scale %v: point %d breaks %v, want %v", scale, i, got[i], want[i])
			}
		}
		if many == 0 {
			t.Error("a shift by one sigma breaks no rule")
		}
	}
}

// TestAbsurdValuesStayNumbers: what JSON has no word for is undefined.
func TestAbsurdValuesStayNumbers(t *testing.T) {
	upper := 20.
	for _, x := range [][]float64{
		{1, math.MaxFloat64}, {-math.MaxFloat64, math.MaxFloat64}, {math.MaxFloat64, math.MaxFloat64, 1}, {5e-324, 0}, {1e200, 2e200},
	} {
		if _, err := json.Marshal(spc.CapabilityOf(x, spc.Spec{Upper: &upper})); err != nil {
			t.Errorf("%v: %v", x, err)
		}
		fit, ok := spc.FitIndividuals(x)
		if !ok {
			continue
		}
		limits, known := fit.Limits()
		ranges, alsoKnown := fit.UpperRange()
		if known && (math.IsInf(limits.Upper, 0) || math.IsInf(limits.Lower, 0)) || alsoKnown && math.IsInf(ranges, 0) {
			t.Errorf("%v: limits %+v, of ranges %v", x, limits, ranges)
		}
	}
}
