package account

import (
	"cmp"
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

const (
	// mostEras bounds how many earlier stretches are remembered; the nearest two become one.
	mostEras = 16
	// newEra is how far ahead of everything booked a batch begins one: it may be a clock that is set back later.
	newEra = 12 * time.Hour
)

// turn begins a new era where a batch lies before the present one, or far ahead of it: a clock had gone ahead, by
// a year perhaps, and is set right sooner or later. Minutes that were booked stay as they are; those around
// them are free. It gives those that become final thereby.
func (m *Machine) turn(first time.Time) (final []*Interval) {
	first = first.Truncate(Minute)
	if m.Begun.IsZero() || !first.Before(m.Begun) && first.Sub(m.end()) < newEra {
		return nil
	}
	m.Eras = joinEras(append(m.Eras, span{From: m.Begun, To: m.end()}))
	final = m.Open
	m.Open, m.Begun, m.Closed = nil, time.Time{}, time.Time{}
	m.Closed = m.open(first)
	return final
}

// end is up to where minutes of this era were booked.
func (m *Machine) end() time.Time {
	if n := len(m.Open); n > 0 {
		return m.Open[n-1].Start.Add(Minute)
	}
	return m.Closed
}

// earlier is the earlier era that a minute lies in; nil where there is none.
func (m *Machine) earlier(start time.Time) *span {
	for i := range m.Eras {
		if record.Span(m.Eras[i]).Holds(start) {
			return &m.Eras[i]
		}
	}
	return nil
}

// open is the first minute from start on that may still grow.
func (m *Machine) open(start time.Time) time.Time {
	if start.Before(m.Closed) {
		start = m.Closed
	}
	for e := m.earlier(start); e != nil; e = m.earlier(start) {
		start = e.To
	}
	return start
}

// joinEras brings them in order, joins what touches, and the nearest where they are too many.
func joinEras(eras []span) []span {
	slices.SortFunc(eras, func(a, b span) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	for i := 1; i < len(eras); {
		if eras[i].From.After(eras[i-1].To) {
			i++
			continue
		}
		eras = join(eras, i)
	}
	for len(eras) > mostEras {
		nearest := 1
		for i := 2; i < len(eras); i++ {
			if eras[i].From.Sub(eras[i-1].To) < eras[nearest].From.Sub(eras[nearest-1].To) {
				nearest = i
			}
		}
		eras = join(eras, nearest)
	}
	return eras
}

// join takes era i into the one before.
func join(eras []span, i int) []span {
	if eras[i].To.After(eras[i-1].To) {
		eras[i-1].To = eras[i].To
	}
	return slices.Delete(eras, i, i+1)
}

// first is the earliest moment that the batch in hand says of a machine; ok is false where it says nothing.
func (r *roles) first() (first time.Time, ok bool) {
	earlier := func(t time.Time) {
		if !ok || t.Before(first) {
			first, ok = t, true
		}
	}
	for _, s := range r.signals {
		if len(s.readings) > 0 {
			earlier(s.readings[0].Time)
		}
	}
	for _, d := range r.devices {
		if len(d.spans) > 0 {
			earlier(d.spans[0].From)
		}
	}
	return first, ok
}
