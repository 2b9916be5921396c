package outcome

import (
	"math"

	"github.com/lineproof/lineproof/internal/tongue"
)

// Comparator is what after is compared with.
type Comparator string

// Comparators there are.
const (
	OwnBefore     Comparator = "own-before"
	LocalPeer     Comparator = "local-peer"
	DeclaredValue Comparator = "declared"
)

// Study is a question with all that its answer follows from.
type Study struct {
	Metric     Metric
	Target     Target
	Comparator Comparator
	Confidence float64
	Method     Method
	Before     Period
	After      Period
}

// Verdict is the answer.
type Verdict string

// Verdicts. NotAchieved does not say that there was no gain, but that it is not proven.
const (
	Achieved      Verdict = "achieved"
	NotAchieved   Verdict = "not_achieved"
	NotEnoughData Verdict = "not_enough_data"
)

// Side is one side of a result. What is nil is not known, or not defined.
type Side struct {
	Value    *float64 `json:"value"`
	SE       *float64 `json:"se"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
	DF       *float64 `json:"df"`
	Shifts   int      `json:"shifts"` // whose figures are known
	Clusters int      `json:"clusters"`
	Coverage *float64 `json:"coverage"`
}

// Bounded is an estimate with its interval.
type Bounded struct {
	Estimate *float64 `json:"estimate"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
	DF       *float64 `json:"df"` // nil: infinite
}

// Result is what a study comes to.
type Result struct {
	Before          *Side    `json:"before"` // nil: the study does without
	After           Side     `json:"after"`
	Difference      *Bounded `json:"difference"`
	RelativeChange  *Bounded `json:"relative_change"`
	PValue          *float64 `json:"p_value"` // of the difference, were there none; both sides
	Verdict         Verdict  `json:"verdict"`
	Grade           Grade    `json:"grade"` // the worse of the two sides
	Method          Method   `json:"method"`
	Autocorrelation *float64 `json:"autocorrelation"`
	Baseline        *Fitted  `json:"baseline,omitempty"` // nil: the metric has none, or it cannot be fitted
	MoreShifts      *int     `json:"more_shifts"`        // after, until the interval would lie on the right side if it went on so

	Reasons  []tongue.Message `json:"-"` // for the verdict
	Warnings []tongue.Message `json:"-"`
}

// seed makes the bootstrap the same every time, for everyone.
const seed = 20240501

// judged is a study's figures before they are put into words.
type judged struct {
	method        Method
	before, after Estimate
	compared      bool // before is there
	ok            bool // after, and before where it is there, can be estimated
	lacks         []tongue.Message
	decisive      Bounded // what the target is on
	verdict       Verdict
	saved         *Savings // of a metric with a baseline that can be fitted
}

// Evaluate answers a study.
func Evaluate(s Study) Result {
	notes := s.prepare()
	j := s.judge(Draws)
	r := Result{Verdict: j.verdict, Grade: s.After.Grade, Method: j.method, After: s.After.side(j.after, s.Confidence, j.ok)}
	if !s.Before.Absent() {
		side := s.Before.side(j.before, s.Confidence, j.ok)
		r.Before, r.Grade = &side, s.After.Grade.Worse(s.Before.Grade)
	}
	if s.Metric.Baseline {
		s.fitted(j, &r)
	} else if j.ok && j.compared {
		r.Difference, r.RelativeChange = s.difference(j), s.change(j)
		if p, ok := Difference(j.before, j.after).PValue(0); ok {
			r.PValue = &p
		}
	}
	before, _ := s.Before.pairs()
	after, _ := s.After.pairs()
	if rho, ok := Correlation(before, after); ok && !s.Metric.Baseline {
		r.Autocorrelation = &rho
	}
	r.MoreShifts = s.more(j)
	r.Reasons = s.reasons(j, r.MoreShifts)
	r.Warnings = append(notes, s.warnings(j, r)...)
	return r
}

// judge estimates both sides and holds the target's interval against it.
func (s Study) judge(draws int) (j judged) {
	before, _ := s.Before.pairs()
	after, _ := s.After.pairs()
	j.method, j.before, j.after, j.ok = Estimates(before, after, s.Method, draws, seed)
	j.compared = !s.Before.Absent()
	if s.Before.Declared != nil {
		j.before = Estimate{Value: *s.Before.Declared, DF: math.Inf(1)}
	}
	j.lacks = append(s.Before.lacks(tongue.M("study.before")), s.After.lacks(tongue.M("study.after"))...)
	if s.Metric.Baseline {
		j.method = Baseline
		if j.saved = s.savings(); j.saved != nil {
			j.decisive = j.saved.change()
		}
	} else if d := s.decisive(j); d != nil {
		j.decisive = *d
	}
	j.verdict = s.verdict(j)
	return j
}

// decisive is the figure that the target is on; nil where it is not defined.
func (s Study) decisive(j judged) *Bounded {
	switch {
	case !j.ok:
		return nil
	case s.Target.Kind == Level:
		return bounded(j.after.Value, j.after.Interval(s.Confidence), j.after.DF)
	case s.Target.Kind == Change:
		return s.change(j)
	}
	return s.difference(j)
}

func (s Study) difference(j judged) *Bounded {
	d := Difference(j.before, j.after)
	return bounded(d.Value, d.Interval(s.Confidence), d.DF)
}

func (s Study) change(j judged) *Bounded {
	change, within, df, ok := RelativeChange(j.before, j.after, s.Confidence)
	if !ok {
		return nil
	}
	return bounded(change, within, df)
}

func (s Study) verdict(j judged) Verdict {
	d := j.decisive
	switch {
	case len(j.lacks) > 0 || d.flat():
		return NotEnoughData
	case j.saved != nil && !j.saved.Proven():
		return NotAchieved
	case s.Target.Met(s.Metric, Interval{*d.Low, *d.High}):
		return Achieved
	}
	return NotAchieved
}

func (p Period) side(e Estimate, confidence float64, ok bool) Side {
	pairs, shifts := p.pairs()
	side := Side{Shifts: shifts, Clusters: len(pairs)}
	if coverage, _, known := p.coverage(); known {
		side.Coverage = &coverage
	}
	if value, _, defined := ratioOf(pairs); defined {
		side.Value = &value
	}
	if p.Declared != nil {
		side.Value = p.Declared
		return side
	}
	if ok {
		b := bounded(e.Value, e.Interval(confidence), e.DF)
		side.SE, side.Low, side.High, side.DF = finite(e.SE), b.Low, b.High, b.DF
	}
	return side
}

// rounding is what is left, in parts of an estimate, of a variation that there is not.
const rounding = 1e-9

// flat tells of an interval that says nothing: there is none, or it has no width.
func (b Bounded) flat() bool {
	return b.Estimate == nil || b.Low == nil || b.High == nil || *b.High-*b.Low <= rounding*max(math.Abs(*b.Low), math.Abs(*b.High))
}

func bounded(value float64, within Interval, df float64) *Bounded {
	return &Bounded{finite(value), finite(within.Low), finite(within.High), finite(df)}
}

// finite is nil for what JSON cannot hold.
func finite(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return &v
}
