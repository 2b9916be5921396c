package spc

import "math"

// Spec is between which values a product is as specified; nil: there is no such limit.
type Spec struct {
	Lower *float64 `json:"lower"`
	Upper *float64 `json:"upper"`
}

// Capability compares what a process does with its specification. Indices without unit; 1 means that three
// standard deviations fit, over 1.33 is usually asked for. Null means undefined, never 0.
type Capability struct {
	Spec
	Points       int      `json:"points"`
	Mean         *float64 `json:"mean"`
	WithinSigma  *float64 `json:"within_sigma" doc:"mean moving range / 1.128: from one point to the next"`
	OverallSigma *float64 `json:"overall_sigma" doc:"standard deviation of all points, with n-1"`
	Cp           *float64 `json:"cp" doc:"(upper - lower) / (6 within sigma); null with one limit only"`
	Cpk          *float64 `json:"cpk" doc:"distance of the mean to the nearer limit / (3 within sigma)"`
	Pp           *float64 `json:"pp" doc:"(upper - lower) / (6 overall sigma); null with one limit only"`
	Ppk          *float64 `json:"ppk" doc:"distance of the mean to the nearer limit / (3 overall sigma)"`
}

// CapabilityOf measures values in order of time. Within sigma is MR-bar/1.128, overall sigma
// √(Σ(x - mean)²/(n-1)); Cp = (U - L)/6σ, Cpk = min(U - mean, mean - L)/3σ, of the limits that there are
// (NIST 6.1.6), and Pp, Ppk are the same with overall sigma (Montgomery 8.3). With fewer than two values, no
// limit, or no variation, what depends on it is nil.
func CapabilityOf(x []float64, spec Spec) Capability {
	c := Capability{Spec: spec, Points: len(x)}
	fit, ok := FitIndividuals(x)
	if !ok {
		return c
	}
	var squares float64
	for _, v := range x {
		squares += (v - fit.Mean) * (v - fit.Mean)
	}
	within, overall := fit.Sigma(), math.Sqrt(squares/float64(len(x)-1))
	if !finite(overall) {
		return c
	}
	c.Mean, c.WithinSigma, c.OverallSigma = &fit.Mean, &within, &overall
	c.Cp, c.Cpk = spec.indices(fit.Mean, within)
	c.Pp, c.Ppk = spec.indices(fit.Mean, overall)
	return c
}

// indices gives the width of the specification and the distance to its nearer limit, in six and three sigma.
func (s Spec) indices(mean, sigma float64) (width, nearer *float64) {
	if sigma == 0 {
		return nil, nil
	}
	index := func(distance, sigmas float64) *float64 {
		if i := distance / (sigmas * sigma); finite(i) {
			return &i
		}
		return nil
	}
	switch {
	case s.Lower != nil && s.Upper != nil:
		return index(*s.Upper-*s.Lower, 6), index(min(*s.Upper-mean, mean-*s.Lower), 3)
	case s.Upper != nil:
		return nil, index(*s.Upper-mean, 3)
	case s.Lower != nil:
		return nil, index(mean-*s.Lower, 3)
	}
	return nil, nil
}
