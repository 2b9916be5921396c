package board

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// mostHours bounds the cache: hours of lines, each a few hundred bytes a machine. Beyond it,
// everything is read anew when somebody looks at it.
const mostHours = 200_000

// hours remembers what closed hours add up to, so that months do not have to be read minute by minute
// for every look. An hour is cut where a shift or break begins or ends: all minutes of a piece are
// planned or all are not, and all belong to the same row, whatever the rows are by. So the sum of a piece
// stands for its minutes.
type hours struct {
	mu    sync.Mutex
	lines map[string]*lineHours
	held  int
}

type lineHours struct {
	cut  string                       // calendars and zone that the pieces were cut by
	sums map[int64][]account.Interval // by the hour's beginning, Unix milliseconds
}

// intervals gives what a line's KPIs are computed from, in order of time: minutes at the edges of the
// window and where the books are still open, sums of hours between.
func (b *Board) intervals(ctx context.Context, p place, window record.Span) iter.Seq2[account.Interval, error] {
	from := ceilHour(window.From, p.zone)
	to := floorHour(window.To, p.zone)
	if settled := floorHour(p.settled(), p.zone); to.After(settled) {
		to = settled
	}
	query := func(from, to time.Time) iter.Seq2[account.Interval, error] {
		return b.store.Intervals(ctx, series.Query{Site: p.site, Line: p.id, From: from, To: to, Sums: true})
	}
	if !from.Before(to) {
		return query(window.From, window.To)
	}
	return func(yield func(account.Interval, error) bool) {
		for i, err := range query(window.From, from) {
			if !yield(i, err) || err != nil {
				return
			}
		}
		sums, err := b.hours.between(p, from, to, query)
		if err != nil {
			yield(account.Interval{}, err)
			return
		}
		for _, i := range sums {
			if !yield(i, nil) {
				return
			}
		}
		for i, err := range query(to, window.To) {
			if !yield(i, err) || err != nil {
				return
			}
		}
	}
}

// settled is up to when a line's minutes are final.
func (p place) settled() (settled time.Time) {
	if p.account == nil {
		return settled
	}
	for _, m := range p.account.Machines {
		if m.Line == p.id && (settled.IsZero() || m.Closed.Before(settled)) {
			settled = m.Closed
		}
	}
	return settled
}

// between gives the sums of whole hours; those that it does not remember are read in one go.
func (h *hours) between(p place, from, to time.Time, query func(from, to time.Time) iter.Seq2[account.Interval, error]) ([]account.Interval, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	line, err := h.line(p)
	if err != nil {
		return nil, err
	}
	var first, last time.Time // of what is missing
	for at := from; at.Before(to); at = nextHour(at, p.zone) {
		if _, ok := line.sums[at.UnixMilli()]; !ok {
			if first.IsZero() {
				first = at
			}
			last = nextHour(at, p.zone)
		}
	}
	if !first.IsZero() {
		if err := h.read(line, p, first, last, query); err != nil {
			return nil, err
		}
	}
	var all []account.Interval
	for at := from; at.Before(to); at = nextHour(at, p.zone) {
		all = append(all, line.sums[at.UnixMilli()]...)
	}
	return all, nil
}

// forget is for hours that were empty when they were read and are not any more.
func (h *hours) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lines, h.held = map[string]*lineHours{}, 0
}

// wentBack tells whether minutes can grow again that were final: a clock was ahead, and is set right.
func wentBack(before, after *account.State) bool {
	if before == nil || after == nil {
		return false
	}
	for key, m := range before.Machines {
		if now := after.Machines[key]; now != nil && now.Closed.Before(m.Closed) {
			return true
		}
	}
	return false
}

// line finds what is remembered of a line, which is nothing once its calendar has changed.
func (h *hours) line(p place) (*lineHours, error) {
	eras, err := json.Marshal(p.calendar.Eras())
	if err != nil {
		return nil, fmt.Errorf("calendar of line %s: %w", p.id, err)
	}
	cut := p.site + p.zone.String() + string(eras)
	if h.held > mostHours {
		h.lines, h.held = map[string]*lineHours{}, 0
	}
	line := h.lines[p.id]
	if line == nil || line.cut != cut {
		if line != nil {
			h.held -= len(line.sums)
		}
		line = &lineHours{cut: cut, sums: map[int64][]account.Interval{}}
		h.lines[p.id] = line
	}
	return line, nil
}

