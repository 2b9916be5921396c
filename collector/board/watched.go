package board

import (
	"context"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// Watched is a line as it is watched: what its machines do now, and when they are meant to.
type Watched struct {
	ID, Site, Gateway string
	Name              record.Names
	Calendar          calendar.Line
	Targets           map[string]float64
	Machines          []Machine // those whose counts are the line's and that say what they do
}

// Watched gives all lines, by id.
func (b *Board) Watched() []Watched {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var all []Watched
	for _, p := range b.places() {
		if p.declared {
			continue // there is nothing to watch
		}
		w := Watched{
			ID: p.id, Site: p.site, Gateway: p.gateway.ID, Name: p.model.Name, Targets: p.model.Targets,
			Calendar: p.calendar,
		}
		for _, m := range b.machinesNow(p, b.clock.Now()) {
			if m.Output && p.model.Machines[m.ID].State != "" {
				w.Machines = append(w.Machines, m)
			}
		}
		all = append(all, w)
	}
	return all
}

// Metered is how a machine with an energy meter ran.
type Metered struct {
	Machine string
	Name    record.Names
	Read    *time.Time    // end of the last minute in which the meter was read; nil: in none
	Begin   *time.Time    // of the first minute known after that; nil: none is
	Ran     time.Duration // in state execute since then; where no state is known, a minute with output counts whole
}

// Metered looks back to a time how each machine of a line ran since its energy meter was read last.
func (b *Board) Metered(ctx context.Context, line string, from time.Time) ([]Metered, error) {
	b.mu.RLock()
	p, err := b.place(line)
	b.mu.RUnlock()
	if err != nil {
		return nil, err
	}
	var all []Metered
	for _, id := range p.machines() {
		if p.model.Machines[id].Energy != "" {
			all = append(all, Metered{Machine: id, Name: p.model.Machines[id].Name})
		}
	}
	if all == nil {
		return nil, nil
	}
	for i, err := range b.store.Intervals(ctx, series.Query{Site: p.site, Line: p.id, From: from, Sums: true}) {
		if err != nil {
			return nil, fmt.Errorf("meters of line %s: %w", line, err)
		}
		for n := range all {
			if all[n].Machine == i.Machine {
				all[n].add(i, p.model.Machines[i.Machine].State != "")
			}
		}
	}
	return all, nil
}

func (m *Metered) add(i account.Interval, stated bool) {
	if i.Metered {
		read := i.Start.Add(account.Minute)
		m.Read, m.Begin, m.Ran = &read, nil, 0
		return
	}
	if m.Begin == nil {
		m.Begin = &i.Start
	}
	m.Ran += time.Duration(i.States[record.Execute]) * time.Millisecond
	if !stated && i.Observed() == 0 && i.Produced > i.Late {
		m.Ran += account.Minute
	}
}
