package collector

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/plausible"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/record"
)

// bundleResults are what the views say of a bundle's period, as pages have it.
type bundleResults struct {
	*Bundle
	model  kpi.Model
	checks *plausible.Lines
}

func (b *Bundle) newResults() (*bundleResults, error) {
	cat := b.plan.lastHead().Catalogue
	model, err := b.plan.model(cat)
	if err != nil {
		return nil, err
	}
	log, err := entries.Of(entries.About(b.plan.said, b.plan.line, entries.Within(b.Period())))
	if err != nil {
		return nil, err
	}
	model.Log = entries.Logged(log)
	counts, err := entries.Counts(entries.Line(b.plan.said, b.plan.line), b.Period())
	if err != nil {
		return nil, err
	}
	r := &bundleResults{Bundle: b, model: model}
	r.checks = plausible.New(plausible.ModelOf(cat.Lines[b.plan.line], cat.Signals, kpi.Planned(model.Calendar, b.Period())))
	for _, c := range counts {
		r.checks.Count(plausible.Hand(c.From, c.HandCount))
	}
	return r, nil
}

// minutes writes every minute, one a line.
func (r *bundleResults) minutes(ctx context.Context, to io.Writer) error {
	lines := json.NewEncoder(to)
	for i, err := range r.c.store.Intervals(ctx, r.query()) {
		if err == nil {
			err = lines.Encode(i)
		}
		if err != nil {
			return err
		}
		r.checks.Add(i)
	}
	return nil
}

// all is what follows from the minutes, which are written before.
func (r *bundleResults) all(ctx context.Context) (all bundle.Results, err error) {
	if all.KPIs, err = r.kpis(ctx); err != nil {
		return all, err
	}
	findings, _ := r.checks.Findings()
	if all.Findings, err = texts(findings); err != nil {
		return all, err
	}
	studies, err := protocol.OfLine(slices.Values(r.plan.said), r.plan.line)
	if err != nil {
		return all, err
	}
	all.Studies, err = texts(studies)
	return all, err
}

// texts is a list in JSON, one by one.
func texts[T any](list []T) (all []json.RawMessage, err error) {
	for _, v := range list {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, nil
}

// kpis computes the figures from the views.
func (r *bundleResults) kpis(ctx context.Context) (bundle.KPIs, error) {
	all := bundle.KPIs{}
	for _, grouping := range bundle.Groupings() {
		q := r.query()
		q.Sums = true
		rows, err := kpi.Compute(r.c.store.Intervals(ctx, q), r.model, r.Period(), by(grouping))
		if err != nil {
			return nil, err
		}
		for i := range rows {
			rows[i].Explain, rows[i].Losses = nil, nil
		}
		if all[grouping], err = texts(rows); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// by is a grouping as package kpi has it.
func by(g bundle.Grouping) kpi.By {
	if g == bundle.Whole {
		return kpi.Whole
	}
	return kpi.By(g)
}

// lastHead is what the line said of itself in the last batch of the bundle.
func (p *bundlePlan) lastHead() (last verify.Head) {
	var sealed time.Time
	for _, id := range slices.Sorted(maps.Keys(p.parts)) {
		own := p.parts[id]
		at := slices.IndexFunc(own.batches, func(b inLedger) bool { return b.seq == own.last })
		if at < 0 || own.batches[at].sealed.Before(sealed) {
			continue
		}
		for _, h := range own.heads {
			if _, ok := h.Catalogue.Lines[p.line]; ok && h.Seq <= own.last {
				last, sealed = h, own.batches[at].sealed
			}
		}
	}
	return last
}

// model is the line, and when it was meant to run by all batches of the bundle.
func (p *bundlePlan) model(cat record.Catalogue) (m kpi.Model, err error) {
	zone, err := time.LoadLocation(cat.Timezone)
	if err != nil {
		return m, err
	}
	line := cat.Lines[p.line]
	plan, err := said.Sealed(p.line, line, zone, p.calendars(), p.said)
	return kpi.ModelOf(line, plan), err
}
