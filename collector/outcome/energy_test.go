package outcome_test

import (
	"encoding/csv"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
)

// steel is a plant's use by day in 2018, with the days of the week but Sunday as covariates.
func steel(t *testing.T) (before, after []outcome.Use) {
	t.Helper()
	file, err := os.Open("testdata/steel-daily.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	days := csv.NewReader(file)
	days.Comment = '#'
	records, err := days.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	total := 0.
	for _, r := range records[1:] {
		day, dayErr := time.Parse(time.DateOnly, r[0])
		kWh, err := strconv.ParseFloat(r[1], 64)
		if err := errors.Join(dayErr, err); err != nil {
			t.Fatal(err)
		}
		total += kWh
		u := outcome.Use{Energy: kWh, Covariates: make([]float64, 6)}
		if w := day.Weekday(); w > 0 {
			u.Covariates[w-1] = 1
		}
		if day.Month() <= 6 {
			before = append(before, u)
		} else {
			after = append(after, u)
		}
	}
	near(t, "kWh of the year", total, 959636.71, .005)
	return before, after
}

// TestSteelPlantSavedNothing: a baseline on the day of the week alone "saves" 16.65 % ± 12.26 points, though nothing is
// known to have been done.
func TestSteelPlantSavedNothing(t *testing.T) {
	before, after := steel(t)
	s, err := outcome.Energy{Before: before, After: after, Confidence: .90}.Savings()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "saved", s.Saved, .1665, 5e-5)
	near(t, "uncertainty", s.Within, .1226, 5e-5)
	if s.Saved-s.Within <= 0 {
		t.Error("the naive interval should lie over 0; then this is no control")
	}
	if s.Proven() {
		t.Fatal("proven")
	}
	said := map[string]bool{}
	for _, m := range s.Failed {
		said[m.Key()] = true
	}
	for _, want := range []string{"study.no_production", "study.poor_fit"} {
		if !said[want] {
			t.Errorf("it does not fail by %s: %v", want, s.Failed)
		}
	}
	t.Logf("CV(RMSE) %.3f, step %.0f ± %.0f kWh, %v", s.CVRMSE, s.Step.Value, s.Step.SE, s.Failed)
}

// plant makes days of a plant that uses 500 kWh and 2 for each of some 1,000 units, less what it saves from day 120 on.
func plant(saved float64, random *rand.Rand) (before, after []outcome.Use) {
	for day := range 240 {
		made := 1000 + 150*random.NormFloat64()
		used := 500 + 2*made + 40*random.NormFloat64()
		if day >= 120 {
			after = append(after, outcome.Use{Energy: used * (1 - saved), Covariates: []float64{made}})
			continue
		}
		before = append(before, outcome.Use{Energy: used, Covariates: []float64{made}})
	}
	return before, after
}

func TestSavingsAreProven(t *testing.T) {
	before, after := plant(.10, rand.New(rand.NewPCG(3, 4)))
	s, err := outcome.Energy{Before: before, After: after, Production: true, Confidence: .90}.Savings()
	if err != nil || !s.Proven() {
		t.Fatalf("%+v, %v", s, err)
	}
	near(t, "saved", s.Saved, .10, s.Within)
	none, _ := plant(0, rand.New(rand.NewPCG(5, 6)))
	s, err = outcome.Energy{Before: none[:60], After: none[60:], Production: true, Confidence: .90}.Savings()
	if err != nil || s.Proven() {
		t.Errorf("nothing was saved: %+v, %v", s, err)
	}
	if _, err := (outcome.Energy{Before: before[:2], After: after, Confidence: .9}).Savings(); !errors.Is(err, outcome.ErrFewRows) {
		t.Errorf("a baseline of two days: %v", err)
	}
}

// TestInterrupted recovers a series without noise, and does not take a trend for a gain.
func TestInterrupted(t *testing.T) {
	var y []float64
	for i := range 40 {
		v := 100 + .5*float64(i)
		if i >= 20 {
			v += 8 - .25*float64(i-20)
		}
		y = append(y, v)
	}
	got, err := outcome.Interrupted(y, nil, 20)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "trend", got.Trend.Value, .5, 1e-10)
	near(t, "step", got.Level.Value, 8, 1e-10)
	near(t, "change of trend", got.Slope.Value, -.25, 1e-10)
}

// TestTrendIsNoGain: a steady rise, with shifts that correlate, is seldom taken for a step, and is seen as what it is.
func TestTrendIsNoGain(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	y := make([]float64, 120)
	steps, trends, rounds := 0, 0, 500
	for range rounds {
		noise := random.NormFloat64()
		for i := range y {
			noise = .3*noise + math.Sqrt(1-.3*.3)*random.NormFloat64()
			y[i] = 100 + .1*float64(i) + noise
		}
		got, err := outcome.Interrupted(y, nil, 60)
		if err != nil {
			t.Fatal(err)
		}
		if p, ok := got.Level.PValue(0); !ok || p < .05 {
			steps++
		}
		if p, _ := got.Trend.PValue(0); p < .05 {
			trends++
		}
	}
	if steps > rounds/10 || trends < rounds*9/10 {
		t.Errorf("of %d steady rises %d are taken for a step, %d for a trend", rounds, steps, trends)
	}
}

// TestNeweyWest by hand: of 1, 2, 4, 3 about their mean, with one lag of weight 1/2.
func TestNeweyWest(t *testing.T) {
	fit, err := outcome.Regress([][]float64{{1}, {1}, {1}, {1}}, []float64{1, 2, 4, 3})
	if err != nil {
		t.Fatal(err)
	}
	// residuals -1.5 -.5 1.5 .5: Σe² = 5, Σe(t)e(t-1) = .75 - .75 + .75
	near(t, "standard error", fit.NeweyWest(1).SE[0], math.Sqrt((5+.75)/16*4/3), 1e-12)
	near(t, "without lags", fit.NeweyWest(0).SE[0], fit.SE[0], 1e-12)
}
