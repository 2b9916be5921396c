package programme

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/record"
)

// SiteStudy is what one study says, as far as the programme asks.
type SiteStudy struct {
	Study         string           `json:"study"`
	Title         record.Names     `json:"title,omitempty"`
	Line          string           `json:"line,omitempty"`
	Metric        string           `json:"metric"`
	LowerIsBetter bool             `json:"lower_is_better"`
	LogRatio      *float64         `json:"log_ratio" doc:"of after to before; null where there is no before"`
	SE            *float64         `json:"se" doc:"of log_ratio"`
	Change        *outcome.Bounded `json:"change,omitempty" doc:"after relative to before, 0.10: a tenth more; absent where there is no before"`
	Verdict       outcome.Verdict  `json:"verdict" enum:"achieved,not_achieved,not_enough_data"`
	Grade         outcome.Grade    `json:"grade" enum:"A,B,C,D"`
	Coverage      *float64         `json:"coverage" doc:"the less of both sides; null where it is not known"`
	Late          bool             `json:"late" doc:"its protocol was sealed after its reporting period had begun"`
	Changed       bool             `json:"changed" doc:"its protocol was changed after its reporting period had begun"`
	Withdrawn     bool             `json:"withdrawn" doc:"its author took it back"`
	Concluded     bool             `json:"concluded" doc:"its verdict is sealed; else it is as the data are now"`
}

// StudyOf takes from a study's result what the programme asks.
func StudyOf(name string, metric outcome.Metric, r outcome.Result) SiteStudy {
	s := SiteStudy{Study: name, Metric: metric.Name, LowerIsBetter: metric.LowerIsBetter, Change: r.RelativeChange, Verdict: r.Verdict, Grade: r.Grade, Coverage: r.After.Coverage}
	if r.Before == nil || metric.Baseline { // what a baseline finds is no ratio of the two sides
		return s
	}
	if c := r.Before.Coverage; c != nil && (s.Coverage == nil || *c < *s.Coverage) {
		s.Coverage = c
	}
	before, ok := estimate(*r.Before)
	after, okAfter := estimate(r.After)
	if !ok || !okAfter {
		return s
	}
	if log, ok := outcome.LogRatio(before, after); ok && log.SE > 0 {
		s.LogRatio, s.SE = &log.Value, &log.SE
	}
	return s
}

// estimate is a side's; a declared one has no standard error.
func estimate(s outcome.Side) (e outcome.Estimate, ok bool) {
	if s.Value == nil {
		return e, false
	}
	e = outcome.Estimate{Value: *s.Value, DF: math.Inf(1)}
	if s.SE != nil {
		e.SE = *s.SE
	}
	if s.DF != nil {
		e.DF = *s.DF
	}
	return e, true
}

// Site is one study in a forest plot.
type Site struct {
	SiteStudy
	Weight float64 `json:"weight" doc:"in the mean, 0 to 1"`
}

// Forest is what all studies of a metric say together. Changes are relative: 0.10 is a tenth more than before.
type Forest struct {
	Metric        string           `json:"metric"`
	LowerIsBetter bool             `json:"lower_is_better"`
	Sites         []Site           `json:"sites" nullable:"false"`
	Mean          *outcome.Bounded `json:"mean,omitempty" doc:"of the sites' true changes, by Knapp and Hartung; absent with fewer than two"`
	Prediction    *outcome.Bounded `json:"prediction,omitempty" doc:"where the true change of a further site lies"`
	Method        string           `json:"method,omitempty" enum:"REML,DL" doc:"of the variance between sites"`
	Tau2          *float64         `json:"tau2" doc:"variance between sites, on the scale of logarithms"`
	I2            *float64         `json:"i2" doc:"part of the variation that is between sites"`
	PValue        *float64         `json:"p_value" doc:"of so much variation, had all sites gained the same"`
	Left          []string         `json:"left" nullable:"false" doc:"studies of the metric that cannot be pooled, for they have no before or too few data, or were withdrawn"`
}

// Forests pools the studies of each metric by random effects, the metric with most studies first. A study with not enough
// data, or that was withdrawn, is left out, and named.
func Forests(studies []SiteStudy, confidence float64) []Forest {
	by := map[string][]SiteStudy{}
	for _, s := range studies {
		by[s.Metric] = append(by[s.Metric], s)
	}
	all := []Forest{}
	for _, metric := range slices.Sorted(maps.Keys(by)) {
		all = append(all, forest(metric, by[metric], confidence))
	}
	slices.SortStableFunc(all, func(a, b Forest) int { return len(b.Sites) - len(a.Sites) })
	return all
}

func forest(metric string, studies []SiteStudy, confidence float64) Forest {
	f := Forest{Metric: metric, Sites: []Site{}, Left: []string{}}
	slices.SortStableFunc(studies, func(a, b SiteStudy) int { return strings.Compare(a.Study, b.Study) })
	var effects []outcome.Effect
	for _, s := range studies {
		f.LowerIsBetter = s.LowerIsBetter
		if s.LogRatio == nil || s.SE == nil || s.Verdict == outcome.NotEnoughData || s.Withdrawn {
			f.Left = append(f.Left, s.Study)
			continue
		}
		f.Sites = append(f.Sites, Site{SiteStudy: s})
		effects = append(effects, outcome.Effect{Value: *s.LogRatio, Variance: *s.SE * *s.SE})
	}
	f.pool(effects, confidence)
	return f
}

// pool finds the mean and what it says of a further site.
func (f *Forest) pool(effects []outcome.Effect, confidence float64) {
	method := "REML"
	p, ok := outcome.REML(effects)
	if !ok {
		method = "DL"
		p, ok = outcome.DerSimonianLaird(effects)
	}
	if !ok {
		return
	}
	weights := 0.
	for n, e := range effects {
		f.Sites[n].Weight = 1 / (e.Variance + p.Tau2)
		weights += f.Sites[n].Weight
	}
	for n := range f.Sites {
		f.Sites[n].Weight /= weights
	}
	mean, ok := outcome.KnappHartung(effects, p)
	if !ok {
		return
	}
	f.Method, f.Tau2, f.I2 = method, &p.Tau2, &p.I2
	f.Mean, f.Prediction = ratios(mean.Estimate, mean.Interval(confidence)), ratios(mean.Estimate, mean.Prediction(confidence))
	if v, ok := p.Heterogeneity(len(effects)); ok {
		f.PValue = &v
	}
}

// ratios brings an estimate from the scale of logarithms to relative changes. What is infinite is not known.
func ratios(e outcome.Estimate, within outcome.Interval) *outcome.Bounded {
	known := func(log float64) *float64 {
		v := math.Expm1(log)
		if math.IsInf(v, 0) || math.IsNaN(v) || v <= -1 {
			return nil
		}
		return &v
	}
	df := e.DF
	return &outcome.Bounded{Estimate: known(e.Value), Low: known(within.Low), High: known(within.High), DF: &df}
}
