package outcome

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"github.com/lineproof/lineproof/internal/tongue"
)

// Use is the energy of one day or shift, with what it is explained by.
type Use struct {
	Energy     float64
	Covariates []float64 // output, temperature, days of the week as 0 and 1; no constant
}

// Energy is a claim of saved energy, in order of time.
type Energy struct {
	Before, After []Use
	Production    bool    // output is among the covariates: without it, less work looks like less waste
	Confidence    float64 // .90 is ASHRAE's
}

// Gates that a baseline passes before it can prove anything (ASHRAE Guideline 14-2014, table 4-2 and 4.2.10, whole
// building performance path).
const (
	MostCVRMSE = .20
	MostNMBE   = .005
)

// Savings is what a claim comes to. What it failed at is in Failed; it is proven only if that is empty.
type Savings struct {
	Fit      Regression // of the baseline; the constant comes first
	Expected float64    // by the baseline, in the reporting period
	Used     float64
	Saved    float64 // part of Expected
	Within   float64 // half of Saved's interval, in the same part
	DF       float64 // of that interval; 0 or less: successive residuals correlate so much that there is none
	CVRMSE   float64
	NMBE     float64
	Rho      float64 // correlation of successive residuals
	Trend    Estimate
	Step     Estimate
	Gates    []Gate
	Failed   []tongue.Message // of the gates that do not hold
}

// Gate is one of the conditions of a claim.
type Gate struct {
	Gate  string `json:"gate" enum:"production,fit,bias,uncertainty,step"`
	Holds bool   `json:"holds"`
}

// Proven tells whether the claim stands.
func (s Savings) Proven() bool { return len(s.Failed) == 0 }

// Savings fits the baseline to before, and holds after against what it expects (IPMVP option C). The uncertainty of the
// part saved is t · 1.26 · CV(RMSE) · √((n/n')(1+2/n')/m) with n' = n(1-ρ)/(1+ρ) and n'-p degrees of freedom (ASHRAE Guideline
// 14-2014, 4.2.11; Reddy and Claridge 2000).
func (e Energy) Savings() (Savings, error) {
	rows, y := design(e.Before)
	fit, err := Regress(rows, y)
	if err != nil {
		return Savings{}, err
	}
	var s Savings
	for _, u := range e.After {
		s.Expected += fit.Predict(append([]float64{1}, u.Covariates...))
		s.Used += u.Energy
	}
	if !(s.Expected > 0) {
		return Savings{}, fmt.Errorf("the baseline expects %v of the reporting period, which is nothing to save from", s.Expected)
	}
	n, m, level := float64(len(y)), float64(len(e.After)), mean(y)
	s.Saved = 1 - s.Used/s.Expected
	s.CVRMSE = fit.Sigma / level
	s.NMBE = sum(fit.Residuals) / fit.DF / level
	s.Rho = stat.Correlation(fit.Residuals[1:], fit.Residuals[:len(y)-1], nil)
	worth := Effective(n, s.Rho)
	s.Fit, s.DF = fit, worth-float64(len(fit.Beta))
	s.Within = tQuantile(s.DF, e.Confidence) * 1.26 * s.CVRMSE * math.Sqrt(n/worth*(1+2/worth)/m)
	i, err := e.interrupted()
	if err != nil {
		return Savings{}, err
	}
	s.Step, s.Trend = i.Level, i.Trend
	e.gates(&s)
	return s, nil
}

// interrupted is the series with the beginning of the reporting period.
func (e Energy) interrupted() (Interruption, error) {
	var y []float64
	var covariates [][]float64
	for _, uses := range [][]Use{e.Before, e.After} {
		for _, u := range uses {
			y, covariates = append(y, u.Energy), append(covariates, u.Covariates)
		}
	}
	return Interrupted(y, covariates, len(e.Before))
}

func design(uses []Use) (rows [][]float64, y []float64) {
	for _, u := range uses {
		rows, y = append(rows, append([]float64{1}, u.Covariates...)), append(y, u.Energy)
	}
	return rows, y
}

// gates holds the claim to its conditions.
func (e Energy) gates(s *Savings) {
	for _, g := range []struct {
		gate  string
		holds bool
		why   tongue.Message
	}{
		{"production", e.Production, tongue.M("study.no_production")},
		{"fit", s.CVRMSE <= MostCVRMSE, tongue.M("study.poor_fit", "cv", tongue.Percent(s.CVRMSE), "most", tongue.Percent(MostCVRMSE))},
		{"bias", math.Abs(s.NMBE) <= MostNMBE, tongue.M("study.biased_fit", "bias", tongue.Number{Format: "%.4f", Value: s.NMBE})},
		{"uncertainty", s.Saved-s.Within > 0, tongue.M("study.uncertain_savings")},
		{"step", s.Step.Interval(e.Confidence).High < 0, tongue.M("study.no_step")},
	} {
		s.Gates = append(s.Gates, Gate{g.gate, g.holds})
		if !g.holds {
			s.Failed = append(s.Failed, g.why)
		}
	}
}
