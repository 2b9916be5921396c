package board

import (
	"context"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// KPI computes a line's rows over a window. What lies after now is not planned time yet.
func (b *Board) KPI(ctx context.Context, line string, q KPIQuery) ([]kpi.Row, error) {
	p, err := b.find(line)
	if err != nil {
		return nil, err
	}
	return b.kpi(ctx, p, p.kpiModel(), q)
}

func (b *Board) kpi(ctx context.Context, p place, m kpi.Model, q KPIQuery) ([]kpi.Row, error) {
	window := record.Span{From: q.From.UTC(), To: q.To.UTC()}
	if until := p.until(b.clock.Now()); window.To.After(until) {
		window.To = until
	}
	if window.To.Before(window.From) {
		window.To = window.From
	}
	var err error
	if m.Log, err = b.logged(ctx, p, window); err != nil {
		return nil, err
	}
	rows, err := kpi.Compute(b.intervals(ctx, p, window), m, window, q.By)
	if err != nil {
		return nil, fmt.Errorf("kpi of line %s: %w", p.id, err)
	}
	if !q.Explain {
		for i := range rows {
			rows[i].Explain, rows[i].Losses = nil, nil
		}
	}
	return rows, nil
}

// KPIQuery asks for KPIs over a window.
type KPIQuery struct {
	From, To time.Time
	By       kpi.By
	Explain  bool // with the arithmetic behind each figure
}

// Lines gives all lines with what they do now.
func (b *Board) Lines(ctx context.Context) ([]Line, error) {
	b.mu.RLock()
	places := b.places()
	b.mu.RUnlock()
	lines := make([]Line, 0, len(places))
	for _, p := range places {
		line, err := b.line(ctx, p)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// Has is nil where there is such a line.
func (b *Board) Has(line string) error {
	_, err := b.find(line)
	return err
}

// Zone is a line's time zone.
func (b *Board) Zone(line string) (*time.Location, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	p, err := b.place(line)
	return p.zone, err
}

// Line gives one line with what it does now.
func (b *Board) Line(ctx context.Context, line string) (Line, error) {
	p, err := b.find(line)
	if err != nil {
		return Line{}, err
	}
	return b.line(ctx, p)
}

func (b *Board) line(ctx context.Context, p place) (Line, error) {
	now := b.clock.Now()
	window := b.window(p, now)
	rows, err := b.kpi(ctx, p, p.kpiModel(), KPIQuery{From: window.From, To: window.To, Explain: true})
	if err != nil {
		return Line{}, err
	}
	first, last, err := b.reach(ctx, p)
	if err != nil {
		return Line{}, err
	}
	l := Line{
		ID: p.id, Site: p.site, Name: p.model.Name, Timezone: p.zone.String(), Targets: p.model.Targets,
		Window: window, Plan: p.plan(window, now), KPI: rows[0], DataFrom: first, DataTo: last,
		Measures: p.measures(),
	}
	for _, id := range p.output() {
		if product := p.model.Machines[id].Product; product != nil && l.Product == nil {
			l.Product = &Product{Code: product.Code, Name: product.Name, UnitsPerCycle: product.Units(), PlannedCycleS: product.PlannedCycle.D().Seconds()}
		}
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	l.Machines = b.machinesNow(p, now)
	l.Gateways = []GatewayHealth{}
	if l.Declared = p.declared; !p.declared {
		l.Gateways = append(l.Gateways, b.health(p.gateway, now))
	}
	return l, nil
}

// window is the shift that runs, else the day so far.
func (b *Board) window(p place, now time.Time) Window {
	if s, ok := p.calendar.At(now); ok {
		return Window{Shift: s.Name, From: s.From, To: s.To}
	}
	y, m, d := now.In(p.zone).Date()
	return Window{From: time.Date(y, m, d, 0, 0, 0, 0, p.zone).UTC(), To: time.Date(y, m, d+1, 0, 0, 0, 0, p.zone).UTC()}
}

func (p place) plan(w Window, now time.Time) *Plan {
	if p.model.Plan == nil {
		return nil
	}
	hours := func(to time.Time) (sum float64) {
		for _, s := range p.calendar.Planned(record.Span{From: w.From, To: to}) {
			sum += s.Duration().Hours()
		}
		return sum
	}
	perHour := p.model.Plan.OutputPerHour
	return &Plan{OutputPerHour: perHour, SoFar: perHour * hours(now), Total: perHour * hours(w.To)}
}

// reach finds the first and the last minute of a line's books; nil where there is none.
func (b *Board) reach(ctx context.Context, p place) (first, last *time.Time, err error) {
	b.mu.RLock()
	first = b.begun[p.id]
	b.mu.RUnlock()
	if first == nil {
		for i, err := range b.store.Intervals(ctx, series.Query{Site: p.site, Line: p.id}) {
			if err != nil {
				return nil, nil, fmt.Errorf("first minute of line %s: %w", p.id, err)
			}
			first = &i.Start
			break
		}
	}
	if first == nil || p.account == nil {
		return nil, nil, nil
	}
	b.mu.Lock()
	b.begun[p.id] = first
	b.mu.Unlock()
	for _, m := range p.account.Machines {
		if to := m.ObservedTo; m.Line == p.id && !to.IsZero() && (last == nil || to.After(*last)) {
			last = &to
		}
	}
	if last == nil { // no machine of the line says a state
		last = &p.sealedAt
	}
	return first, last, nil
}
