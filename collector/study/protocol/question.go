package protocol

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// Question finds all that is wrong with what a study asks, whatever its figures come from: from a collector, or from files.
func Question(p record.StudyProtocol) []Mistake {
	var m mistakes
	m.names(p)
	metric := m.metric(p)
	m.secondary(p)
	m.covariate(p, metric)
	m.target(p.Target, metric, p.Metric)
	one(&m, "method", p.Method, outcome.Methods)
	one(&m, "comparator", p.Comparator, []outcome.Comparator{outcome.OwnBefore, outcome.LocalPeer, outcome.DeclaredValue})
	if c := p.Confidence; !(c >= .5 && c < 1) {
		m.add("confidence", NotAPart, fmt.Sprint(c), fmt.Sprintf("%v is no confidence of an interval", c), "write a part of 1, such as 0.95")
	}
	m.exclusions(p.Exclude)
	return m
}

func (m *mistakes) names(p record.StudyProtocol) {
	if err := record.CheckName(p.Study); p.Study == "" {
		m.add("study", Missing, "", "`study` is missing", "name it, such as study: block-line-quality")
	} else if err != nil {
		m.add("study", BadName, p.Study, err.Error(), "")
	}
	if err := record.CheckName(p.Site); p.Site != "" && err != nil {
		m.add("site", BadName, p.Site, err.Error(), "")
	}
	for lang := range p.Title {
		if lang != tongue.Vietnamese && lang != tongue.English {
			m.add("title."+lang, Unknown, lang, fmt.Sprintf("there is no language %q", lang), "vi and en")
		}
	}
}

// one finds a word among those that there are.
func one[T ~string](m *mistakes, path, word string, all []T) {
	if slices.Contains(all, T(word)) {
		return
	}
	names := make([]string, len(all))
	for i, a := range all {
		names[i] = string(a)
	}
	m.add(path, Unknown, word, fmt.Sprintf("there is no %s %q", path[strings.LastIndexByte(path, '.')+1:], word), "one of "+strings.Join(names, ", "))
}

func metricNames() string {
	var names []string
	for _, m := range outcome.Metrics() {
		names = append(names, m.Name)
	}
	return "one of " + strings.Join(names, ", ")
}

const (
	plannedHint = "such as planned_cycle: 600ms, for a mould of 25 every 15 s"
	oee         = "oee"
)

func (m *mistakes) metric(p record.StudyProtocol) outcome.Metric {
	metric, ok := outcome.MetricNamed(p.Metric)
	switch {
	case p.Metric == "":
		m.add("metric", Missing, "", "`metric` is missing", metricNames())
	case !ok:
		m.add("metric", Unknown, p.Metric, fmt.Sprintf("there is no metric %q", p.Metric), metricNames())
	case p.Metric == oee && p.PlannedCycle.D() <= 0:
		m.add("planned_cycle", PlannedCycle, "", "oee needs `planned_cycle`, the planned time of one unit", plannedHint)
	case p.Metric != oee && !slices.Contains(p.Secondary, oee) && p.PlannedCycle != 0:
		m.add("planned_cycle", Unused, "", "`planned_cycle` is for oee only", "leave it out")
	}
	return metric
}

func (m *mistakes) secondary(p record.StudyProtocol) {
	for i, name := range p.Secondary {
		path := "secondary." + strconv.Itoa(i)
		metric, ok := outcome.MetricNamed(name)
		switch {
		case !ok:
			m.add(path, Unknown, name, fmt.Sprintf("there is no metric %q", name), metricNames())
		case metric.Baseline:
			m.add(path, OwnBaseline, name, name+" is judged by a baseline, and only as the primary metric", "leave it out")
		case name == p.Metric, slices.Index(p.Secondary, name) < i:
			m.add(path, Twice, name, name+" is in the study already", "name each metric once")
		case name == oee && p.PlannedCycle.D() <= 0:
			m.add(path, PlannedCycle, "", "oee needs `planned_cycle`, the planned time of one unit", plannedHint)
		}
	}
}

func (m *mistakes) target(t record.StudyTarget, metric outcome.Metric, name string) {
	if t.Kind == "" {
		m.add("target", Missing, "", "the target's `kind` is missing", "such as target: {kind: level, at_least: 0.97}, or kind: change with at_least: 0.10, or kind: difference")
		return
	}
	one(m, "target.kind", t.Kind, []outcome.Kind{outcome.Level, outcome.Change, outcome.Gap})
	if outcome.Kind(t.Kind) == outcome.Level && (m.noLevel(metric, name, "at_least", t.AtLeast) || m.noLevel(metric, name, "at_most", t.AtMost)) {
		return
	}
	wrong, is := TargetOf(t).Wrong(metric)
	if is && metric.Name != "" {
		m.add("target", Code(wrong.Code), "", wrong.Why, wrong.Hint)
	}
}

// TargetOf is the target as it is judged.
func TargetOf(t record.StudyTarget) outcome.Target {
	return outcome.Target{Kind: outcome.Kind(t.Kind), AtLeast: t.AtLeast, AtMost: t.AtMost}
}

// noLevel tells of a bound that the metric cannot have.
func (m *mistakes) noLevel(metric outcome.Metric, name, which string, bound *float64) bool {
	if bound == nil || *bound >= 0 && (!metric.Share || *bound <= 1) {
		return false
	}
	hint := "write a figure of 0 or more"
	if metric.Share {
		hint = "write a part of 1: 97 % is 0.97"
	}
	m.add("target."+which, NotALevel, fmt.Sprint(*bound), fmt.Sprintf("%v is no level of %s", *bound, name), hint)
	return true
}

func (m *mistakes) exclusions(all []record.StudyExclusion) {
	for i, e := range all {
		path := "exclude." + strconv.Itoa(i)
		switch {
		case e.From == record.Date{} || e.To == record.Date{}:
			m.add(path, Missing, "", "an exclusion needs `from` and `to`", "days, both ends left out: {from: 2024-02-08, to: 2024-02-16, why: Tết}")
		case e.To.Compare(e.From) < 0:
			m.add(path+".to", Reversed, "", fmt.Sprintf("%s is before %s", e.To, e.From), "the last day comes second")
		}
		if strings.TrimSpace(e.Why) == "" {
			m.add(path, Missing, "why", "an exclusion needs `why`", "shifts are left out for a reason that stands there, such as why: Tết")
		}
	}
}
