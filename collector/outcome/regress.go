package outcome

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Regression is a least-squares fit of y on the columns of a design matrix.
type Regression struct {
	Beta      []float64 // one for each column
	SE        []float64 // of Beta, for independent errors of one variance
	Residuals []float64
	Sigma     float64 // residual standard deviation, √(RSS/(n-p))
	R2        float64 // 1 - RSS/TSS, TSS about the mean
	DF        float64 // n - p

	inverse *mat.SymDense // (XᵀX)⁻¹
	design  *mat.Dense
}

// What a fit can be refused for.
var (
	ErrFewRows   = errors.New("there are not more rows than coefficients")
	ErrCollinear = errors.New("one column is a combination of others")
)

// refinements are the rounds in which a fit is corrected by what twice the digits still show.
const refinements = 4

// Regress fits rows x to y by Householder's QR of columns scaled by powers of two, and refines coefficients and
// residuals together, r + Xb = y and Xᵀr = 0, with the remainders of both in twice the digits (Björck 1967; Golub and
// Van Loan, Matrix Computations, 4th ed., 5.3.8). The normal equations would lose twice as many digits as QR, and QR
// alone too many where much of y is unexplained; NIST's reference sets (StRD) hold it to eight.
func Regress(x [][]float64, y []float64) (Regression, error) {
	n, p := len(y), 0
	if n > 0 {
		p = len(x[0])
	}
	if n <= p || p == 0 {
		return Regression{}, ErrFewRows
	}
	design, lengths, err := scaled(x)
	if err != nil {
		return Regression{}, err
	}
	var qr mat.QR
	qr.Factorize(design)
	beta, r := mat.NewVecDense(p, nil), mat.NewVecDense(n, append([]float64(nil), y...))
	if err := qr.SolveVecTo(beta, false, r); err != nil {
		return Regression{}, ErrCollinear
	}
	for i := range n {
		r.SetVec(i, remainder(y[i], design.RawRowView(i), beta.RawVector().Data))
	}
	for range refinements {
		if err := refine(&qr, design, beta, r, y); err != nil {
			return Regression{}, ErrCollinear
		}
	}
	return summary(&qr, design, lengths, beta, r, y)
}

// refine corrects b by Δ, the fit to f - X(XᵀX)⁻¹g of the remainders f = y - r - Xb and g = -Xᵀr, and r by f - XΔ.
func refine(qr *mat.QR, design *mat.Dense, beta, r *mat.VecDense, y []float64) error {
	n, p := design.Dims()
	f, g := mat.NewVecDense(n, nil), mat.NewVecDense(p, nil)
	for i := range n {
		row := append([]float64{1}, design.RawRowView(i)...)
		f.SetVec(i, remainder(y[i], row, append([]float64{r.AtVec(i)}, beta.RawVector().Data...)))
	}
	for j := range p {
		g.SetVec(j, remainder(0, mat.Col(nil, j, design), r.RawVector().Data))
	}
	var back, rest, step, moved mat.VecDense
	if err := qr.SolveVecTo(&back, true, g); err != nil {
		return err
	}
	rest.SubVec(f, &back)
	if err := qr.SolveVecTo(&step, false, &rest); err != nil {
		return err
	}
	moved.MulVec(design, &step)
	beta.AddVec(beta, &step)
	r.AddVec(r, f)
	r.SubVec(r, &moved)
	return nil
}

// scaled copies the rows into a matrix with columns of lengths from 1 to 2.
func scaled(x [][]float64) (*mat.Dense, []float64, error) {
	n, p := len(x), len(x[0])
	design, lengths := mat.NewDense(n, p, nil), make([]float64, p)
	for j := range p {
		for i := range n {
			lengths[j] = math.Hypot(lengths[j], x[i][j])
		}
		if lengths[j] == 0 {
			return nil, nil, ErrCollinear
		}
		lengths[j] = math.Ldexp(1, math.Ilogb(lengths[j])) // a power of two, so that scaling rounds nothing
		for i := range n {
			design.Set(i, j, x[i][j]/lengths[j])
		}
	}
	return design, lengths, nil
}

// remainder is y - x·b with the products and the sum in twice the digits (Ogita, Rump and Oishi 2005, Dot2).
func remainder(y float64, x, b []float64) float64 {
	s, low := y, 0.
	for j := range x {
		product := -x[j] * b[j]
		low += math.FMA(-x[j], b[j], -product)
		t := s + product
		z := t - s
		low += (s - (t - z)) + (product - z)
		s = t
	}
	return s + low
}

func summary(qr *mat.QR, design *mat.Dense, lengths []float64, beta, r *mat.VecDense, y []float64) (Regression, error) {
	n, p := design.Dims()
	var upper mat.Dense
	qr.RTo(&upper)
	triangle := mat.NewTriDense(p, mat.Upper, nil)
	for i := range p {
		for j := i; j < p; j++ {
			triangle.SetTri(i, j, upper.At(i, j))
		}
	}
	var inverse mat.TriDense
	if err := inverse.InverseTri(triangle); err != nil {
		return Regression{}, ErrCollinear
	}
	fit := Regression{DF: float64(n - p), Residuals: append([]float64(nil), r.RawVector().Data...), inverse: mat.NewSymDense(p, nil), design: mat.NewDense(n, p, nil)}
	fit.inverse.SymOuterK(1, &inverse)
	rss, tss, centre := mat.Dot(r, r), 0., mean(y)
	for _, v := range y {
		tss += (v - centre) * (v - centre)
	}
	fit.Sigma = math.Sqrt(rss / fit.DF)
	if fit.R2 = 1; tss > 0 {
		fit.R2 = 1 - rss/tss
	}
	for i := range p {
		for j := i; j < p; j++ {
			fit.inverse.SetSym(i, j, fit.inverse.At(i, j)/lengths[i]/lengths[j])
		}
		for row := range n {
			fit.design.Set(row, i, design.At(row, i)*lengths[i])
		}
		fit.Beta = append(fit.Beta, beta.AtVec(i)/lengths[i])
		fit.SE = append(fit.SE, fit.Sigma*math.Sqrt(fit.inverse.At(i, i)))
	}
	return fit, nil
}

// Coefficient is one coefficient as an estimate.
func (r Regression) Coefficient(i int) Estimate { return Estimate{r.Beta[i], r.SE[i], r.DF} }

// Predict is the fit's value for a row.
func (r Regression) Predict(row []float64) (y float64) {
	for j, v := range row {
		y += v * r.Beta[j]
	}
	return y
}
