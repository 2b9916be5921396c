package protocol

import (
	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// Asked is a version held against the figures that there are.
type Asked struct {
	Version
	Before, After Side
	Study         outcome.Study
	Secondary     []outcome.Study // further metrics of the same shifts, without targets
	Notes         []tongue.Message
}

// Ask makes the question of a version that is no draft. before are the figures of BeforeLine over Window(*v.Before), not
// looked at where that side has none; after those of the version's own line.
func Ask(v Version, before, after Figures) Asked {
	a := Asked{Version: v}
	a.Study = outcome.Study{
		Metric: v.metric(), Target: TargetOf(v.Target), Comparator: outcome.Comparator(v.Comparator), Confidence: v.Confidence, Method: outcome.Method(v.Method),
	}
	if v.Late {
		a.Notes = append(a.Notes, tongue.M("study.late"))
	}
	if v.Changed {
		a.Notes = append(a.Notes, tongue.M("study.changed"))
	}
	if w := v.Withdrawn; w != nil && w.Begun {
		a.Notes = append(a.Notes, tongue.M("study.withdrawn_begun", "by", w.By, "said", w.Said, "why", w.Why))
	} else if w != nil {
		a.Notes = append(a.Notes, tongue.M("study.withdrawn", "by", w.By, "said", w.Said, "why", w.Why))
	}
	if b := v.Before; b != nil {
		a.Before = v.sideOf(*b, before, tongue.M("study.before"))
		a.Study.Before = v.period(*b, a.Before, before, a.Study.Metric)
		a.Notes = append(a.Notes, a.Before.Notes...)
	}
	a.After = v.sideOf(v.After, after, tongue.M("study.after"))
	a.Study.After = v.period(v.After, a.After, after, a.Study.Metric)
	a.Notes = append(a.Notes, a.After.Notes...)
	if v.Before != nil && v.Before.Source != record.StudyDeclared {
		a.secondary(before, after)
	}
	return a
}

func (v Version) metric() outcome.Metric {
	m, _ := outcome.MetricNamed(v.Metric)
	return m.With(CovariateOf(v.StudyProtocol))
}

// period is a side as it is judged.
func (v Version) period(s record.StudySide, side Side, f Figures, m outcome.Metric) outcome.Period {
	p := outcome.Period{Grade: side.Grade}
	if s.Source == record.StudyDeclared {
		p.Declared = s.Value
		return p
	}
	p.Shifts = Shifts(side.Rows, m, v.PlannedCycle.D(), f.Calendar.Zone())
	return p
}

func (a *Asked) secondary(before, after Figures) {
	for _, name := range a.Version.Secondary {
		m, ok := outcome.MetricNamed(name)
		if !ok {
			continue
		}
		other := a.Study
		other.Metric, other.Target = m, outcome.Target{}
		other.Before = a.period(*a.Version.Before, a.Before, before, m)
		other.After = a.period(a.Version.After, a.After, after, m)
		a.Secondary = append(a.Secondary, other)
	}
}
