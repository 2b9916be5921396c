package outcome_test

import (
	"errors"
	"math"
	"testing"

	"github.com/lineproof/lineproof/collector/outcome"
)

// digits are the significant digits in which two figures agree, as NIST's StRD counts them.
func digits(got, want float64) float64 {
	if got == want {
		return 16
	}
	if want == 0 {
		return -math.Log10(math.Abs(got))
	}
	return -math.Log10(math.Abs(got-want) / math.Abs(want))
}

func agree(t *testing.T, what string, got, want, least float64) {
	t.Helper()
	if !(digits(got, want) >= least) {
		t.Errorf("%s: %.15g, certified %.15g: %.1f digits, want %g", what, got, want, digits(got, want), least)
	}
}

// certified is a set of NIST's Statistical Reference Datasets for linear least squares.
type certified struct {
	x        [][]float64
	y        []float64
	beta, se []float64
	sigma    float64
	r2       float64
	least    float64 // digits
}

func (c certified) hold(t *testing.T) {
	t.Helper()
	fit, err := outcome.Regress(c.x, c.y)
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.beta {
		agree(t, "coefficient", fit.Beta[i], c.beta[i], c.least)
		if c.se[i] == 0 {
			if !(fit.SE[i] < 1e-9) {
				t.Errorf("standard error %d: %g, certified 0", i, fit.SE[i])
			}
			continue
		}
		agree(t, "standard error", fit.SE[i], c.se[i], c.least)
	}
	if c.sigma > 0 {
		agree(t, "residual standard deviation", fit.Sigma, c.sigma, c.least)
	}
	agree(t, "R²", fit.R2, c.r2, c.least)
}

// powers are rows of 1, x, x², ....
func powers(x []float64, degree int) (rows [][]float64) {
	for _, v := range x {
		row, p := make([]float64, degree+1), 1.
		for j := range row {
			row[j] = p
			p *= v
		}
		rows = append(rows, row)
	}
	return rows
}

func TestNorris(t *testing.T) {
	x := []float64{
		0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777.0, 558.2, 0.4, 0.6, 775.5, 666.9, 338.0, 447.5, 11.6,
		556.0, 228.1, 995.8, 887.6, 120.2, 0.3, 0.3, 556.8, 339.1, 887.2, 999.0, 779.0, 11.1, 118.3, 229.2, 669.1, 448.9, 0.5,
	}
	y := []float64{
		0.1, 338.8, 118.1, 888.0, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3, 0.1, 778.1, 668.8, 339.3, 448.9, 10.8,
		557.7, 228.3, 998.0, 888.8, 119.6, 0.3, 0.6, 557.6, 339.3, 888.0, 998.5, 778.9, 10.2, 117.6, 228.9, 668.4, 449.2, 0.2,
	}
	certified{
		x: powers(x, 1), y: y,
		beta: []float64{-0.262323073774029, 1.00211681802045}, se: []float64{0.232818234301152, 0.429796848199937e-03},
		sigma: 0.884796396144373, r2: 0.999993745883712, least: 12,
	}.hold(t)
}

func TestLongley(t *testing.T) {
	rows := [][]float64{
		{60323, 83.0, 234289, 2356, 1590, 107608, 1947}, {61122, 88.5, 259426, 2325, 1456, 108632, 1948},
		{60171, 88.2, 258054, 3682, 1616, 109773, 1949}, {61187, 89.5, 284599, 3351, 1650, 110929, 1950},
		{63221, 96.2, 328975, 2099, 3099, 112075, 1951}, {63639, 98.1, 346999, 1932, 3594, 113270, 1952},
		{64989, 99.0, 365385, 1870, 3547, 115094, 1953}, {63761, 100.0, 363112, 3578, 3350, 116219, 1954},
		{66019, 101.2, 397469, 2904, 3048, 117388, 1955}, {67857, 104.6, 419180, 2822, 2857, 118734, 1956},
		{68169, 108.4, 442769, 2936, 2798, 120445, 1957}, {66513, 110.8, 444546, 4681, 2637, 121950, 1958},
		{68655, 112.6, 482704, 3813, 2552, 123366, 1959}, {69564, 114.2, 502601, 3931, 2514, 125368, 1960},
		{69331, 115.7, 518173, 4806, 2572, 127852, 1961}, {70551, 116.9, 554894, 4007, 2827, 130081, 1962},
	}
	c := certified{
		beta: []float64{-3482258.63459582, 15.0618722713733, -0.358191792925910e-01, -2.02022980381683, -1.03322686717359, -0.511041056535807e-01, 1829.15146461355},
		se:   []float64{890420.383607373, 84.9149257747669, 0.334910077722432e-01, 0.488399681651699, 0.214274163161675, 0.226073200069370, 455.478499142212},
		r2:   0.995479004577296, sigma: 304.854073561965, least: 9,
	}
	for _, r := range rows {
		c.y = append(c.y, r[0])
		c.x = append(c.x, append([]float64{1}, r[1:]...))
	}
	c.hold(t)
}

