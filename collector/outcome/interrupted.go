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
	rows := make([][]float64, len(y))
	for t := range y {
		rows[t] = []float64{1, float64(t - at), 0, 0}
		if t >= at {
			rows[t][2], rows[t][3] = 1, float64(t-at)
		}
		if covariates != nil {
			rows[t] = append(rows[t], covariates[t]...)
		}
	}
	fit, err := Regress(rows, y)
	if err != nil {
		return Interruption{}, err
	}
	worth := 1.
	if rho, ok := Autocorrelation(fit.Residuals); ok {
		worth = Effective(1, rho)
	}
	robust := fit.NeweyWest(Lags(len(y)))
	for i := range fit.SE {
		fit.SE[i] = max(fit.SE[i]/math.Sqrt(worth), robust.SE[i])
	}
	return Interruption{Trend: fit.Coefficient(1), Level: fit.Coefficient(2), Slope: fit.Coefficient(3)}, nil
}