// warmWeeks is a year and a week.
const warmWeeks = 53

// Warm reads the last year of every line, the newest weeks of all of them first, so that the first look at their history
// does not have to wait, and works out what studies come to. It ends early where there is more than can be remembered.
func (b *Board) Warm(ctx context.Context) error {
	if err := b.warmHours(ctx); err != nil {
		return err
	}
	_, err := b.Studies(ctx, "")
	return err
}

func (b *Board) warmHours(ctx context.Context) error {
	b.mu.RLock()
	places := b.places()
	b.mu.RUnlock()
	to := b.clock.Now().UTC()
	for range warmWeeks {
		from := to.AddDate(0, 0, -7)
		for _, p := range places {
			if b.hours.full() {
				return nil
			}
			for _, err := range b.intervals(ctx, p, record.Span{From: from, To: to}) {
				if err != nil {
					return err
				}
			}
		}
		to = from
	}
	return nil
}

// full tells that more hours would push out those that are remembered.
func (h *hours) full() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.held >= mostHours
}

func (h *hours) read(line *lineHours, p place, from, to time.Time, query func(from, to time.Time) iter.Seq2[account.Interval, error]) error {
	read := map[int64][]account.Interval{}
	for at := from; at.Before(to); at = nextHour(at, p.zone) {
		read[at.UnixMilli()] = nil
	}
	cut := newCutter(p, record.Span{From: from, To: to})
	for i, err := range query(from, to) {
		if err != nil {
			return err
		}
		hour := floorHour(i.Start, p.zone).UnixMilli()
		read[hour] = cut.add(read[hour], i)
	}
	for hour, sums := range read {
		if _, ok := line.sums[hour]; !ok {
			h.held++
		}
		line.sums[hour] = sums
	}
	return nil
}

// cutter adds minutes to the sum of the piece that they lie in.
type cutter struct {
	edges []time.Time // where shifts and breaks begin and end
}

func newCutter(p place, window record.Span) cutter {
	var c cutter
	for _, s := range p.calendar.Shifts(window) {
		c.edges = append(c.edges, s.From, s.To)
		for _, b := range s.Breaks {
			c.edges = append(c.edges, b.From, b.To)
		}
	}
	slices.SortFunc(c.edges, time.Time.Compare)
	return c
}

// piece numbers the stretches between edges.
func (c cutter) piece(t time.Time) int {
	at, found := slices.BinarySearchFunc(c.edges, t, time.Time.Compare)
	for found && at < len(c.edges) && c.edges[at].Equal(t) {
		at++ // several edges at one time: past them all
	}
	return at
}

// add takes a minute into the sums of its hour, the newest of which are at the end.
func (c cutter) add(sums []account.Interval, i account.Interval) []account.Interval {
	piece := c.piece(i.Start)
	for n := len(sums) - 1; n >= 0 && c.piece(sums[n].Start) == piece; n-- {
		s := &sums[n]
		if s.Machine == i.Machine && s.Product == i.Product && s.Order == i.Order && s.PlannedCycle == i.PlannedCycle && s.UnitsPerCycle == i.UnitsPerCycle {
			s.Add(i)
			return sums
		}
	}
	return append(sums, i)
}

// Hours are those of the line's time zone, as kpi cuts them.
func floorHour(t time.Time, zone *time.Location) time.Time {
	l := t.In(zone)
	return t.Add(-time.Duration(l.Minute())*time.Minute - time.Duration(l.Second())*time.Second - time.Duration(l.Nanosecond())).UTC()
}

func ceilHour(t time.Time, zone *time.Location) time.Time {
	if f := floorHour(t, zone); !f.Equal(t) {
		return nextHour(f, zone)
	}
	return t.UTC()
}

func nextHour(t time.Time, zone *time.Location) time.Time { return floorHour(t.Add(time.Hour), zone) }
