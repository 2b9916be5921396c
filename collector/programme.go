package collector

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/programme"
	"github.com/lineproof/lineproof/collector/projects"
)

// Rules reads the lists and targets. An error names every mistake with its file, line and column.
func (p Programme) Rules() (programme.Rules, error) {
	var errs []error
	read := func(name string) *programme.File {
		if name == "" {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			errs = append(errs, fmt.Errorf("programme: %w", err))
		}
		return &programme.File{Name: name, Text: text}
	}
	files := programme.Files{Lists: read(p.Lists), Provinces: read(p.Provinces), Prices: read(p.Prices)}
	for _, name := range p.Targets {
		files.Targets = append(files.Targets, *read(name))
	}
	if err := errors.Join(errs...); err != nil {
		return programme.Rules{}, err
	}
	return programme.Read(files)
}

// sources are what the programme is told by the rest of the collector.
func (c *Collector) sources() projects.Sources {
	return projects.Sources{
		Studies: c.siteStudies,
		Witnesses: func() programme.Witnesses {
			w := c.cosigned()
			return programme.Witnesses{Asked: len(w.Witnesses), Cosigned: w.Cosigned, Necessary: w.Quorum}
		},
	}
}

// siteStudies are the board's studies, but drafts: their sealed verdicts, or what they come to so far.
func (c *Collector) siteStudies(ctx context.Context) (list []programme.SiteStudy, err error) {
	all, err := c.board.Studies(ctx, "")
	for _, s := range all {
		if s.Report == nil {
			continue
		}
		metric, _ := outcome.MetricNamed(s.Metric.Name)
		one := programme.StudyOf(s.Study, metric, outcome.Result{Before: s.Report.Before, After: s.Report.After, RelativeChange: s.Report.RelativeChange, Verdict: s.Report.Verdict, Grade: s.Report.Grade})
		one.Title, one.Line, one.Late, one.Changed, one.Concluded, one.Withdrawn = s.Title, s.Line, s.Late, s.Changed, s.Sealed, s.Withdrawn != nil
		list = append(list, one)
	}
	return list, err
}

// lookout lets the programme look at the board's lines.
type lookout struct{ *board.Board }

var _ projects.Plant = lookout{}

// Lines are those that gateways read.
func (p lookout) Lines() (ids []string) {
	for _, w := range p.Board.Watched() {
		ids = append(ids, w.ID)
	}
	return ids
}

// Watched says how a line's gateway is, and how much of its planned time was seen since a time.
func (p lookout) Watched(ctx context.Context, line string, since time.Time) (programme.Watched, error) {
	l, err := p.Line(ctx, line)
	if err != nil {
		return programme.Watched{}, noLine(err)
	}
	w := programme.Watched{Line: line, Health: "declared", Since: since.UTC()}
	for _, g := range l.Gateways {
		w.Health, w.Seen = g.Health, g.Seen
	}
	if first := l.DataFrom; first != nil && first.After(since) {
		w.Since = first.UTC() // there was no gateway before
	}
	rows, err := p.KPI(ctx, line, board.KPIQuery{From: w.Since, To: l.Window.To})
	if err != nil {
		return w, err
	}
	w.Coverage = rows[0].Coverage
	return w, nil
}

// Findings counts what speaks against a line's figures since a time.
func (p lookout) Findings(ctx context.Context, line string, since time.Time) (int, error) {
	l, err := p.Line(ctx, line)
	if err != nil || l.DataFrom == nil {
		return 0, noLine(err)
	}
	f, err := p.Board.Findings(ctx, line, since, l.Window.To)
	return len(f.Findings), err
}

// Months are those that are over and of which the line has data, by its clock.
func (p lookout) Months(ctx context.Context, line string) (months []time.Time, err error) {
	l, err := p.Line(ctx, line)
	if err != nil || l.DataFrom == nil {
		return nil, noLine(err)
	}
	zone, err := p.Zone(line)
	if err != nil {
		return nil, err
	}
	year, month, _ := l.DataFrom.In(zone).Date()
	for at := time.Date(year, month, 1, 0, 0, 0, 0, zone); !at.AddDate(0, 1, 0).After(*l.DataTo); at = at.AddDate(0, 1, 0) {
		months = append(months, at)
	}
	return months, nil
}

// Made is what a line made in a month; nil where less of its planned time was seen than evidence needs.
func (p lookout) Made(ctx context.Context, line string, year int, month time.Month) (made []programme.Made, err error) {
	zone, err := p.Zone(line)
	if err != nil {
		return nil, noLine(err)
	}
	from := time.Date(year, month, 1, 0, 0, 0, 0, zone)
	q := board.KPIQuery{From: from, To: from.AddDate(0, 1, 0)}
	whole, err := p.KPI(ctx, line, q)
	if err != nil || whole[0].Coverage == nil || *whole[0].Coverage < programme.LeastCoverage {
		return nil, err
	}
	q.By = kpi.ByProduct
	rows, err := p.KPI(ctx, line, q)
	for _, r := range rows {
		if r.GoodQuantity != nil {
			made = append(made, programme.Made{Line: line, Product: r.Product, Month: from.Format("2006-01"), Good: float64(*r.GoodQuantity)})
		}
	}
	return made, err
}

func noLine(err error) error {
	if errors.Is(err, board.ErrNotFound) {
		return projects.ErrNoLine
	}
	return err
}
