package outcome

import (
	"math"
	"slices"
	"time"

	"github.com/lineproof/lineproof/internal/tongue"
)

// Fitted is a baseline and what it expects of the reporting period. Energy is in kWh.
type Fitted struct {
	Expected     *float64      `json:"expected_kwh" doc:"by the baseline, of the shifts of the reporting period"`
	Used         *float64      `json:"used_kwh" doc:"in the same shifts"`
	CVRMSE       *float64      `json:"cv_rmse" doc:"of the baseline; 0.20 at most proves anything (ASHRAE Guideline 14)"`
	NMBE         *float64      `json:"nmbe" doc:"of the baseline; 0.005 at most, of either sign"`
	Step         *Bounded      `json:"step" doc:"kWh a shift by which the interrupted series changes at the beginning of the reporting period"`
	Gates        []Gate        `json:"gates" nullable:"false" doc:"what a claim has to pass, all of it"`
	Coefficients []Coefficient `json:"coefficients" nullable:"false" doc:"of kWh a shift"`
}

// Coefficient is one of a baseline's.
type Coefficient struct {
	Name  string  `json:"name" doc:"constant, produced, a column of the shift log, or a day of the week"`
	Value float64 `json:"value" doc:"kWh for one more"`
	SE    float64 `json:"se"`
}

const constant, output = "constant", "produced"

// of is what a shift has of what a baseline explains energy by; not ok where it is not known.
func of(name string, s Shift) (v float64, ok bool) {
	switch {
	case name == constant:
		return 1, true
	case name == output:
		return s.X, s.Known
	case slices.Contains(weekdays, name):
		if s.Start.Weekday().String() == name {
			v = 1
		}
		return v, true
	case s.Covariate == nil:
		return 0, false
	}
	return *s.Covariate, true
}

var weekdays = func() (names []string) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		names = append(names, d.String())
	}
	return names
}()

// Expect is the energy that the baseline expects of a shift; not ok where the shift does not know enough.
func (f Fitted) Expect(s Shift) (kWh float64, ok bool) {
	for _, c := range f.Coefficients {
		v, known := of(c.Name, s)
		if !known {
			return 0, false
		}
		kWh += c.Value * v
	}
	return kWh, len(f.Coefficients) > 0
}

// prepare leaves out of a study with a baseline what a baseline cannot use, and says so: shifts of which a part was not
// seen, for the constant is of whole ones. Where nobody knows any output, energy counts by itself: it proves nothing, and the
// reader sees why.
func (s *Study) prepare() (notes []tongue.Message) {
	if !s.Metric.Baseline {
		return nil
	}
	blind := !slices.ContainsFunc(slices.Concat(s.Before.Shifts, s.After.Shifts), func(s Shift) bool { return s.X > 0 })
	for n, p := range []*Period{&s.Before, &s.After} {
		p.Shifts = slices.Clone(p.Shifts)
		side, partial := []tongue.Message{tongue.M("study.before"), tongue.M("study.after")}[n], 0
		for i := range p.Shifts {
			shift := &p.Shifts[i]
			if blind && shift.Energy != nil {
				shift.Pair, shift.Known = Pair{Y: *shift.Energy}, true
			}
			if shift.Known && shift.Coverage != nil && *shift.Coverage < LeastCoverage {
				shift.Known = false
				partial++
			}
		}
		if partial > 0 {
			notes = append(notes, tongue.M("study.partial_shifts", "side", side, "shifts", partial, "of", len(p.Shifts), "least", tongue.Percent(LeastCoverage)))
		}
	}
	return notes
}

// known are the shifts that a baseline uses, in order of time.
func (p Period) known() []Shift {
	all := slices.DeleteFunc(slices.Clone(p.Shifts), func(s Shift) bool { return !s.Known || s.Pair == (Pair{}) })
	slices.SortStableFunc(all, func(a, b Shift) int { return a.Start.Compare(b.Start) })
	return all
}