func TestFilip(t *testing.T) {
	y := []float64{
		0.8116, 0.9072, 0.9052, 0.9039, 0.8053, 0.8377, 0.8667, 0.8809, 0.7975, 0.8162, 0.8515, 0.8766, 0.8885, 0.8859, 0.8959, 0.8913, 0.8959,
		0.8971, 0.9021, 0.909, 0.9139, 0.9199, 0.8692, 0.8872, 0.89, 0.891, 0.8977, 0.9035, 0.9078, 0.7675, 0.7705, 0.7713, 0.7736, 0.7775,
		0.7841, 0.7971, 0.8329, 0.8641, 0.8804, 0.7668, 0.7633, 0.7678, 0.7697, 0.77, 0.7749, 0.7796, 0.7897, 0.8131, 0.8498, 0.8741, 0.8061,
		0.846, 0.8751, 0.8856, 0.8919, 0.8934, 0.894, 0.8957, 0.9047, 0.9129, 0.9209, 0.9219, 0.7739, 0.7681, 0.7665, 0.7703, 0.7702, 0.7761,
		0.7809, 0.7961, 0.8253, 0.8602, 0.8809, 0.8301, 0.8664, 0.8834, 0.8898, 0.8964, 0.8963, 0.9074, 0.9119, 0.9228,
	}
	x := []float64{
		-6.860120914, -4.324130045, -4.358625055, -4.358426747, -6.955852379, -6.661145254, -6.355462942, -6.118102026, -7.115148017, -6.815308569,
		-6.519993057, -6.204119983, -5.853871964, -6.109523091, -5.79832982, -5.482672118, -5.171791386, -4.851705903, -4.517126416, -4.143573228,
		-3.709075441, -3.499489089, -6.300769497, -5.953504836, -5.642065153, -5.031376979, -4.680685696, -4.329846955, -3.928486195, -8.56735134,
		-8.363211311, -8.107682739, -7.823908741, -7.522878745, -7.218819279, -6.920818754, -6.628932138, -6.323946875, -5.991399828, -8.781464495,
		-8.663140179, -8.473531488, -8.247337057, -7.971428747, -7.676129393, -7.352812702, -7.072065318, -6.774174009, -6.478861916, -6.159517513,
		-6.835647144, -6.53165267, -6.224098421, -5.910094889, -5.598599459, -5.290645224, -4.974284616, -4.64454848, -4.290560426, -3.885055584,
		-3.408378962, -3.13200249, -8.726767166, -8.66695597, -8.511026475, -8.165388579, -7.886056648, -7.588043762, -7.283412422, -6.995678626,
		-6.691862621, -6.392544977, -6.067374056, -6.684029655, -6.378719832, -6.065855188, -5.752272167, -5.132414673, -4.811352704, -4.098269308,
		-3.66174277, -3.2644011,
	}
	certified{
		x: powers(x, 10), y: y,
		beta: []float64{
			-1467.48961422980, -2772.17959193342, -2316.37108160893, -1127.97394098372, -354.478233703349, -75.1242017393757, -10.8753180355343,
			-1.06221498588947, -0.670191154593408e-01, -0.246781078275479e-02, -0.402962525080404e-04,
		},
		se: []float64{
			298.084530995537, 559.779865474950, 466.477572127796, 227.204274477751, 71.6478660875927, 15.2897178747400, 2.23691159816033,
			0.221624321934227, 0.142363763154724e-01, 0.535617408889821e-03, 0.896632837373868e-05,
		},
		r2: 0.996727416185620, sigma: 0.334801051324544e-02, least: 7, // x to x¹⁰ in float64 are already a little off the polynomial
	}.hold(t)
}

// TestWampler: the sets are polynomials with coefficients of 1, the last three with a disturbance of rising size.
func TestWampler(t *testing.T) {
	disturbance := []float64{759, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 1838, -2048, 2048, -2048, 1838, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 759}
	ones, x := []float64{1, 1, 1, 1, 1, 1}, make([]float64, 21)
	for i := range x {
		x[i] = float64(i)
	}
	se := func(factor float64) []float64 {
		s := []float64{2152.32624678170, 2363.55173469681, 779.343524331583, 101.475507550350, 5.64566512170752, 0.112324854679312}
		for i := range s {
			s[i] *= factor
		}
		return s
	}
	tests := map[string]struct {
		beta   []float64
		factor float64
		r2     float64
		least  float64
	}{
		"Wampler1": {ones, 0, 1, 9},
		"Wampler2": {[]float64{1, .1, .01, .001, .0001, .00001}, 0, 1, 9},
		"Wampler3": {ones, 1, 0.999995559025820, 9},
		"Wampler4": {ones, 100, 0.957478440825662, 9},
		"Wampler5": {ones, 10000, 0.224668921574940e-02, 8},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := certified{x: powers(x, 5), beta: tt.beta, se: se(tt.factor), sigma: 2360.14502379268 * tt.factor, r2: tt.r2, least: tt.least}
			for i, row := range c.x {
				y := tt.factor * disturbance[i]
				for j, v := range row {
					y += tt.beta[j] * v
				}
				c.y = append(c.y, y)
			}
			c.hold(t)
		})
	}
}

func TestRegressRefuses(t *testing.T) {
	if _, err := outcome.Regress([][]float64{{1, 2}, {1, 3}}, []float64{1, 2}); !errors.Is(err, outcome.ErrFewRows) {
		t.Errorf("two rows, two coefficients: %v", err)
	}
	rows := [][]float64{{1, 2, 4}, {1, 3, 6}, {1, 4, 8}, {1, 7, 14}, {1, 8, 16}}
	if _, err := outcome.Regress(rows, []float64{1, 2, 3, 4, 6}); !errors.Is(err, outcome.ErrCollinear) {
		t.Errorf("a column twice another: %v", err)
	}
	rows = [][]float64{{1, 0}, {1, 0}, {1, 0}}
	if _, err := outcome.Regress(rows, []float64{1, 2, 3}); !errors.Is(err, outcome.ErrCollinear) {
		t.Errorf("a column of zeros: %v", err)
	}
}
