package account

import (
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// minutes books into the open intervals of one machine.
type minutes struct {
	*Machine
	site    string
	clock   record.Clock // of the batch
	product record.Product
	touched map[Key]bool
}

// in gives the interval of the minute that begins at start. A minute that is closed for good is not
// opened again: what belongs there goes to the oldest one that may still grow.
func (m *minutes) in(start time.Time) *Interval {
	start = m.open(start)
	at, found := slices.BinarySearchFunc(m.Open, start, func(i Interval, t time.Time) int { return i.Start.Compare(t) })
	for ; found && at < len(m.Open) && m.Open[at].Start.Equal(start); at++ {
		if m.Open[at].Product == m.product.Code {
			return m.touch(at)
		}
	}
	m.Open = slices.Insert(m.Open, at, Interval{
		Site: m.site, Line: m.Line, Machine: m.Machine.Machine, Product: m.product.Code, Start: start,
		PlannedCycle: m.product.PlannedCycle.D(), UnitsPerCycle: m.product.Units(),
	})
	return m.touch(at)
}

func (m *minutes) touch(at int) *Interval {
	i := &m.Open[at]
	m.touched[i.Key()] = true
	i.TimeErrorMs = max(i.TimeErrorMs, int64((m.clock.ErrorBound+time.Millisecond-1)/time.Millisecond))
	return i
}

// ending gives the interval to which something belongs that was seen at t and happened before.
func (m *minutes) ending(t time.Time) *Interval {
	return m.in(t.Add(-time.Millisecond).Truncate(Minute))
}

// book adds a stretch of a state, minute by minute. What lies in closed minutes, or before what is booked
// already, is left out: no second is counted twice.
func (m *minutes) book(span record.Span, state record.State) {
	for each := range byMinute(span) {
		start := each.From.Truncate(Minute)
		if !m.open(start).Equal(start) {
			continue
		}
		i := m.in(start)
		added := i.add(each.From.Sub(start).Milliseconds(), each.To.Sub(start).Milliseconds(), state)
		if m.clock.State == record.ClockBetween {
			i.UncertainMs += added
		}
	}
}

// byMinute cuts a span at whole minutes.
func byMinute(span record.Span) func(yield func(record.Span) bool) {
	return func(yield func(record.Span) bool) {
		for from := span.From; from.Before(span.To); {
			to := from.Truncate(Minute).Add(Minute)
			if to.After(span.To) {
				to = span.To
			}
			if !yield(record.Span{From: from, To: to}) {
				return
			}
			from = to
		}
	}
}

// add appends from..to, in milliseconds into the minute, to the timeline and to the state's sum, and gives how
// much of it was new.
func (i *Interval) add(from, to int64, state record.State) int64 {
	end := int64(0) // of what is booked already
	if n := len(i.Timeline); n > 0 {
		end = Minute.Milliseconds()
		if i.Timeline[n-1].Unobserved {
			end = i.Timeline[n-1].At
		}
	}
	if from = max(from, end); from >= to {
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

// changed copies the intervals that this batch touched.
func (m *minutes) changed() []Interval {
	var all []Interval
	for _, i := range m.Open {
		if m.touched[i.Key()] {
			all = append(all, i.clone())
		}
	}
	return all
}

// close makes all but the newest minutes final.
func (m *minutes) close() {
	if len(m.Open) == 0 {
		return
	}
	if m.Begun.IsZero() {
		m.Begun = m.Open[0].Start
	}
	closed := m.Open[len(m.Open)-1].Start.Add(-kept * Minute)
	if closed.After(m.Closed) {
		m.Closed = closed
	}
	final := 0
	for final < len(m.Open) && m.Open[final].Start.Before(m.Closed) {
		final++
	}
	m.finished = append(m.finished, m.Open[:final]...)
	m.Open = slices.Clone(m.Open[final:])
}
