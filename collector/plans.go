package collector

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/record"
)

// plans tells of each minute that is written whether its line was meant to run, for programs that read the views
// without the collector. It does not change later: no word on a calendar governs a time before it was said
// (docs/decisions/0019-calendars-take-effect.md). It belongs to the goroutine of the views.
type plans struct {
	registry *registry.Registry
	lines    map[string]calendar.Line // nil: not read yet
	days     map[string]plannedDay    // the last one that was asked for
}

// planning is what people say that may change when a line is meant to run.
var planning = []record.StatementKind{record.StatementLine, record.StatementCalendar}

// plannedDay is when a line is meant to run on a day of UTC.
type plannedDay struct {
	day   record.Span
	spans []record.Span
}

// planned tells whether a line is meant to run in a minute; so is one of which nobody has heard.
func (p *plans) planned(line string, minute time.Time) bool {
	l, ok := p.lines[line]
	if !ok {
		return true
	}
	d := p.days[line]
	if !d.day.Holds(minute) {
		from := minute.Truncate(24 * time.Hour)
		d.day = record.Span{From: from, To: from.Add(24 * time.Hour)}
		d.spans = l.Planned(d.day)
		p.days[line] = d
	}
	return slices.ContainsFunc(d.spans, func(s record.Span) bool { return s.Holds(minute) })
}

// plan takes what batches say of calendars, before what they say of minutes is written.
func (p *pipeline) plan(ctx context.Context, f folded) error {
	if p.plans == nil || p.plans.lines != nil && !p.replanned(f) {
		return nil
	}
	p.mu.Lock()
	gateways := maps.Clone(p.gateways)
	p.mu.Unlock()
	for _, g := range f.gateways {
		gateways[g.ID] = g
	}
	if err := p.plans.read(ctx, f, gateways); err != nil {
		return fmt.Errorf("when lines are meant to run: %w", err)
	}
	return nil
}

// replanned tells whether batches may change when a line is meant to run.
func (p *pipeline) replanned(f folded) bool {
	for _, s := range f.said {
		if slices.Contains(planning, s.Kind) {
			return true
		}
	}
	for _, g := range f.gateways {
		if g.Head.CatalogueHash != p.gateway(g.ID).Head.CatalogueHash {
			return true
		}
	}
	return false
}

// read makes the plans of all lines that gateways name, by what the registry has and f brings.
func (p *plans) read(ctx context.Context, f folded, gateways map[string]registry.Gateway) error {
	calendars, err := p.registry.Calendars(ctx)
	if err != nil {
		return err
	}
	statements, err := p.registry.Statements(ctx, registry.Said{Kinds: planning})
	if err != nil {
		return err
	}
	var people []entries.Statement
	for _, s := range append(statements, f.said...) {
		if slices.Contains(planning, s.Kind) {
			people = append(people, s)
		}
	}
	calendars = append(calendars, f.calendars...)
	lines := map[string]calendar.Line{}
	for _, g := range gateways {
		zone, err := time.LoadLocation(g.Head.Catalogue.Timezone)
		if err != nil {
			continue // its catalogue names no line
		}
		for id, line := range g.Head.Catalogue.Lines {
			if lines[id], err = said.Sealed(id, line, zone, calendars, people); err != nil {
				return err
			}
		}
	}
	p.lines, p.days = lines, map[string]plannedDay{}
	return nil
}
