package outcome_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/lineproof/lineproof/collector/outcome"
)

// TestCountsOfDobson is the example of R's glm, from Dobson (1990), An Introduction to Generalized Linear Models, p. 93:
// counts by three outcomes and three treatments. Its answers are those that R prints.
func TestCountsOfDobson(t *testing.T) {
	counts := []float64{18, 17, 15, 20, 10, 20, 25, 13, 12}
	var x [][]float64
	for i := range counts {
		row := make([]float64, 5)
		row[0] = 1
		if outcome := i % 3; outcome > 0 {
			row[outcome] = 1
		}
		if treatment := i / 3; treatment > 0 {
			row[2+treatment] = 1
		}
		x = append(x, row)
	}
	fit, err := outcome.RegressCounts(x, counts, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][2]float64{{3.044522, .1708987}, {-.4542553, .2021708}, {-.2929871, .1927423}, {0, .2}, {0, .2}} {
		near(t, "coefficient", fit.Beta[i], want[0], 5e-7)
		poisson := fit.SE[i] / max(math.Sqrt(fit.Dispersion), 1)
		near(t, "its error", poisson, want[1], 5e-7)
	}
	near(t, "deviance", fit.Deviance, 5.129141, 5e-7)
	near(t, "dispersion", fit.Dispersion, 5.1732/4, 5e-5)

	exposure := make([]float64, len(counts))
	for i := range exposure {
		exposure[i] = 10
	}
	rate, err := outcome.RegressCounts(x, counts, exposure)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "constant of the rate", rate.Beta[0], fit.Beta[0]-math.Ln10, 1e-9)
	near(t, "the rest", rate.Beta[1], fit.Beta[1], 1e-9)
}

func TestCountsThatCannotBeFitted(t *testing.T) {
	one := [][]float64{{1, 0}, {1, 0}, {1, 1}, {1, 1}}
	for _, tt := range []struct {
		name        string
		y, exposure []float64
		want        error
	}{
		{"a count below 0", []float64{1, -1, 2, 3}, nil, outcome.ErrNoCounts},
		{"nothing was counted", []float64{0, 0, 0, 0}, nil, outcome.ErrNoCounts},
		{"out of nothing", []float64{1, 2, 2, 3}, []float64{1, 1, 0, 1}, outcome.ErrNoCounts},
		{"none at all after", []float64{1, 2, 0, 0}, nil, outcome.ErrNoSolution},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := outcome.RegressCounts(one, tt.y, tt.exposure); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// TestInterruptedCounts: rejects with a trend, a season and more scatter than chance, out of outputs that differ. A fall by a
// quarter is found, and the intervals of the step hold the truth in 93 to 97 % of the series.
func TestInterruptedCounts(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	const periods, at, rounds = 120, 60, 600
	step := math.Log(.75)
	season := outcome.Season(periods, 12, 1)
	held, found := 0, 0
	for range rounds {
		y, units := make([]float64, periods), make([]float64, periods)
		for i := range y {
			units[i] = 4000 + 2000*random.Float64()
			rate := math.Log(.03) - .001*float64(i-at) + .2*season[i][0] - .1*season[i][1]
			if i >= at {
				rate += step
			}
			scatter := distuv.Gamma{Alpha: 80, Beta: 80, Src: random}.Rand() // variance 1/80: counts of 150 scatter almost three times as much
			y[i] = distuv.Poisson{Lambda: units[i] * math.Exp(rate) * scatter, Src: random}.Rand()
		}
		got, err := outcome.InterruptedCounts(y, units, season, at)
		if err != nil {
			t.Fatal(err)
		}
		within := got.Level.Interval(.95)
		if within.Low <= step && step <= within.High {
			held++
		}
		if within.High < 0 {
			found++
		}
	}
	if share := float64(held) / rounds; share < .93 || share > .98 {
		t.Errorf("%.1f %% of the intervals hold the step", 100*share)
	}
	if share := float64(found) / rounds; share < .95 {
		t.Errorf("the fall was found in %.1f %% of the series", 100*share)
	}
}
