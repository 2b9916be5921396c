package board

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/plausible"
)

// Doubts is what speaks against the figures of closed days, for whoever uses one of these figures.
type Doubts struct {
	From     time.Time           `json:"from"`
	To       time.Time           `json:"to" doc:"the last midnight before which all minutes are final; no later than was asked for"`
	Findings []plausible.Finding `json:"findings" nullable:"false" doc:"those that meet these days, in order of time"`
}

// doubted remembers findings by the day, for a month of minutes takes seconds to read. A day is judged once, with the days
// beside it that nobody had asked for either; what later days would say of it is not looked at again.
type doubted struct {
	judging sync.Mutex // held while days are judged: who waits finds them known

	mu      sync.Mutex
	lines   map[string]map[int64][]plausible.Finding
	forgets int
}

// mostDoubted bounds what is remembered of a line, in days.
const mostDoubted = 1000

// forget is for days whose minutes went back, or in which somebody counted by hand; of all lines where none is named.
func (d *doubted) forget(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forgets++
	if line == "" {
		clear(d.lines)
	}
	delete(d.lines, line)
}

// recall gives what is known of a line's days, and the first and the last day of which nothing is.
func (d *doubted) recall(line string, days []time.Time) (known [][]plausible.Finding, first, last, forgets int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	known, first, last = make([][]plausible.Finding, len(days)), len(days), -1
	for n, day := range days {
		found, ok := d.lines[line][day.UnixMilli()]
		if known[n] = found; !ok {
			first, last = min(first, n), n
		}
	}
	return known, first, last, d.forgets
}

// remember keeps what was found, unless something was forgotten meanwhile.
func (d *doubted) remember(line string, days []time.Time, found [][]plausible.Finding, forgets int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if forgets != d.forgets {
		return
	}
	if d.lines == nil {
		d.lines = map[string]map[int64][]plausible.Finding{}
	}
	if d.lines[line] == nil || len(d.lines[line]) > mostDoubted {
		d.lines[line] = map[int64][]plausible.Finding{}
	}
	for n, day := range days {
		d.lines[line][day.UnixMilli()] = found[n]
	}
}

// Doubts gives the findings of the closed days of a window.
func (b *Board) Doubts(ctx context.Context, line string, from, to time.Time) (Doubts, error) {
	p, err := b.find(line)
	if err != nil {
		return Doubts{}, err
	}
	if settled := p.settled(); to.After(settled) {
		to = settled
	}
	from, to = midnight(from, p.zone), midnight(to, p.zone)
	var days []time.Time
	for day := from; day.Before(to); day = calendar.NextDay(day) {
		days = append(days, day)
	}
	d := Doubts{From: from.UTC(), To: from.UTC(), Findings: []plausible.Finding{}}
	if len(days) == 0 {
		return d, nil
	}
	d.To = to.UTC()
	b.doubted.judging.Lock()
	defer b.doubted.judging.Unlock()
	known, first, last, forgets := b.doubted.recall(line, days)
	if first <= last {
		found, err := b.Findings(ctx, line, days[first], calendar.NextDay(days[last]))
		if err != nil {
			return d, err
		}
		for n := first; n <= last; n++ {
			known[n] = meeting(found.Findings, days[n], calendar.NextDay(days[n]))
		}
		b.doubted.remember(line, days[first:last+1], known[first:last+1], forgets)
	}
	for _, found := range known {
		d.Findings = joined(d.Findings, found)
	}
	return d, nil
}

func meeting(all []plausible.Finding, from, to time.Time) []plausible.Finding {
	return slices.DeleteFunc(slices.Clone(all), func(f plausible.Finding) bool { return !f.From.Before(to) || !f.To.After(from) })
}

// joined adds findings; one that begins where another of its kind does is the same, as a later day saw it.
func joined(all, more []plausible.Finding) []plausible.Finding {
	for _, f := range more {
		same := func(o plausible.Finding) bool {
			return o.Check == f.Check && o.Machine == f.Machine && o.Product == f.Product && o.Measure == f.Measure && o.From.Equal(f.From)
		}
		if n := slices.IndexFunc(all, same); n >= 0 {
			all[n] = f
			continue
		}
		all = append(all, f)
	}
	return all
}

// midnight is when the day of a time begins in a zone.
func midnight(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}
