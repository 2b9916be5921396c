package board

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// Study is a study as lists show it: the version that stands, with what it came to so far.
type Study struct {
	Study      string             `json:"study" doc:"its name"`
	Title      record.Names       `json:"title,omitempty" doc:"by language: vi, en"`
	Line       string             `json:"line"`
	LineName   record.Names       `json:"line_name,omitempty"`
	Site       string             `json:"site,omitempty"`
	Timezone   string             `json:"timezone" doc:"of the line, IANA name"`
	Status     protocol.Status    `json:"status" enum:"draft,registered,measuring,concluded,withdrawn"`
	Late       bool               `json:"late" doc:"registered when its reporting period had begun"`
	Changed    bool               `json:"changed" doc:"changed after the reporting period had begun"`
	Withdrawn  *StudyWithdrawn    `json:"withdrawn,omitempty" doc:"absent where nobody took it back"`
	Metric     StudyMetric        `json:"metric"`
	Target     record.StudyTarget `json:"target"`
	TargetText record.Names       `json:"target_text" doc:"the target in words"`
	Before     *StudyPeriod       `json:"before,omitempty"`
	After      StudyPeriod        `json:"after"`
	Over       bool               `json:"over" doc:"all shifts of both sides are over and known, so that the study can be concluded"`
	Sealed     bool               `json:"sealed" doc:"whether report is a sealed verdict; else it is what it would be by now"`
	Report     *protocol.Report   `json:"report,omitempty" doc:"absent for a draft"`
	Words      *StudyWords        `json:"words,omitempty" doc:"what report says, in words"`
}

// StudyMetric is what a study can be about.
type StudyMetric struct {
	Name  string       `json:"name"`
	Text  record.Names `json:"text" doc:"by language: vi, en"`
	Share bool         `json:"share" doc:"whether it is a part of 1"`
	Lower bool         `json:"lower_is_better"`

	Baseline bool `json:"baseline" doc:"judged by what a regression on output expects: a change from the line's own before"`
}

// StudyWords are a report's verdict and grade in words.
type StudyWords struct {
	Verdict record.Names `json:"verdict"`
	Grade   record.Names `json:"grade"`
}

// StudyPeriod is one side of a study and how far it is.
type StudyPeriod struct {
	Source  string    `json:"source" enum:"metered,records,log,declared,"`
	Line    string    `json:"line,omitempty" doc:"of a local peer"`
	From    time.Time `json:"from,omitzero"`
	To      time.Time `json:"to,omitzero"`
	Shifts  int       `json:"shifts" doc:"that are over, without those left out"`
	Planned int       `json:"planned" doc:"shifts that the calendar has in the whole period; 0 where it has none"`
}

// loadStudies reads what people said of studies.
func (b *Board) loadStudies(ctx context.Context) ([]protocol.Study, error) {
	said, err := b.registry.Statements(ctx, registry.Said{Kinds: protocol.Kinds[:]})
	if err != nil {
		return nil, fmt.Errorf("studies: %w", err)
	}
	all, err := protocol.Of(slices.Values(said))
	if err != nil {
		return nil, fmt.Errorf("studies: %w", err)
	}
	return all, nil
}

// StudyMetrics lists what studies can be about.
func StudyMetrics() (all []StudyMetric) {
	for _, m := range outcome.Metrics() {
		all = append(all, metricOf(m))
	}
	return all
}

func metricOf(m outcome.Metric) StudyMetric {
	text := protocol.InAll(func(t tongue.Tongue) string { return t.Say("study.metric_" + m.Name) })
	return StudyMetric{Name: m.Name, Text: text, Share: m.Share, Lower: m.LowerIsBetter, Baseline: m.Baseline}
}

func wordsOf(r protocol.Report) *StudyWords {
	return &StudyWords{
		Verdict: protocol.InAll(func(t tongue.Tongue) string { return t.Say("study.verdict_" + string(r.Verdict)) }),
		Grade:   protocol.InAll(func(t tongue.Tongue) string { return t.Say("study.grade_" + string(r.Grade)) }),
	}
}

// Studies lists all studies, of one line where it is named.
func (b *Board) Studies(ctx context.Context, line string) ([]Study, error) {
	b.mu.RLock()
	all := b.studies
	b.mu.RUnlock()
	list := []Study{}
	for _, s := range all {
		v := s.Current()
		if line != "" && line != v.Line {
			continue
		}
		one, err := b.summary(ctx, v)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

func (b *Board) study(name string) (protocol.Study, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	s, ok := protocol.Named(b.studies, name)
	if !ok {
		return s, fmt.Errorf("study %q: %w", name, ErrNotFound)
	}
	return s, nil
}

// summary is a version with what it came to.
func (b *Board) summary(ctx context.Context, v protocol.Version) (Study, error) {
	metric, _ := outcome.MetricNamed(v.Metric)
	s := Study{
		Study: v.Study, Title: v.Title, Line: v.Line, Site: v.Site, Status: v.Status(b.clock.Now()), Late: v.Late, Changed: v.Changed,
		Metric: metricOf(metric), Target: v.Target,
		TargetText: protocol.InAll(func(t tongue.Tongue) string {
			return protocol.Words{Tongue: t, Metric: metric}.Target(protocol.TargetOf(v.Target))
		}),
		After: StudyPeriod{Source: v.After.Source, From: v.After.From, To: v.After.To},
	}
	if w := v.Withdrawn; w != nil {
		s.Withdrawn = &StudyWithdrawn{By: w.By, Said: w.Said, Ledger: w.Ledger, Why: w.Why, Begun: w.Begun}
	}
	if p, err := b.find(v.Line); err == nil {
		s.LineName, s.Timezone, s.Site = p.model.Name, p.zone.String(), p.site
	}
	if v.Before != nil {
		s.Before = &StudyPeriod{Source: v.Before.Source, Line: v.Before.Line, From: v.Before.From, To: v.Before.To}
	}
	if v.Draft {
		return s, nil
	}
	a, err := b.ask(ctx, v)
	if err != nil {
		return s, err
	}
	s.Over, s.Report = a.over, &a.report
	s.After.Shifts, s.After.Planned = len(a.After.Rows), a.After.Planned
	if s.Before != nil {
		s.Before.Shifts, s.Before.Planned = len(a.Before.Rows), a.Before.Planned
	}
	if len(v.Verdicts) > 0 {
		s.Sealed, s.Report = true, new(protocol.Report)
		if err := json.Unmarshal(v.Verdicts[0].Result, s.Report); err != nil {
			return s, fmt.Errorf("verdict of study %s: %w", v.Study, err)
		}
	}
	s.Words = wordsOf(*s.Report)
	return s, nil
}

// StudySpan is the line of a study and the time in which all of its shifts lie.
func (b *Board) StudySpan(name string) (line string, span record.Span, err error) {
	s, err := b.study(name)
	if err != nil {
		return "", record.Span{}, err
	}
	v := s.Current()
	span = v.Span()
	if !span.From.Before(span.To) {
		return "", span, fmt.Errorf("study %s: %w yet: its periods are not fixed", name, ErrOpen)
	}
	return v.Line, span, nil
}

// lastEnd is when the last shift of a side ends that is over by a time; zero where none is.
func lastEnd(c calendar.Line, s record.StudySide, until time.Time) (last time.Time) {
	side := record.Span{From: s.From, To: s.To}
	for _, shift := range c.Shifts(side) {
		if side.Holds(shift.From) && !shift.To.After(until) && shift.To.After(last) {
			last = shift.To
		}
	}
	return last
}
