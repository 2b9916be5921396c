package outcome

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Lags is how many lags Newey and West's estimate takes in of n values: ⌊4(n/100)^(2/9)⌋ (Newey and West 1994).
func Lags(n int) int { return int(4 * math.Pow(float64(n)/100, 2./9)) }

// bartlett is the weight of a lag, falling to 0 behind the last one (Newey and West 1987).
func bartlett(lag, lags int) float64 { return 1 - float64(lag)/float64(lags+1) }

// NeweyWest estimates R = Σy/Σx of clusters in order of time whose neighbours correlate by rho: the long-run variance of
// whitened residuals, coloured again by 1/(1-ρ)² (Newey and West 1987; Andrews and Monahan 1992). Not ok as Ratio.
func NeweyWest(pairs []Pair, rho float64) (Estimate, bool) {
	r, x, ok := ratioOf(pairs)
	k := float64(len(pairs))
	lags := Lags(len(pairs))
	if !ok || k < float64(lags)+2 {
		return Estimate{}, false
	}
	rho = min(max(rho, 0), mostCorrelated)
	c := autocovariances(innovations(residuals(pairs, r), rho), lags)
	long := c[0]
	for lag := 1; lag < len(c); lag++ {
		long += 2 * bartlett(lag, lags) * c[lag]
	}
	long *= k / (k - float64(lags) - 1) // what taking the mean off hides from so many lags
	sd := math.Sqrt(max(0, k*long)) / (1 - rho)
	return correlated(r, x, sd, k, rho), true
}

// NeweyWest gives the fit standard errors that hold where residuals in order of time correlate and vary unequally:
// (XᵀX)⁻¹ S (XᵀX)⁻¹ n/(n-p), S the weighted sum of x(t)e(t)e(s)x(s)ᵀ of all pairs up to so many lags apart.
func (r Regression) NeweyWest(lags int) Regression {
	n, p := r.design.Dims()
	scores := mat.NewDense(n, p, nil)
	scores.Apply(func(i, _ int, v float64) float64 { return v * r.Residuals[i] }, r.design)
	long := mat.NewDense(p, p, nil)
	for lag := 0; lag <= lags && lag < n; lag++ {
		var cross mat.Dense
		cross.Mul(scores.Slice(lag, n, 0, p).T(), scores.Slice(0, n-lag, 0, p))
		cross.Scale(bartlett(lag, lags), &cross)
		long.Add(long, &cross)
		if lag > 0 {
			long.Add(long, cross.T())
		}
	}
	var half, covariance mat.Dense
	half.Mul(r.inverse, long)
	covariance.Mul(&half, r.inverse)
	r.SE = make([]float64, p)
	for i := range r.SE {
		r.SE[i] = math.Sqrt(max(0, covariance.At(i, i)) * float64(n) / r.DF)
	}
	return r
}
