package spc_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/spc"
)

func TestUndefinedIsNotZero(t *testing.T) {
	sample := spc.Sample{Units: 50, Scrap: 2}
	for name, samples := range map[string][]spc.Sample{
		"no sample": nil, "one sample": {sample}, "one with units": {sample, {}}, "no scrap": {{Units: 50}, {Units: 60}},
		"nothing but scrap": {{Units: 5, Scrap: 5}, {Units: 6, Scrap: 6}}, "no units": {{}, {}},
	} {
		if fit, ok := spc.FitProportion(samples); ok {
			t.Errorf("%s: %+v, want none", name, fit)
		}
	}
	if x, ok := (spc.Sample{}).Proportion(); ok {
		t.Errorf("of no units: %v", x)
	}
	fit, _ := spc.FitProportion([]spc.Sample{sample, {Units: 60, Scrap: 1}})
	if l, ok := fit.P(0); ok {
		t.Errorf("limits of no units: %+v", l)
	}
	alike, _ := spc.FitProportion([]spc.Sample{sample, sample})
	if l, ok := alike.PPrime(50); ok {
		t.Errorf("p' limits without variation: %+v", l)
	}
	if l, ok := alike.Limits(50); !ok || l.Upper <= l.Centre {
		t.Errorf("p limits of two alike: %+v, %v, want some", l, ok)
	}
	for name, values := range map[string][]float64{"no value": nil, "one value": {3}} {
		if fit, ok := spc.FitIndividuals(values); ok {
			t.Errorf("%s: %+v, want none", name, fit)
		}
	}
	still, ok := spc.FitIndividuals([]float64{3, 3, 3})
	_, limits := still.Limits()
	_, ranges := still.UpperRange()
	if !ok || limits || ranges {
		t.Errorf("of a value that never changed: %v, limits %v, of ranges %v, want the mean alone", ok, limits, ranges)
	}
}

func TestLimitsAreCutAtNothingAndAll(t *testing.T) {
	fit, _ := spc.FitProportion([]spc.Sample{{Units: 100, Scrap: 2}, {Units: 100, Scrap: 98}})
	few, _ := fit.PPrime(4)
	if few.Lower != 0 || few.Upper != 1 {
		t.Errorf("%+v, want 0 to 1", few)
	}
}

// TestLimitsFollowTheSize: a sample four times as large has limits half as wide.
func TestLimitsFollowTheSize(t *testing.T) {
	fit, _ := spc.FitProportion(cans())
	for name, limits := range map[string]func(int64) (spc.Limits, bool){"p": fit.P, "p'": fit.PPrime, "chosen": fit.Limits} {
		small, _ := limits(500)
		large, _ := limits(2000)
		near(t, name, (small.Upper-small.Centre)/(large.Upper-large.Centre), 2, 1e-9)
	}
}

