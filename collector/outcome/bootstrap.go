package outcome

import (
	"math"
	"math/rand/v2"
)

// Draws is how often the bootstrap draws; its standard error is then known to about 2 %.
const Draws = 2000

// BlockBootstrap estimates R = Σy/Σx of clusters in order of time whose neighbours correlate by rho: residuals are
// whitened, blocks of what remains drawn from a circle, and coloured again (post-blackening: Davison and Hinkley 1997,
// 8.2.3; circular blocks: Politis and Romano 1992). Blocks alone, as short as few shifts force them to be, would miss
// much of the correlation. The seed makes it the same every time. Not ok as Ratio.
func BlockBootstrap(pairs []Pair, rho float64, draws int, seed uint64) (Estimate, bool) {
	r, x, ok := ratioOf(pairs)
	k := float64(len(pairs))
	if !ok || k < 2 || draws < 2 {
		return Estimate{}, false
	}
	rho = min(max(rho, 0), mostCorrelated)
	u := innovations(residuals(pairs, r), rho)
	length := BlockLength(u)
	random := rand.New(rand.NewPCG(seed, seed))
	var total, squares float64
	for range draws {
		s := coloured(u, length, rho, random)
		total += s
		squares += s * s
	}
	n := float64(draws)
	variance := max(0, (squares-total*total/n)/(n-1))
	return correlated(r, x, math.Sqrt(variance*k/(k-1)), k, rho), true
}

// coloured is the sum of a series made of blocks of u, each from the one before.
func coloured(u []float64, length int, rho float64, random *rand.Rand) (s float64) {
	e := 0.
	for t := 0; t < len(u); {
		from := random.IntN(len(u))
		for j := 0; j < length && t < len(u); j, t = j+1, t+1 {
			drawn := u[(from+j)%len(u)]
			if e = rho*e + drawn; t == 0 {
				e = drawn / math.Sqrt(1-rho*rho)
			}
			s += e
		}
	}
	return s
}

// BlockLength chooses the length of circular blocks by the data (Politis and White 2004, with the correction of Patton,
// Politis and White 2009): b = (2G²/D)^⅓ n^⅓ with D = 4/3·g(0)², g and G from a flat-top window that ends at twice the
// lag from which on the correlations are nothing but noise.
func BlockLength(u []float64) int {
	n := float64(len(u))
	most := int(math.Ceil(min(3*math.Sqrt(n), n/3)))
	quiet := max(5, int(math.Sqrt(math.Log10(n))))
	c := autocovariances(u, most+quiet)
	if len(u) < 8 || !(c[0] > 0) {
		return 1
	}
	window := 2 * lastSignal(c, most, quiet, 2*math.Sqrt(math.Log10(n)/n))
	g0, g := c[0], 0.
	for lag := 1; lag <= window && lag < len(c); lag++ {
		weight := min(1, 2*(1-float64(lag)/float64(window)))
		g0 += 2 * weight * c[lag]
		g += 2 * weight * float64(lag) * c[lag]
	}
	if g0 == 0 {
		return 1
	}
	b := math.Cbrt(2 * g * g / (4. / 3 * g0 * g0) * n)
	return min(max(int(math.Round(b)), 1), most)
}

// lastSignal is the lag after which so many correlations in a row lie within the noise.
func lastSignal(c []float64, most, quiet int, noise float64) int {
	run := 0
	for lag := 1; lag < len(c); lag++ {
		if run++; math.Abs(c[lag]/c[0]) >= noise {
			run = 0
		}
		if run == quiet {
			return lag - quiet
		}
	}
	return most
}
