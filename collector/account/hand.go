package account

import (
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// hand takes a batch into the hand: its readings by signal, and what was observed by device.
func (p *floor) hand(b *record.Batch) {
	for _, s := range p.read {
		s.readings = nil
	}
	for _, d := range p.watched {
		d.spans = nil
	}
	p.read, p.watched = p.read[:0], p.watched[:0]
	for from := 0; from < len(b.Readings); {
		to, name := from+1, b.Readings[from].Signal
		for to < len(b.Readings) && b.Readings[to].Signal == name {
			to++
		}
		s := p.signal(name)
		if len(s.readings) == 0 {
			p.read = append(p.read, s)
		}
		s.readings = joined(s.readings, b.Readings[from:to])
		from = to
	}
	for n := range b.Observed {
		o := &b.Observed[n]
		d := p.device(o.Device)
		if len(d.spans) == 0 {
			p.watched = append(p.watched, d)
		}
		d.spans = joined(d.spans, o.Spans)
	}
}

// joined is more behind what there is; alone, it is not copied.
func joined[T any](all, more []T) []T {
	if len(all) == 0 {
		return slices.Clip(more)
	}
	return append(all, more...)
}

// keep leaves in the state what the batch in hand said last.
func (p *floor) keep() {
	for _, s := range p.read {
		p.kept(s).remember(s.readings)
	}
	for _, d := range p.watched {
		n := len(d.spans)
		if n == 0 {
			continue
		}
		last := p.lastLook(d)
		if last == nil {
			last = &span{}
			p.state.Looked[d.name] = last
		}
		*last = span(d.spans[n-1])
	}
}

// kept is what the state has of a signal.
func (p *floor) kept(s *signal) *Signal {
	if s.kept == nil {
		s.kept = p.state.signal(s.name)
	}
	return s.kept
}

// lastLook is the last span of a device that the state has; nil: none.
func (p *floor) lastLook(d *device) *span {
	if d.last == nil {
		d.last = p.state.Looked[d.name]
	}
	return d.last
}

// looked tells whether the device was observed up to t from before t: what changed at t changed since the
// poll before, and not at some time when nobody looked.
func (p *floor) looked(d *device, t time.Time) bool {
	in := func(s record.Span) bool { return s.From.Before(t) && !t.After(s.To) }
	last := p.lastLook(d)
	return last != nil && in(record.Span(*last)) || slices.ContainsFunc(d.spans, in)
}

func (s *Signal) remember(readings []record.Reading) {
	s.Missing = readings[len(readings)-1].Quality == record.Missing
	for n := len(readings) - 1; n >= 0; n-- {
		if r := &readings[n]; r.Quality != record.Missing {
			s.Value, s.Time = r.Value, r.Time
			return
		}
	}
}
