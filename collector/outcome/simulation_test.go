package outcome_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/lineproof/lineproof/collector/outcome"
)

// line is a line whose truth is known: shifts of about 1,000 units with a share of good ones that wanders.
type line struct {
	good  float64 // true share
	rho   float64 // correlation between shifts
	times float64 // over-dispersion: variance in that of independent units
}

// shifts runs the line.
func (l line) shifts(n int, random *rand.Rand) []outcome.Pair {
	pairs, state := make([]outcome.Pair, n), random.NormFloat64()
	for i := range pairs {
		if i > 0 {
			state = l.rho*state + math.Sqrt(1-l.rho*l.rho)*random.NormFloat64()
		}
		units := math.Round(1000 + 100*random.NormFloat64())
		sd := math.Sqrt(l.times * units * l.good * (1 - l.good))
		pairs[i] = outcome.Pair{Y: math.Round(units*l.good + sd*state), X: units}
	}
	return pairs
}

// runs of each simulation: enough to tell 95 % from 93 %.
func runs() int {
	if n, err := strconv.Atoi(os.Getenv("LINEPROOF_SIMULATE")); err == nil {
		return n
	}
	return 2000
}

// draws of the bootstrap: its noise would show with fewer.
const draws = 200

func TestIntervalsHoldTheTruth(t *testing.T) {
	for _, method := range []outcome.Method{outcome.Auto, outcome.NeweyWestMethod} {
		for _, rho := range []float64{0, .3, .6} {
			for _, times := range []float64{1, 4} {
				t.Run(fmt.Sprintf("%s, correlation %g, dispersion %g", method, rho, times), func(t *testing.T) {
					t.Parallel()
					random := rand.New(rand.NewPCG(7, uint64(rho*100+times*10)))
					var difference, relative int
					for i := range runs() {
						before, after := line{.90, rho, times}.shifts(40, random), line{.95, rho, times}.shifts(40, random)
						_, b, a, ok := outcome.Estimates(before, after, method, draws, uint64(i))
						if !ok {
							t.Fatal("no estimate")
						}
						if w := outcome.Difference(b, a).Interval(.95); w.Low <= .05 && .05 <= w.High {
							difference++
						}
						if _, w, _, _ := outcome.RelativeChange(b, a, .95); w.Low <= .05/.90 && .05/.90 <= w.High {
							relative++
						}
					}
					for what, held := range map[string]int{"difference": difference, "relative change": relative} {
						if share := float64(held) / float64(runs()); !(share >= .93 && share <= .97) {
							t.Errorf("%s: 95 %% intervals hold the truth in %.2f %% of runs", what, 100*share)
						}
					}
				})
			}
		}
	}
}

// TestCorrelationMatters: the interval that takes shifts for independent does not hold what it promises where they are
// not, so the test above can fail.
func TestCorrelationMatters(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	held := 0
	for range runs() {
		_, b, a, _ := outcome.Estimates(line{.90, .6, 1}.shifts(40, random), line{.95, .6, 1}.shifts(40, random), outcome.ClusterRatio, draws, 1)
		if w := outcome.Difference(b, a).Interval(.95); w.Low <= .05 && .05 <= w.High {
			held++
		}
	}
	if share := float64(held) / float64(runs()); share > .80 {
		t.Errorf("%.2f of intervals hold the truth", share)
	}
}

// TestNoGainIsNotFound, and one of ten per cent is: output of good units in an hour, which varies by 12 % from shift to
// shift.
func TestNoGainIsNotFound(t *testing.T) {
	output := func(n int, level, rho float64, random *rand.Rand) []outcome.Pair {
		pairs, state := make([]outcome.Pair, n), random.NormFloat64()
		for i := range pairs {
			state = rho*state + math.Sqrt(1-rho*rho)*random.NormFloat64()
			pairs[i] = outcome.Pair{Y: 8 * level * (1 + .12*state), X: 8}
		}
		return pairs
	}
	found := func(t *testing.T, gain, rho float64, n int) float64 {
		random := rand.New(rand.NewPCG(11, uint64(rho*100)))
		achieved := 0
		for i := range runs() {
			_, b, a, _ := outcome.Estimates(output(n, 100, rho, random), output(n, 100*(1+gain), rho, random), outcome.Auto, draws, uint64(i))
			if _, w, _, ok := outcome.RelativeChange(b, a, .95); ok && w.Low > 0 {
				achieved++
			}
		}
		return float64(achieved) / float64(runs())
	}
	for _, rho := range []float64{0, .3, .6} {
		t.Run(fmt.Sprintf("correlation %g", rho), func(t *testing.T) {
			t.Parallel()
			if share := found(t, 0, rho, 40); share >= .05 {
				t.Errorf("without a gain %.2f %% of runs find one", 100*share)
			}
			n, ok := outcome.Aim{Distance: math.Log(1.1), Spread: .12, Rho: rho, Sides: 2, Power: .80, Confidence: .95}.Shifts()
			if !ok {
				t.Fatal("no plan")
			}
			if share := found(t, .10, rho, n); !(share >= .74 && share <= .86) { // auto now and then allows for a correlation that there is not
				t.Errorf("a gain of 10 %% is found in %.2f %% of runs of %d shifts, and 80 %% were wanted", 100*share, n)
			}
		})
	}
}
