package board

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/spc"
	"github.com/lineproof/lineproof/record"
)

// Measure is a variable that a line's catalogue names, with its specification.
type Measure struct {
	ID      string `json:"id" doc:"machine.name"`
	Machine string `json:"machine"`
	Name    string `json:"name"`
	Unit    string `json:"unit" doc:"of the signal; empty where it names none"`
	spc.Spec
}

// measures lists those of a line, by machine and name.
func (p place) measures() (all []Measure) {
	for _, id := range p.machines() {
		machine := p.model.Machines[id]
		for _, name := range slices.Sorted(maps.Keys(machine.Measures)) {
			m := machine.Measures[name]
			all = append(all, Measure{
				ID: id + "." + name, Machine: id, Name: name, Unit: p.signals[m.From].Unit,
				Spec: spc.Spec{Lower: m.Lower, Upper: m.Upper},
			})
		}
	}
	return all
}

func (p place) measure(id string) (*Measure, error) {
	var ids []string
	for _, m := range p.measures() {
		if m.ID == id {
			return &m, nil
		}
		ids = append(ids, m.ID)
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("measure %q of line %s: %w; the line has none", id, p.id, ErrNotFound)
	}
	return nil, fmt.Errorf("measure %q of line %s: %w; there are %s", id, p.id, ErrNotFound, strings.Join(ids, ", "))
}

// means sets the points to the means of a variable, weighted by the time for which each value held. Minutes in
// which the machine did not run are left out: what a gauge says then is not of the process. A machine that says
// no state counts as running.
func (b *Board) means(ctx context.Context, p place, m Measure, points []ControlPoint) error {
	stretches := make([]stretch, len(points))
	for n, point := range points {
		stretches[n] = stretch{p.id, m.ID, point.From.UnixMilli(), point.To.UnixMilli()}
	}
	sums, first, last := b.measured.recall(stretches)
	if first < last {
		read, err := b.readMeasure(ctx, p, m, points[first:last])
		if err != nil {
			return err
		}
		copy(sums[first:], read)
		b.measured.remember(stretches[first:last], read, p.settled())
	}
	for n, sum := range sums {
		if mean, ok := sum.Mean(); ok {
			points[n].Value = &mean
		}
	}
	return nil
}

// readMeasure sums up a variable over each of the points, minute by minute.
func (b *Board) readMeasure(ctx context.Context, p place, m Measure, points []ControlPoint) ([]account.Measure, error) {
	stateless := p.model.Machines[m.Machine].State == ""
	sums := make([]account.Measure, len(points))
	at := 0
	q := series.Query{Site: p.site, Line: p.id, Machine: m.Machine, From: points[0].From, To: points[len(points)-1].To}
	for i, err := range b.store.Intervals(ctx, q) {
		if err != nil {
			return nil, fmt.Errorf("%s of line %s: %w", m.ID, p.id, err)
		}
		for at < len(points) && !i.Start.Before(points[at].To) {
			at++
		}
		if at == len(points) {
			break
		}
		if !i.Start.Before(points[at].From) && (stateless || i.States[record.Execute] > 0) {
			sums[at] = sums[at].Add(i.Measures[m.Name])
		}
	}
	return sums, nil
}

// measured remembers what closed stretches of measured variables add up to, as hours does for counts.
type measured struct {
	mu   sync.Mutex
	sums map[stretch]account.Measure
}

// stretch is from one time to another of one variable, Unix milliseconds.
type stretch struct {
	line, measure string
	from, to      int64
}

// recall gives what is remembered; what it does not remember lies from first to before last.
func (r *measured) recall(stretches []stretch) (sums []account.Measure, first, last int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	sums, first = make([]account.Measure, len(stretches)), len(stretches)
	for n, s := range stretches {
		sum, ok := r.sums[s]
		if sums[n] = sum; !ok {
			first, last = min(first, n), n+1
		}
	}
	return sums, first, last
}

// remember keeps the sums of stretches that end before a time.
func (r *measured) remember(stretches []stretch, sums []account.Measure, settled time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sums == nil || len(r.sums) > mostHours {
		r.sums = map[stretch]account.Measure{}
	}
	for n, s := range stretches {
		if s.to <= settled.UnixMilli() {
			r.sums[s] = sums[n]
		}
	}
}

func (r *measured) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sums = nil
}