// explained names what the baseline explains energy by: output and the covariate, or, where nobody knows any output, the days
// of the week.
func (s Study) explained() (names []string) {
	if slices.ContainsFunc(s.Before.Shifts, func(s Shift) bool { return s.Known && s.X > 0 }) {
		if names = []string{output}; s.Metric.Covariate != "" {
			names = append(names, s.Metric.Covariate)
		}
		return names
	}
	known := s.Before.known()
	for _, day := range weekdays {
		if slices.ContainsFunc(known, func(s Shift) bool { return s.Start.Weekday().String() == day }) {
			names = append(names, day)
		}
	}
	return names[min(1, len(names)):] // the first is in the constant
}

// savings holds after against the baseline; nil where it cannot be fitted.
func (s Study) savings() *Savings {
	names := s.explained()
	uses := func(p Period) (all []Use) {
		for _, shift := range p.known() {
			u := Use{Energy: shift.Y}
			for _, name := range names {
				v, _ := of(name, shift)
				u.Covariates = append(u.Covariates, v)
			}
			all = append(all, u)
		}
		return all
	}
	e := Energy{Before: uses(s.Before), After: uses(s.After), Production: slices.Contains(names, output), Confidence: s.Confidence}
	for i := range names { // one that never varies is in the constant, which rounding can hide
		same := func(u Use) bool { return u.Covariates[i] == e.Before[0].Covariates[i] }
		if len(e.Before) == 0 || !slices.ContainsFunc(e.Before, func(u Use) bool { return !same(u) }) {
			return nil
		}
	}
	if len(e.Before) < 3 || len(e.After) == 0 {
		return nil
	}
	saved, err := e.Savings()
	if err != nil {
		return nil
	}
	return &saved
}

// change is the saved part as a change: a fall is below 0.
func (s Savings) change() Bounded {
	return *bounded(-s.Saved, Interval{-s.Saved - s.Within, -s.Saved + s.Within}, s.DF)
}

// fitted puts the baseline into the result.
func (s Study) fitted(j judged, r *Result) {
	if j.saved == nil {
		return
	}
	v := *j.saved
	change := j.decisive
	r.RelativeChange, r.Autocorrelation = &change, finite(v.Rho)
	if within := v.Within / tQuantile(v.DF, s.Confidence); within > 0 {
		if p, ok := (Estimate{Value: -v.Saved, SE: within, DF: v.DF}).PValue(0); ok {
			r.PValue = &p
		}
	}
	r.Baseline = &Fitted{
		Expected: finite(v.Expected), Used: finite(v.Used), CVRMSE: finite(v.CVRMSE), NMBE: finite(math.Round(v.NMBE*1e9)/1e9 + 0), // else the last digit of a sum that is 0
		Step: bounded(v.Step.Value, v.Step.Interval(s.Confidence), v.Step.DF), Gates: v.Gates, Coefficients: []Coefficient{},
	}
	for i, name := range append([]string{constant}, s.explained()...) {
		r.Baseline.Coefficients = append(r.Baseline.Coefficients, Coefficient{name, v.Fit.Beta[i], v.Fit.SE[i]})
	}
}

// baselineReasons say why the verdict is what it is.
func (s Study) baselineReasons(j judged) []tongue.Message {
	switch d := j.decisive; {
	case j.saved == nil, d.flat():
		return []tongue.Message{tongue.M("study.no_baseline")}
	case !j.saved.Proven():
		return j.saved.Failed
	case j.verdict == Achieved:
		return []tongue.Message{tongue.M("study.whole_interval")}
	case s.Target.Distance(s.Metric, *d.Estimate) <= 0:
		return []tongue.Message{tongue.M("study.wrong_side")}
	}
	return []tongue.Message{tongue.M("study.reaches_over")}
}

// beyond is by how much of the baseline's range a shift may lie outside of it, before the baseline is stretched.
const beyond = .1

// outside warns of shifts after of which the baseline has seen no like.
func (s Study) outside() (w []tongue.Message) {
	before, after := s.Before.known(), s.After.known()
	for _, name := range s.explained() {
		var seen []float64
		for _, shift := range before {
			v, _ := of(name, shift)
			seen = append(seen, v)
		}
		low, high := slices.Min(seen), slices.Max(seen)
		n := 0
		for _, shift := range after {
			if v, _ := of(name, shift); v < low-beyond*(high-low) || v > high+beyond*(high-low) {
				n++
			}
		}
		if n > 0 {
			w = append(w, tongue.M("study.outside_baseline", "shifts", n, "column", name))
		}
	}
	return w
}