func TestRules(t *testing.T) {
	for _, tt := range []struct {
		name string
		z    []float64
		want map[int][]spc.Rule // by point
	}{
		{"in control", []float64{0.5, -1.2, 1.9, -0.3, 2.1, -2.5, 0}, nil},
		{"beyond three sigma", []float64{0, 3.01, 0, -3.01, 0, 3, 0, 0, -3}, map[int][]spc.Rule{1: {spc.Beyond3Sigma}, 3: {spc.Beyond3Sigma}}},
		{"two of three", []float64{2.1, 0, 2.2, 0, 0, 2.3, 2.4}, map[int][]spc.Rule{2: {spc.TwoOfThree}, 6: {spc.TwoOfThree}}},
		{"two of three on two sides", []float64{2.1, -2.2, 0}, nil},
		{"two of four", []float64{2.1, 0, 0, 2.2}, nil},
		{"four of five", []float64{-1.1, -1.2, 0.5, -1.3, -1.4, -0.9}, map[int][]spc.Rule{4: {spc.FourOfFive}}},
		{"four of six", []float64{1.1, 1.2, 0, 0, 1.3, 1.4}, nil},
		{"eight in a row", []float64{0.1, 0.2, 0.1, 0.3, 0.1, 0.2, 0.9, 0.1, 0.1}, map[int][]spc.Rule{7: {spc.EightInARow}, 8: {spc.EightInARow}}},
		{"seven in a row", []float64{0.1, 0.2, 0.1, 0.3, 0.1, 0.2, 0.9, -0.1, 0.1}, nil},
		{"a point on the centre ends a run", []float64{0.1, 0.2, 0.1, 0.3, 0, 0.1, 0.2, 0.9, 0.1}, nil},
		{"several at once", []float64{1.5, 1.5, 1.5, 2.5, 3.5}, map[int][]spc.Rule{3: {spc.FourOfFive}, 4: {spc.Beyond3Sigma, spc.TwoOfThree, spc.FourOfFive}}},
		{"a point within completes nothing", []float64{2.1, 2.2, 0}, map[int][]spc.Rule{1: {spc.TwoOfThree}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := map[int][]spc.Rule{}
			for i, rules := range spc.Broken(tt.z) {
				if rules != nil {
					got[i] = rules
				}
			}
			if len(got)+len(tt.want) > 0 && !cmp.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestCapability(t *testing.T) {
	lower, upper := 46., 55.
	show := func(v *float64) string {
		if v == nil {
			return "nil"
		}
		return fmt.Sprintf("%.4f", *v)
	}
	// Mean 50.81, MR-bar/1.128 1.664697, standard deviation with n-1 2.033852.
	for _, tt := range []struct {
		name string
		x    []float64
		spec spc.Spec
		want []string // Cp, Cpk, Pp, Ppk
	}{
		{"both limits", individualsNIST, spc.Spec{Lower: &lower, Upper: &upper}, []string{"0.9011", "0.8390", "0.7375", "0.6867"}},
		{"upper limit only", individualsNIST, spc.Spec{Upper: &upper}, []string{"nil", "0.8390", "nil", "0.6867"}},
		{"lower limit only", individualsNIST, spc.Spec{Lower: &lower}, []string{"nil", "0.9631", "nil", "0.7883"}},
		{"no limit", individualsNIST, spc.Spec{}, []string{"nil", "nil", "nil", "nil"}},
		{"mean beyond the limit", []float64{56, 57, 56, 57}, spc.Spec{Upper: &upper}, []string{"nil", "-0.5640", "nil", "-0.8660"}},
		{"no variation", []float64{50, 50, 50}, spc.Spec{Lower: &lower, Upper: &upper}, []string{"nil", "nil", "nil", "nil"}},
		{"one value", []float64{50}, spc.Spec{Lower: &lower, Upper: &upper}, []string{"nil", "nil", "nil", "nil"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := spc.CapabilityOf(tt.x, tt.spec)
			if got := []string{show(c.Cp), show(c.Cpk), show(c.Pp), show(c.Ppk)}; !slices.Equal(got, tt.want) {
				t.Errorf("Cp, Cpk, Pp, Ppk %v, want %v", got, tt.want)
			}
			if c.Points != len(tt.x) || (c.Mean == nil) != (len(tt.x) < 2) {
				t.Errorf("%d points, mean %s", c.Points, show(c.Mean))
			}
		})
	}
}

func TestPareto(t *testing.T) {
	got := spc.Pareto(map[string]int64{"edge": 25, "height": 50, "": 25, "crack": 0, "late": -3})
	want := []spc.Cause{
		{Reason: "height", Units: 50, Share: 0.5, Cumulative: 0.5},
		{Reason: "", Units: 25, Share: 0.25, Cumulative: 0.75},
		{Reason: "edge", Units: 25, Share: 0.25, Cumulative: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := spc.Pareto(map[string]int64{"crack": 0}); got != nil {
		t.Errorf("of no scrap: %v", got)
	}
}
