package outcome

// Method is how the standard error of a side is found.
type Method string

// The methods. Auto takes ClusterRatio where shifts do not correlate, and Block where they do.
const (
	Auto            Method = "auto"
	ClusterRatio    Method = "cluster-ratio"
	Block           Method = "block-bootstrap"
	NeweyWestMethod Method = "newey-west"
)

// Baseline is the method of metrics that have a baseline, and of no other: nobody chooses it.
const Baseline Method = "baseline"

// Methods there are.
var Methods = []Method{Auto, ClusterRatio, Block, NeweyWestMethod}

// correlates is from what correlation on Auto takes shifts for correlated. It is low on purpose: a correlation of 0.2
// that is overlooked costs more than one that is not there and allowed for.
const correlates = .1

// Estimates are those of both sides by a method; chosen is the one that Auto came to. Clusters are in order of time. One
// side may be empty, which leaves its estimate zero. Not ok where a side cannot be estimated.
func Estimates(before, after []Pair, method Method, draws int, seed uint64) (chosen Method, b, a Estimate, ok bool) {
	rho, _ := Correlation(before, after)
	if chosen = method; method == Auto {
		if chosen = ClusterRatio; rho > correlates {
			chosen = Block
		}
	}
	b, okBefore := estimate(before, chosen, rho, draws, seed)
	a, okAfter := estimate(after, chosen, rho, draws, seed+1)
	return chosen, b, a, (okBefore || len(before) == 0) && okAfter
}

// Correlation is the autocorrelation of both sides' residuals, each in units of its mean.
func Correlation(sides ...[]Pair) (float64, bool) {
	var periods [][]float64
	for _, pairs := range sides {
		r, x, ok := ratioOf(pairs)
		if !ok || r == 0 {
			continue
		}
		e := residuals(pairs, r)
		for i := range e {
			e[i] /= r * x
		}
		periods = append(periods, e)
	}
	if len(periods) == 0 {
		return 0, false
	}
	return Autocorrelation(periods...)
}

func estimate(pairs []Pair, method Method, rho float64, draws int, seed uint64) (Estimate, bool) {
	switch method {
	case Block:
		return BlockBootstrap(pairs, rho, draws, seed)
	case NeweyWestMethod:
		return NeweyWest(pairs, rho)
	}
	return Ratio(pairs)
}
