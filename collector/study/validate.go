package study

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/shifttable"
	"github.com/lineproof/lineproof/record"
)

// reader makes a study of what is written, and finds what is wrong with it.
type reader struct {
	written
	mistake func(path []string, message, hint string)
	dir     string
	zone    *time.Location
	rows    map[string][]shifttable.Row // of the sides, without what an exclusion leaves out
	logs    logError
	notes   notes
}

func (r *reader) wrong(path, message, hint string) {
	r.mistake(strings.Split(path, "."), message, hint)
}

func (r *reader) study() Study {
	if err := record.CheckName(r.Study); r.Study == "" {
		r.wrong("study", "`study` is missing", "name it, such as study: block-line-quality")
	} else if err != nil {
		r.wrong("study", err.Error(), "")
	}
	for path, name := range map[string]string{"site": r.Site, "line": r.Line} {
		if err := record.CheckName(name); name != "" && err != nil {
			r.wrong(path, err.Error(), "")
		}
	}
	for lang := range r.Title {
		if lang != "vi" && lang != "en" {
			r.wrong("title."+lang, fmt.Sprintf("there is no language %q", lang), "vi and en")
		}
	}
	var err error
	if r.zone, err = time.LoadLocation(r.Timezone); err != nil || r.Timezone == "" || r.Timezone == "Local" {
		r.wrong("timezone", fmt.Sprintf("there is no time zone %q", r.Timezone), "such as "+DefaultTimezone)
		r.zone = time.UTC
	}
	s := Study{Name: r.Study, Title: r.Title, Line: r.Line}
	s.Metric = r.metric()
	s.Target = r.target(s.Metric)
	s.Method = one(r, "method", r.Method, outcome.Methods)
	s.Comparator = one(r, "comparator", r.Comparator, []outcome.Comparator{outcome.OwnBefore, outcome.LocalPeer, outcome.DeclaredValue})
	if s.Confidence = r.Confidence; !(s.Confidence >= .5 && s.Confidence < 1) {
		r.wrong("confidence", fmt.Sprintf("%v is no confidence of an interval", r.Confidence), "write a part of 1, such as 0.95")
	}
	r.exclusions()
	s.Before, s.After = r.period("before", r.Before, s), r.period("after", r.After, s)
	r.order(s)
	s.Secondary = r.secondary(s)
	s.Notes = r.notes
	return s
}

// one finds a word among those that there are.
func one[T ~string](r *reader, path, word string, all []T) T {
	if !slices.Contains(all, T(word)) {
		names := make([]string, len(all))
		for i, a := range all {
			names[i] = string(a)
		}
		r.wrong(path, fmt.Sprintf("there is no %s %q", path[strings.LastIndexByte(path, '.')+1:], word), "one of "+strings.Join(names, ", "))
	}
	return T(word)
}

func (r *reader) metric() outcome.Metric {
	m, ok := outcome.MetricNamed(r.Metric)
	switch {
	case r.Metric == "":
		r.wrong("metric", "`metric` is missing", "one of "+strings.Join(metricNames(), ", "))
	case !ok:
		r.wrong("metric", fmt.Sprintf("there is no metric %q", r.Metric), "one of "+strings.Join(metricNames(), ", "))
	case m.Name == "oee" && r.PlannedCycle.D() <= 0:
		r.wrong("planned_cycle", "oee needs `planned_cycle`, the planned time of one unit", plannedHint)
	case m.Name != "oee" && !slices.Contains(r.Secondary, "oee") && r.PlannedCycle != 0:
		r.wrong("planned_cycle", "`planned_cycle` is for oee only", "leave it out")
	}
	return m
}

// secondary are the studies of further metrics of the same rows.
func (r *reader) secondary(s Study) (all []outcome.Study) {
	for i, name := range r.Secondary {
		path := fmt.Sprintf("secondary.%d", i)
		m, ok := outcome.MetricNamed(name)
		switch {
		case !ok:
			r.wrong(path, fmt.Sprintf("there is no metric %q", name), "one of "+strings.Join(metricNames(), ", "))
			continue
		case name == r.Metric, slices.Index(r.Secondary, name) < i:
			r.wrong(path, fmt.Sprintf("%s is in the study already", name), "name each metric once")
			continue
		case m.Name == "oee" && r.PlannedCycle.D() <= 0:
			r.wrong(path, "oee needs `planned_cycle`, the planned time of one unit", plannedHint)
			continue
		case s.Comparator == outcome.DeclaredValue || len(r.rows["before"]) == 0:
			r.wrong(path, "a secondary metric needs a shift log before and after", "leave secondary out, or name a log: before: {source: before.csv, grade: C}")
			continue
		}
		other := s.Study
		other.Metric, other.Target = m, outcome.Target{}
		other.Before.Shifts, other.After.Shifts = r.shifts(r.rows["before"], m), r.shifts(r.rows["after"], m)
		all = append(all, other)
	}
	return all
}

const plannedHint = "such as planned_cycle: 600ms, for a mould of 25 every 15 s"

func metricNames() (names []string) {
	for _, m := range outcome.Metrics() {
		names = append(names, m.Name)
	}
	return names
}

func (r *reader) target(m outcome.Metric) outcome.Target {
	t := outcome.Target{AtLeast: r.Target.AtLeast, AtMost: r.Target.AtMost}
	if r.Target.Kind == "" {
		r.wrong("target", "the target's `kind` is missing", "such as target: {kind: level, at_least: 0.97}, or kind: change with at_least: 0.10, or kind: difference")
		return t
	}
	t.Kind = one(r, "target.kind", r.Target.Kind, []outcome.Kind{outcome.Level, outcome.Change, outcome.Gap})
	if t.Kind == outcome.Level && (r.noLevel(m, "at_least", t.AtLeast) || r.noLevel(m, "at_most", t.AtMost)) {
		return t
	}
	if why, hint := t.Wrong(m); why != "" && m.Name != "" {
		r.wrong("target", why, hint)
	}
	return t
}

// noLevel tells of a bound that the metric cannot have.
func (r *reader) noLevel(m outcome.Metric, name string, bound *float64) bool {
	if bound == nil || *bound >= 0 && (!m.Share || *bound <= 1) {
		return false
	}
	hint := "write a figure of 0 or more"
	if m.Share {
		hint = "write a part of 1: 97 % is 0.97"
	}
	r.wrong("target."+name, fmt.Sprintf("%v is no level of %s", *bound, r.Metric), hint)
	return true
}

func (r *reader) exclusions() {
	for i, e := range r.Exclude {
		path := fmt.Sprintf("exclude.%d", i)
		switch {
		case e.From == "" || e.To == "":
			r.wrong(path, "an exclusion needs `from` and `to`", "days, both ends left out: {from: 2024-02-08, to: 2024-02-16, why: Tết}")
		case e.To < e.From:
			r.wrong(path+".to", fmt.Sprintf("%s is before %s", e.To, e.From), "the last day comes second")
		}
		if strings.TrimSpace(e.Why) == "" {
			r.wrong(path, "an exclusion needs `why`", "shifts are left out for a reason that stands there, such as why: Tết")
		}
	}
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
	p := outcome.Period{Grade: one(r, name+".grade", src.Grade, []outcome.Grade{outcome.Metered, outcome.Imported, outcome.Typed, outcome.Declared})}
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
