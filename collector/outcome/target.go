package outcome

// Kind is what a target is on.
type Kind string

// Kinds of targets: the level after, the change relative to before, or the difference from before.
const (
	Level  Kind = "level"
	Change Kind = "change"
	Gap    Kind = "difference"
)

// Target is what the project promised. One of the bounds is set.
type Target struct {
	Kind    Kind
	AtLeast *float64
	AtMost  *float64
}

// bound is the target on the metric's own scale. Of a metric that is better when lower, at least 0.10 of a change or
// difference is a fall by 0.10 or more.
func (t Target) bound(m Metric) (value float64, atMost bool) {
	switch {
	case t.AtMost != nil:
		return *t.AtMost, true
	case m.LowerIsBetter && t.Kind != Level:
		return -*t.AtLeast, true
	}
	return *t.AtLeast, false
}

// Met tells whether the whole interval lies on the right side.
func (t Target) Met(m Metric, i Interval) bool {
	value, atMost := t.bound(m)
	if atMost {
		return i.High <= value
	}
	return i.Low >= value
}

// Distance is how far the estimate is on the right side of the target; under 0: on the wrong one.
func (t Target) Distance(m Metric, estimate float64) float64 {
	value, atMost := t.bound(m)
	if atMost {
		return value - estimate
	}
	return estimate - value
}

// Wrong is a target that cannot be meant for a metric.
type Wrong struct {
	Code string // bound, lower_is_better, higher_is_better or not_a_change
	Why  string // in plain English
	Hint string // what to write
}

// Wrong says why a target cannot be meant for a metric; is tells whether it cannot.
func (t Target) Wrong(m Metric) (w Wrong, is bool) {
	switch {
	case (t.AtLeast == nil) == (t.AtMost == nil):
		w = Wrong{"bound", "a target needs one of at_least and at_most", "such as target: {kind: level, at_least: 0.97}"}
	case m.LowerIsBetter && t.Kind == Level && t.AtLeast != nil:
		w = Wrong{"lower_is_better", m.Name + " is better when lower, so a level of at least that much is no gain", "write at_most"}
	case m.LowerIsBetter && t.AtLeast != nil && *t.AtLeast < 0:
		w = Wrong{"lower_is_better", "of " + m.Name + ", which is better when lower, at_least is a fall; less than none cannot be meant", "for a fall by a tenth write at_least: 0.10, or at_most: -0.10 with the sign of the change"}
	case !m.LowerIsBetter && t.AtMost != nil:
		w = Wrong{"higher_is_better", m.Name + " is better when higher, so at most is no gain", "write at_least"}
	case m.LowerIsBetter && t.Kind == Change && fall(t) >= 1, t.Kind == Change && t.AtLeast != nil && *t.AtLeast <= -1:
		w = Wrong{"not_a_change", "nothing can fall by its whole or more", "a change is relative: 0.10 is a tenth of the value before"}
	}
	return w, w.Code != ""
}

func fall(t Target) float64 {
	if t.AtMost != nil {
		return -*t.AtMost
	}
	return *t.AtLeast
}

// After is the level that the metric has to reach, given what it was before; not ok where that is needed and not known.
func (t Target) After(m Metric, before *float64) (level float64, ok bool) {
	value, _ := t.bound(m)
	switch {
	case t.Kind == Level:
		return value, true
	case before == nil:
		return 0, false
	case t.Kind == Change:
		return *before * (1 + value), true
	}
	return *before + value, true
}
