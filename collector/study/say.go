package study

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/internal/tongue"
)

// Said is a text with the key that it has in every language.
type Said struct {
	Key  string `json:"key"`
	Text string `json:"text"`
}

// Report is a study's result as programs read it.
type Report struct {
	Study      string             `json:"study"`
	Metric     string             `json:"metric"`
	Comparator outcome.Comparator `json:"comparator"`
	Confidence float64            `json:"confidence"`
	outcome.Result
	Secondary []outcome.Comparison `json:"secondary"`
	Reasons   []Said               `json:"reasons"`
	Warnings  []Said               `json:"warnings"`
}

// Report puts a result into the words of one language.
func (s Study) Report(r outcome.Result, t tongue.Tongue) Report {
	said := func(messages []tongue.Message) []Said {
		list := []Said{}
		for _, m := range messages {
			list = append(list, Said{m.Key(), t.Text(m)})
		}
		return list
	}
	return Report{
		Study: s.Name, Metric: s.Metric.Name, Comparator: s.Comparator, Confidence: s.Confidence,
		Result: r, Secondary: outcome.Secondary(s.Secondary), Reasons: said(r.Reasons), Warnings: said(append(r.Warnings, s.Notes...)),
	}
}

// words writes figures and texts of one study in one language.
type words struct{ protocol.Words }

// Write tells a person what the study came to.
func (s Study) Write(w io.Writer, r outcome.Result, t tongue.Tongue) error {
	say := words{protocol.Words{Tongue: t, Metric: s.Metric.Shown()}}
	report := s.Report(r, t)
	fmt.Fprintf(w, "%s\n\n", strings.TrimSuffix(s.Name+": "+s.Title[t.Lang()], ": "))
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", t.Say("study.metric_"+say.Metric.Name), t.Say("study.value"), t.Say("study.interval", "percent", tongue.Percent(s.Confidence)), t.Say("study.sample"))
	if r.Before != nil {
		say.side(table, t.Say("study.before"), *r.Before)
	}
	say.side(table, t.Say("study.after"), r.After)
	say.bounded(table, t.Say("study.difference"), r.Difference, say.Difference)
	change := t.Say("study.change")
	if s.Metric.Baseline {
		change = t.Say("study.change_baseline")
	}
	say.bounded(table, change, r.RelativeChange, say.Change)
	if err := table.Flush(); err != nil {
		return err
	}
	say.baseline(w, r.Baseline)
	fmt.Fprintf(w, "\n%s\n", t.Say("study.target", "target", say.Target(s.Target)))
	fmt.Fprintf(w, "%s\n", t.Say("study.verdict_"+string(r.Verdict)))
	for _, reason := range report.Reasons {
		fmt.Fprintf(w, "  %s\n", reason.Text)
	}
	fmt.Fprintf(w, "\n%s\n%s\n", t.Say("study.grade_"+string(r.Grade)), t.Say("study.method", "method", string(r.Method)))
	if err := s.secondary(w, report.Secondary, t); err != nil {
		return err
	}
	for i, warning := range report.Warnings {
		if i == 0 {
			fmt.Fprintf(w, "\n%s\n", t.Say("study.know"))
		}
		fmt.Fprintf(w, "- %s\n", warning.Text)
	}
	return nil
}

// secondary shows further metrics in a table of their own.
func (s Study) secondary(w io.Writer, list []outcome.Comparison, t tongue.Tongue) error {
	if len(list) == 0 {
		return nil
	}
	fmt.Fprintf(w, "\n%s\n", t.Say("study.secondary"))
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintf(table, "\t%s\t%s\t%s\tp\n", t.Say("study.before"), t.Say("study.after"), t.Say("study.change"))
	for i, c := range list {
		say := words{protocol.Words{Tongue: t, Metric: s.Secondary[i].Metric}}
		change := "-"
		if c.RelativeChange != nil {
			change = say.Figure(c.RelativeChange.Estimate, say.Change) + " (" + say.Between(c.RelativeChange.Low, c.RelativeChange.High, say.Change) + ")"
		}
		p := say.Figure(c.Adjusted, func(v float64) string { return say.Number("%.2g", v) })
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", t.Say("study.metric_"+c.Metric), say.Figure(c.Before.Value, say.Level), say.Figure(c.After.Value, say.Level), change, p)
	}
	return table.Flush()
}

// baseline says what it expects, and how well it fits.
func (s words) baseline(w io.Writer, f *outcome.Fitted) {
	if f == nil {
		return
	}
	kWh := func(v float64) string { return s.Number("%.0f", v) }
	fmt.Fprintf(w, "\n%s\n", s.Say("study.expected_energy", "expected", s.Figure(f.Expected, kWh), "used", s.Figure(f.Used, kWh)))
	step := func(v float64) string { return s.Number("%+.4g", v) }
	fmt.Fprintf(w, "%s\n", s.Say("study.baseline_fit", "cv", s.Figure(f.CVRMSE, func(v float64) string { return s.Percent(tongue.Percent(v)) }), "step", s.Figure(f.Step.Estimate, step), "within", s.Between(f.Step.Low, f.Step.High, step)))
}

func (s words) side(w io.Writer, name string, side outcome.Side) {
	sample := s.Say("study.nobody_measured")
	if side.Coverage != nil {
		sample = s.Say("study.shifts", "shifts", side.Shifts, "coverage", tongue.Percent(*side.Coverage))
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", name, s.Figure(side.Value, s.Level), s.Between(side.Low, side.High, s.Level), sample)
}

func (s words) bounded(w io.Writer, name string, b *outcome.Bounded, form func(float64) string) {
	if b != nil {
		fmt.Fprintf(w, "%s\t%s\t%s\t\n", name, s.Figure(b.Estimate, form), s.Between(b.Low, b.High, form))
	}
}
