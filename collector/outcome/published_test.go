package outcome_test

import (
	"math"
	"slices"
	"testing"

	"github.com/lineproof/lineproof/collector/outcome"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: %.9g, want %.9g within %g", what, got, want, within)
	}
}

// TestWilson: Newcombe 1998, table I, and the two samples of concrete blocks.
func TestWilson(t *testing.T) {
	tests := []struct{ x, n, low, high float64 }{
		{81, 263, .255289, .366210}, {15, 148, .062386, .160487}, {0, 20, 0, .161125}, {1, 29, .006113, .171755},
	}
	for _, tt := range tests {
		i, ok := outcome.Wilson(tt.x, tt.n, .95)
		if !ok {
			t.Fatalf("%v of %v: no interval", tt.x, tt.n)
		}
		near(t, "low", i.Low, tt.low, 5e-7)
		near(t, "high", i.High, tt.high, 5e-7)
	}
	few, _ := outcome.Wilson(29, 30, .95)
	near(t, "29 of 30, low", few.Low, .833, 5e-4)
	near(t, "29 of 30, high", few.High, .994, 5e-4)
	many, _ := outcome.Wilson(9700, 10_000, .95)
	near(t, "9,700 of 10,000, low", many.Low, .9665, 5e-5)
	near(t, "9,700 of 10,000, high", many.High, .9732, 5e-5)
	for _, wrong := range [][2]float64{{0, 0}, {3, 2}, {-1, 5}} {
		if i, ok := outcome.Wilson(wrong[0], wrong[1], .95); ok {
			t.Errorf("%v of %v: %v", wrong[0], wrong[1], i)
		}
	}
}

// TestNewcombe: his table II, method 10, 56/70 - 48/80 and 0/10 - 0/10.
func TestNewcombe(t *testing.T) {
	i, _ := outcome.Newcombe(48, 80, 56, 70, .95)
	near(t, "low", i.Low, .0524, 5e-5)
	near(t, "high", i.High, .3339, 5e-5)
	i, _ = outcome.Newcombe(0, 10, 0, 10, .95)
	near(t, "low of nothing", i.Low, -.2775, 5e-5)
	near(t, "high of nothing", i.High, .2775, 5e-5)
}

// bcg are the 13 trials of BCG vaccination of Colditz and others 1994 as logarithms of risk ratios.
func bcg() (effects []outcome.Effect) {
	trials := [][4]float64{ // ill and well with the vaccine, ill and well without
		{4, 119, 11, 128}, {6, 300, 29, 274}, {3, 228, 11, 209}, {62, 13536, 248, 12619}, {33, 5036, 47, 5761}, {180, 1361, 372, 1079},
		{8, 2537, 10, 619}, {505, 87886, 499, 87892}, {29, 7470, 45, 7232}, {17, 1699, 65, 1600}, {186, 50448, 141, 27197},
		{5, 2493, 3, 2338}, {27, 16886, 29, 17825},
	}
	for _, c := range trials {
		n1, n2 := c[0]+c[1], c[2]+c[3]
		effects = append(effects, outcome.Effect{Value: math.Log(c[0] / n1 * n2 / c[2]), Variance: 1/c[0] - 1/n1 + 1/c[2] - 1/n2})
	}
	return effects
}

// TestBCG: what metafor makes of them.
func TestBCG(t *testing.T) {
	fixed, _ := outcome.Fixed(bcg())
	near(t, "fixed", fixed.Value, -.430285, 5e-7)
	near(t, "its standard error", fixed.SE, .040499, 5e-7)
	near(t, "Q", fixed.Q, 152.2330, 5e-5)
	dl, _ := outcome.DerSimonianLaird(bcg())
	near(t, "DerSimonian-Laird", dl.Value, -.714117, 5e-7)
	near(t, "its standard error", dl.SE, .178742, 5e-7)
	near(t, "τ²", dl.Tau2, .308760, 5e-7)
	near(t, "I²", dl.I2, .9212, 5e-5)
	reml, ok := outcome.REML(bcg())
	if !ok {
		t.Fatal("REML did not settle")
	}
	near(t, "REML", reml.Value, -.7145, 5e-5)
	near(t, "its standard error", reml.SE, .1798, 5e-5)
	near(t, "τ²", reml.Tau2, .3132, 5e-5)
	prediction := reml.Prediction(.95)
	near(t, "prediction, low", math.Exp(prediction.Low), .1546, 5e-4)
	near(t, "prediction, high", math.Exp(prediction.High), 1.5490, 5e-3)
	kh, _ := outcome.KnappHartung(bcg(), reml)
	near(t, "Knapp-Hartung, standard error", kh.SE, .1808, 5e-5)
	within := kh.Interval(.95)
	near(t, "Knapp-Hartung, low", within.Low, -1.1084, 5e-5)
	near(t, "Knapp-Hartung, high", within.High, -.3206, 5e-5)
	if p, ok := fixed.Heterogeneity(13); !ok || p > 1e-4 {
		t.Errorf("p of Q %v, %v; metafor has < .0001", p, ok)
	}
}

