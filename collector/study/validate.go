package study

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/shifttable"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/record"
)

// reader makes a study of what is written, and finds what is wrong with it.
type reader struct {
	written
	mistake func(path []string, message, hint string)
	dir     string
	zone    *time.Location
	exclude []record.StudyExclusion
	rows    map[string][]shifttable.Row // of the sides, without what an exclusion leaves out
	logs    logError
	notes   notes
}

func (r *reader) wrong(path, message, hint string) {
	r.mistake(strings.Split(path, "."), message, hint)
}

func (r *reader) study() Study {
	p := r.protocol()
	for _, m := range protocol.Question(p) {
		r.mistake(m.Path, m.Message, m.Hint)
	}
	if err := record.CheckName(r.Line); r.Line != "" && err != nil {
		r.wrong("line", err.Error(), "")
	}
	var err error
	if r.zone, err = time.LoadLocation(r.Timezone); err != nil || r.Timezone == "" || r.Timezone == "Local" {
		r.wrong("timezone", fmt.Sprintf("there is no time zone %q", r.Timezone), "such as "+DefaultTimezone)
		r.zone = time.UTC
	}
	s := Study{Name: r.Study, Title: r.Title, Line: r.Line}
	metric, _ := outcome.MetricNamed(r.Metric)
	s.Metric = metric.With(r.Covariate)
	s.Target, s.Method, s.Comparator, s.Confidence = protocol.TargetOf(p.Target), outcome.Method(r.Method), outcome.Comparator(r.Comparator), r.Confidence
	r.exclude = p.Exclude
	s.Before, s.After = r.period("before", r.Before, s), r.period("after", r.After, s)
	r.order(s)
	s.Secondary = r.secondary(s)
	s.Notes = r.notes
	return s
}

// protocol is what the study asks, as a collector would seal it; sides are files here.
func (r *reader) protocol() record.StudyProtocol {
	p := record.StudyProtocol{
		Study: r.Study, Title: r.Title, Site: r.Site, Metric: r.Metric, Secondary: r.Secondary, PlannedCycle: r.PlannedCycle,
		Target: record.StudyTarget(r.Target), Comparator: r.Comparator, Confidence: r.Confidence, Method: r.Method,
	}
	if r.Covariate != "" {
		p.Covariate = &record.StudyCovariate{Column: r.Covariate}
	}
	for _, e := range r.Exclude {
		p.Exclude = append(p.Exclude, record.StudyExclusion{From: record.Date(e.From), To: record.Date(e.To), Why: e.Why})
	}
	return p
}

// secondary are the studies of further metrics of the same rows. Those that cannot be meant have been found.
func (r *reader) secondary(s Study) (all []outcome.Study) {
	for i, name := range r.Secondary {
		m, ok := outcome.MetricNamed(name)
		switch {
		case !ok:
			continue
		case s.Comparator == outcome.DeclaredValue || len(r.rows["before"]) == 0:
			r.wrong(fmt.Sprintf("secondary.%d", i), "a secondary metric needs a shift log before and after", "leave secondary out, or name a log: before: {source: before.csv, grade: C}")
			continue
		}
		other := s.Study
		other.Metric, other.Target = m, outcome.Target{}
		other.Before.Shifts, other.After.Shifts = r.shifts(r.rows["before"], m), r.shifts(r.rows["after"], m)
		all = append(all, other)
	}
	return all
}

// grades there are.
var grades = []outcome.Grade{outcome.Metered, outcome.Imported, outcome.Typed, outcome.Declared}

func (r *reader) grade(name, grade string) outcome.Grade {
	if !slices.Contains(grades, outcome.Grade(grade)) {
		r.wrong(name+".grade", fmt.Sprintf("there is no grade %q", grade), "one of A, B, C, D")
	}
	return outcome.Grade(grade)
}

// period reads one side.
func (r *reader) period(name string, src *source, s Study) outcome.Period {
	switch {
	case src == nil && name == "before" && s.Target.Kind == outcome.Level:
		return outcome.Period{} // a level stands by itself
	case src == nil:
		r.wrong(name, fmt.Sprintf("`%s` is missing", name), fmt.Sprintf("such as %s: {source: %s.csv, grade: C}", name, name))
		return outcome.Period{}
	}
	p := outcome.Period{Grade: r.grade(name, src.Grade)}
	declared := name == "before" && s.Comparator == outcome.DeclaredValue
	switch {
	case src.Value != nil && !declared:
		r.wrong(name+".value", "only `before` can be a value, with comparator: declared", "name a shift log: source: "+name+".csv")
	case (src.Value == nil) == (src.Source == ""):
		r.wrong(name, "one of `source` and `value` is needed", "source: "+name+".csv; a value only with comparator: declared")
	case src.Value != nil && p.Grade != outcome.Declared:
		r.wrong(name+".grade", "a value that somebody declared is of grade D", "grade: D")
	case src.Value != nil && !(*src.Value > 0 && !math.IsInf(*src.Value, 0)):
		r.wrong(name+".value", fmt.Sprintf("%v is nothing to compare with", *src.Value), "write the declared value of the metric")
	case src.Value != nil:
		p.Declared = src.Value
	default:
		p.Shifts = r.log(name, src.Source, s.Metric)
	}
	return p
}

// order holds the periods apart: a line's own before ends before its after begins.
func (r *reader) order(s Study) {
	if s.Comparator != outcome.OwnBefore || len(s.Before.Shifts) == 0 || len(s.After.Shifts) == 0 {
		return
	}
	start := func(a, b outcome.Shift) int { return a.Start.Compare(b.Start) }
	last, first := slices.MaxFunc(s.Before.Shifts, start).Start, slices.MinFunc(s.After.Shifts, start).Start
	if !last.Before(first) {
		r.wrong("after.source", fmt.Sprintf("after begins on %s, when before had not ended: its last shift began on %s", stamp(first), stamp(last)), "a line's own before ends before its after begins; for another line write comparator: local-peer")
	}
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04") }
