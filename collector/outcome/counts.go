package outcome

import (
	"errors"
	"math"
	"slices"
)

// CountRegression is a log-linear regression of counts, log E(y) = log(exposure) + x·b. Its embedded fit is the weighted one of
// the last round: Residuals are Pearson's, SE those of quasi-Poisson, √φ wider than Poisson's where counts scatter more.
type CountRegression struct {
	Regression
	Deviance   float64 // 2Σ(y·log(y/μ) - (y - μ))
	Dispersion float64 // φ = Σ(y - μ)²/μ / (n - p); 1 for independent events
}

// What a regression of counts can be refused for.
var (
	ErrNoCounts   = errors.New("counts have to be 0 or more, some of them above 0, and exposures above 0")
	ErrNoSolution = errors.New("no coefficients fit the counts: one column tells all counts of 0 from the others")
)

const (
	countRounds = 50    // each doubles the digits; what has not settled by then has no finite answer
	settled     = 1e-12 // change of the deviance, in parts of it
	none        = 1e-8  // a mean below it has gone on its way to 0
)

// RegressCounts fits by iteratively reweighted least squares (Nelder and Wedderburn 1972; McCullagh and Nelder, Generalized
// Linear Models, 2nd ed., 2.5). exposure is what a count is out of, such as hours or units; nil: the same for all. Where counts
// scatter less than independent events do, SE are Poisson's all the same: luck is no precision.
func RegressCounts(x [][]float64, y, exposure []float64) (CountRegression, error) {
	offset, err := offsets(y, exposure)
	if err != nil {
		return CountRegression{}, err
	}
	mu := make([]float64, len(y))
	for i, v := range y {
		mu[i] = v + .1 // as R's glm begins
	}
	last := math.Inf(1)
	for range countRounds {
		fit, err := Regress(weighted(x, y, offset, mu))
		if err != nil {
			return CountRegression{}, err
		}
		c := CountRegression{Regression: fit, Dispersion: fit.Sigma * fit.Sigma}
		for i := range y {
			mu[i] = math.Exp(offset[i] + fit.Predict(x[i]))
			c.Deviance += 2 * (mu[i] - y[i])
			if y[i] > 0 {
				c.Deviance += 2 * y[i] * math.Log(y[i]/mu[i])
			}
		}
		if math.Abs(last-c.Deviance) <= settled*(c.Deviance+.1) {
			if slices.Min(mu) < none {
				return CountRegression{}, ErrNoSolution
			}
			for i := range c.SE {
				c.SE[i] /= min(c.Sigma, 1)
			}
			return c, nil
		}
		last = c.Deviance
	}
	return CountRegression{}, ErrNoSolution
}

// offsets are the logarithms of the exposures.
func offsets(y, exposure []float64) ([]float64, error) {
	all := make([]float64, len(y))
	for i, v := range y {
		if exposure != nil {
			all[i] = math.Log(exposure[i])
		}
		if !(v >= 0) || math.IsInf(v, 0) || math.IsNaN(all[i]) || math.IsInf(all[i], 0) {
			return nil, ErrNoCounts
		}
	}
	if !(sum(y) > 0) {
		return nil, ErrNoCounts
	}
	return all, nil
}

// weighted is one round: the working response with the weights that the last means give.
func weighted(x [][]float64, y, offset, mu []float64) (rows [][]float64, response []float64) {
	for i, row := range x {
		w := math.Sqrt(mu[i])
		scaled := make([]float64, len(row))
		for j, v := range row {
			scaled[j] = w * v
		}
		rows = append(rows, scaled)
		response = append(response, w*(math.Log(mu[i])-offset[i]+(y[i]-mu[i])/mu[i]))
	}
	return rows, response
}