func TestPooledRefuses(t *testing.T) {
	if p, ok := outcome.DerSimonianLaird(nil); ok {
		t.Errorf("no site: %v", p)
	}
	if p, ok := outcome.REML([]outcome.Effect{{Value: 1, Variance: 0}, {Value: 2, Variance: 1}}); ok {
		t.Errorf("a variance of 0: %v", p)
	}
	one, ok := outcome.REML([]outcome.Effect{{Value: .1, Variance: .04}})
	if !ok || one.Value != .1 || one.Tau2 != 0 {
		t.Errorf("one site: %+v, %v", one, ok)
	}
	if p, ok := outcome.KnappHartung([]outcome.Effect{{Value: .1, Variance: .04}}, one); ok {
		t.Errorf("one site has no spread: %+v", p)
	}
}

// TestHolm: R's p.adjust(c(.01, .04, .03, .005), "holm").
func TestHolm(t *testing.T) {
	got := outcome.Holm([]float64{.01, .04, .03, .005})
	for i, want := range []float64{.03, .06, .06, .02} {
		near(t, "adjusted", got[i], want, 1e-12)
	}
	if got := outcome.Holm([]float64{.6, .7}); !slices.Equal(got, []float64{1, 1}) {
		t.Errorf("%v, want no more than 1", got)
	}
}

func TestLaspeyres(t *testing.T) {
	i, err := outcome.Laspeyres([]outcome.Product{{"blocks", 2, 100, 110}, {"tiles", 5, 40, 30}, {"new", 9, 0, 10}})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "index", i, (220+150+90)/400., 1e-12)
	for _, wrong := range [][]outcome.Product{nil, {{"new", 9, 0, 10}}, {{"blocks", -1, 100, 110}}, {{"blocks", 1, 100, math.NaN()}}} {
		if i, err := outcome.Laspeyres(wrong); err == nil {
			t.Errorf("%v: %v", wrong, i)
		}
	}
}

// TestRatio by hand: R = 6/3, residuals -1, 1, variance 2/1 · 2 / 9.
func TestRatio(t *testing.T) {
	r, ok := outcome.Ratio([]outcome.Pair{{1, 1}, {5, 2}})
	if !ok {
		t.Fatal("no ratio")
	}
	near(t, "R", r.Value, 2, 1e-15)
	near(t, "standard error", r.SE, 2./3, 1e-15)
	near(t, "degrees of freedom", r.DF, 1, 0)
	i := r.Interval(.95)
	near(t, "low", i.Low, 2-12.7062047364*2/3, 1e-9) // t of NIST 1.3.6.7.2
	for _, wrong := range [][]outcome.Pair{nil, {{1, 1}}, {{1, 0}, {2, 0}}} {
		if r, ok := outcome.Ratio(wrong); ok {
			t.Errorf("%v: %v", wrong, r)
		}
	}
}

// TestSatterthwaite: Welch's two samples in NIST 7.3.1, n 10 and 20, variances 4 and 9.
func TestSatterthwaite(t *testing.T) {
	d := outcome.Difference(outcome.Estimate{Value: 10, SE: math.Sqrt(4. / 10), DF: 9}, outcome.Estimate{Value: 12, SE: math.Sqrt(9. / 20), DF: 19})
	near(t, "difference", d.Value, 2, 1e-12)
	near(t, "standard error", d.SE, math.Sqrt(.85), 1e-12)
	near(t, "degrees of freedom", d.DF, .85*.85/(.16/9+.2025/19), 1e-9)
	p, ok := d.PValue(0)
	if !ok {
		t.Fatal("no p-value")
	}
	near(t, "p-value", p, .0398, 5e-4)
	declared := outcome.Difference(outcome.Estimate{Value: 10}, outcome.Estimate{Value: 12, SE: 1, DF: 30})
	near(t, "degrees of freedom against a declared value", declared.DF, 30, 1e-9)
}

func TestRelativeChange(t *testing.T) {
	change, within, df, ok := outcome.RelativeChange(outcome.Estimate{100, 2, 40}, outcome.Estimate{110, 3, 40}, .95)
	if !ok {
		t.Fatal("no change")
	}
	near(t, "change", change, .1, 1e-12)
	near(t, "middle of the interval, in logarithms", math.Log1p(within.Low)+math.Log1p(within.High), 2*math.Log(1.1), 1e-12)
	if !(df > 60 && df < 80) {
		t.Errorf("degrees of freedom %v", df)
	}
	if _, _, _, ok := outcome.RelativeChange(outcome.Estimate{0, 1, 9}, outcome.Estimate{1, 1, 9}, .95); ok {
		t.Error("a change relative to 0")
	}
}
