package account

import (
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// minutes books into the open intervals of one machine.
type minutes struct {
	*Machine
	site      string
	clock     record.Clock // of the batch
	makings   []making     // what it makes, in order; at least one
	now       *making      // what in books for
	microStop time.Duration
	touched   []*Interval

	last  *Interval // that ending gave
	start time.Time // of which minute
	of    *making   // and for what
}

// open begins to book a batch's readings of a machine.
func (p *floor) open(r *roles, clock record.Clock) *minutes {
	if r.kept == nil {
		r.kept = p.state.machine(r)
	}
	m := &p.minutes
	*m = minutes{Machine: r.kept, site: p.site, clock: clock, makings: p.makings(m.makings[:0], r), microStop: r.microStop, touched: m.touched[:0]}
	m.before(time.Time{})
	return m
}

// in gives the interval of the minute that begins at start. A minute that is closed for good is not
// opened again: what belongs there goes to the oldest one that may still grow.
func (m *minutes) in(start time.Time) *Interval {
	start = m.open(start)
	at := len(m.Open) // behind those of this minute and before
	for at > 0 && m.Open[at-1].Start.After(start) {
		at--
	}
	for n := at - 1; n >= 0 && m.Open[n].Start.Equal(start); n-- {
		if i := m.Open[n]; i.Product == m.now.product.Code && i.Order == m.now.order {
			return m.touch(i)
		}
	}
	i := &Interval{
		Site: m.site, Line: m.Line, Machine: m.Machine.Machine, Product: m.now.product.Code, Order: m.now.order, Start: start,
		PlannedCycle: m.now.product.PlannedCycle.D(), UnitsPerCycle: m.now.product.Units(),
	}
	m.Open = slices.Insert(m.Open, at, i)
	return m.touch(i)
}

func (m *minutes) touch(i *Interval) *Interval {
	if !slices.Contains(m.touched, i) {
		m.touched = append(m.touched, i)
	}
	i.TimeErrorMs = max(i.TimeErrorMs, int64((m.clock.ErrorBound+time.Millisecond-1)/time.Millisecond))
	return i
}

// ending gives the interval to which something belongs that was seen at t and happened before.
func (m *minutes) ending(t time.Time) *Interval {
	now := m.before(t)
	if into := t.Sub(m.start); m.last == nil || now != m.of || into < time.Millisecond || into >= Minute+time.Millisecond {
		m.start, m.of = t.Add(-time.Millisecond).Truncate(Minute), now
		m.last = m.in(m.start)
	}
	return m.last
}

// book adds a stretch of a state, minute by minute. What lies in closed minutes, or before what is booked
// already, is left out: no second is counted twice.
func (m *minutes) book(span record.Span, state record.State) {
	for run := range m.runs(span) {
		for start, each := range byMinute(run) {
			if !m.open(start).Equal(start) {
				continue
			}
			i := m.ending(each.To)
			from := max(each.From.Sub(start).Milliseconds(), m.booked(start))
			added := i.add(from, each.To.Sub(start).Milliseconds(), state)
			if m.clock.State == record.ClockBetween {
				i.UncertainMs += added
			}
		}
	}
}

// booked is up to where a minute is booked, whatever was made, in milliseconds into it.
func (m *minutes) booked(start time.Time) (end int64) {
	for _, i := range m.Open {
		if i.Start.Equal(start) {
			end = max(end, i.end())
		}
	}
	return end
}

// byMinute cuts a span at whole minutes, and gives these with the parts.
func byMinute(span record.Span) func(yield func(time.Time, record.Span) bool) {
	return func(yield func(time.Time, record.Span) bool) {
		for from, start := span.From, span.From.Truncate(Minute); from.Before(span.To); {
			next := start.Add(Minute)
			if !yield(start, record.Span{From: from, To: sooner(span.To, next)}) {
				return
			}
			from, start = next, next
		}
	}
}

// add appends from..to, in milliseconds into the minute, to the timeline and to the state's sum, and gives how
// much of it was new.
func (i *Interval) add(from, to int64, state record.State) int64 {
	if from = max(from, i.end()); from >= to {
		return 0
	}
	if n := len(i.Timeline); n > 0 && i.Timeline[n-1].Unobserved && i.Timeline[n-1].At == from {
		i.Timeline = i.Timeline[:n-1]
	}
	if n := len(i.Timeline); n == 0 || i.Timeline[n-1].Unobserved || i.Timeline[n-1].State != state {
		i.Timeline = append(i.Timeline, Step{At: from, State: state})
	}
	if to < Minute.Milliseconds() {
		i.Timeline = append(i.Timeline, Step{At: to, Unobserved: true})
	}
	i.States[state] += to - from
	return to - from
}

// end is up to where the interval's timeline goes, in milliseconds into the minute.
func (i *Interval) end() int64 {
	n := len(i.Timeline)
	switch {
	case n == 0:
		return 0
	case i.Timeline[n-1].Unobserved:
		return i.Timeline[n-1].At
	}
	return Minute.Milliseconds()
}

// changed copies the intervals that this batch touched.
func (m *minutes) changed() []Interval {
	var all []Interval
	for _, i := range m.touched {
		all = append(all, i.clone())
	}
	return all
}

// close makes all but the newest minutes final, and gives those.
func (m *Machine) close() (final []*Interval) {
	if len(m.Open) == 0 {
		return nil
	}
	if m.Begun.IsZero() {
		m.Begun = m.Open[0].Start
	}
	closed := m.Open[len(m.Open)-1].Start.Add(-kept * Minute)
	if closed.After(m.Closed) {
		m.Closed = closed
	}
	n := 0
	for n < len(m.Open) && m.Open[n].Start.Before(m.Closed) {
		n++
	}
	if n > 0 {
		final, m.Open = m.Open[:n], slices.Clone(m.Open[n:])
	}
	return final
}
