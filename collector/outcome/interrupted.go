package outcome

import "math"

// Interruption is what changed in a series at one moment, trend and covariates taken into account.
type Interruption struct {
	Level Estimate // the step at that moment
	Slope Estimate // the change of the trend, a period
	Trend Estimate // before, a period
}

// Interrupted fits y(t) = b₀ + b₁t + b₂D + b₃(t-T)D + covariates, D being 1 from the period T on (Wagner and others 2002),
// with the standard errors of Newey and West, or those of independent errors over √((1-ρ)/(1+ρ)) where these are wider:
// with few periods the first are too small. A line that was getting better anyway shows in the trend, not as a gain.
// Covariates, such as output or the day of the week, may be nil, and hold no constant.
func Interrupted(y []float64, covariates [][]float64, at int) (Interruption, error) {
	fit, err := Regress(interrupted(len(y), covariates, at), y)
	if err != nil {
		return Interruption{}, err
	}
	return fit.interruption(), nil
}

// InterruptedCounts is the same for counts out of an exposure, such as rejects out of units: log E(y) = log(exposure) + b₀ +
// b₁t + b₂D + b₃(t-T)D + covariates (Bernal, Cummins and Gasparrini 2017). All estimates are on the logarithm's scale: a level
// of 0.1 is a rate e^0.1 times as high. Counts may scatter more than independent ones, which widens the errors.
func InterruptedCounts(y, exposure []float64, covariates [][]float64, at int) (Interruption, error) {
	fit, err := RegressCounts(interrupted(len(y), covariates, at), y, exposure)
	if err != nil {
		return Interruption{}, err
	}
	return fit.interruption(), nil
}

// Season gives covariates that come again every so many periods, as pairs of sine and cosine, one pair a harmonic.
func Season(periods int, every float64, harmonics int) [][]float64 {
	rows := make([][]float64, periods)
	for t := range rows {
		for k := 1; k <= harmonics; k++ {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) * float64(t) / every)
			rows[t] = append(rows[t], sin, cos)
		}
	}
	return rows
}

// interrupted is the design of both.
func interrupted(n int, covariates [][]float64, at int) [][]float64 {
	rows := make([][]float64, n)
	for t := range rows {
		rows[t] = []float64{1, float64(t - at), 0, 0}
		if t >= at {
			rows[t][2], rows[t][3] = 1, float64(t-at)
		}
		if covariates != nil {
			rows[t] = append(rows[t], covariates[t]...)
		}
	}
	return rows
}

func (r Regression) interruption() Interruption {
	worth := 1.
	if rho, ok := Autocorrelation(r.Residuals); ok {
		worth = Effective(1, rho)
	}
	robust := r.NeweyWest(Lags(len(r.Residuals)))
	for i := range r.SE {
		r.SE[i] = max(r.SE[i]/math.Sqrt(worth), robust.SE[i])
	}
	return Interruption{Trend: r.Coefficient(1), Level: r.Coefficient(2), Slope: r.Coefficient(3)}
}
