package outcome

import "math"

// mostCorrelated bounds what a correlation is taken for: nearer to 1, shifts say next to nothing.
const mostCorrelated = .95

// Autocorrelation is the correlation ρ of each shift with the next, of one or more periods taken together, each with a
// mean of its own taken off: Σ e(t)e(t-1) / Σ e(t)², less the bias -(1+4ρ)/n that taking the mean off brings in (Marriott
// and Pope 1954; Kendall 1954), n the mean length of a period. Not ok where nothing varies, or with under 8 shifts.
func Autocorrelation(periods ...[]float64) (rho float64, ok bool) {
	var products, squares, n float64
	for _, e := range periods {
		m := mean(e)
		for t := range e {
			squares += (e[t] - m) * (e[t] - m)
			if t > 0 {
				products += (e[t] - m) * (e[t-1] - m)
			}
		}
		n += float64(len(e)) / float64(len(periods))
	}
	if !(squares > 0) || n < 8 {
		return 0, false
	}
	return min(max((products/squares+1/n)/(1-4/n), -mostCorrelated), mostCorrelated), true
}

// Effective is how many independent shifts n correlated ones are worth, n(1-ρ)/(1+ρ) (ASHRAE Guideline 14); a
// correlation under 0 makes them worth no more.
func Effective(n, rho float64) float64 {
	rho = max(rho, 0)
	return n * (1 - rho) / (1 + rho)
}

// Overdispersion is how many times more the shares y/x of clusters vary than shares of independent units would: Pearson's
// χ² / (k-1) (McCullagh and Nelder 4.5). 1 is as independent units do. Not ok unless 0 < Σy < Σx.
func Overdispersion(pairs []Pair) (float64, bool) {
	r, _, ok := ratioOf(pairs)
	if !ok || len(pairs) < 2 || !(r > 0 && r < 1) {
		return 0, false
	}
	var chi float64
	for _, p := range pairs {
		if p.X > 0 {
			chi += (p.Y - r*p.X) * (p.Y - r*p.X) / (p.X * r * (1 - r))
		}
	}
	return chi / float64(len(pairs)-1), true
}

// innovations take out of e what each owes to the one before, u(t) = e(t) - ρ·e(t-1), and their mean.
func innovations(e []float64, rho float64) []float64 {
	u := make([]float64, len(e))
	for t := range e {
		if u[t] = e[t] * math.Sqrt(1-rho*rho); t > 0 {
			u[t] = e[t] - rho*e[t-1]
		}
	}
	m := mean(u)
	for t := range u {
		u[t] -= m
	}
	return u
}

// autocovariances are those of lags 0 to most, Σ u(t)u(t-lag) / n.
func autocovariances(u []float64, most int) []float64 {
	c := make([]float64, min(most+1, len(u)))
	for lag := range c {
		for t := lag; t < len(u); t++ {
			c[lag] += u[t] * u[t-lag] / float64(len(u))
		}
	}
	return c
}

// correlated is the estimate of a ratio whose residuals have the sum's standard deviation, with the degrees of freedom
// that as many independent clusters would have.
func correlated(r, x, sd, k, rho float64) Estimate {
	return Estimate{Value: r, SE: sd / x, DF: max(Effective(k, rho)-1, 1)}
}
