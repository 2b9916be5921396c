package edge

import (
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// content is what one batch is made of.
type content struct {
	readings []record.Reading
	observed []record.Observed
	own      bool // dated by the devices themselves, and not by the agent's clock
}

func (c content) empty() bool { return len(c.readings) == 0 && len(c.observed) == 0 }

// shift moves all times.
func (c content) shift(to func(time.Time) time.Time) content {
	moved := content{own: c.own, readings: slices.Clone(c.readings), observed: slices.Clone(c.observed)}
	for i := range moved.readings {
		moved.readings[i].Time = to(moved.readings[i].Time)
	}
	for i, o := range moved.observed {
		spans := make([]record.Span, len(o.Spans))
		for n, s := range o.Spans {
			spans[n] = record.Span{From: to(s.From), To: to(s.To)}
		}
		moved.observed[i].Spans = spans
	}
	return moved
}

// split parts a content that is too large for one batch: by time where it can, else by number. ok is
// false where it cannot be parted any further.
func (c content) split() (first, second content, ok bool) {
	if at, ok := middle(c.readings); ok {
		first, second = c.splitAt(at)
		return first, second, true
	}
	if n := len(c.readings) / 2; n > 0 {
		first = content{readings: c.readings[:n], observed: c.observed, own: c.own}
		return first, content{readings: c.readings[n:], own: c.own}, true
	}
	return c.splitSpans()
}

// middle is a time with readings before it and not before it.
func middle(readings []record.Reading) (at time.Time, ok bool) {
	if len(readings) == 0 {
		return at, false
	}
	from, to := readings[0].Time, readings[0].Time
	for _, r := range readings {
		if r.Time.Before(from) {
			from = r.Time
		}
		if r.Time.After(to) {
			to = r.Time
		}
	}
	span := to.Sub(from).Milliseconds()
	return from.Add(time.Duration((span+1)/2) * time.Millisecond), span > 0
}

// splitAt parts at a time. A span that runs over it goes on in the second part from there; the counts of
// polls stay together, in the second.
func (c content) splitAt(at time.Time) (first, second content) {
	first.own, second.own = c.own, c.own
	for _, r := range c.readings {
		if r.Time.Before(at) {
			first.readings = append(first.readings, r)
		} else {
			second.readings = append(second.readings, r)
		}
	}
	for _, o := range c.observed {
		var early, late []record.Span
		for _, s := range o.Spans {
			switch {
			case !s.From.Before(at):
				late = append(late, s)
			case !s.To.After(at):
				early = append(early, s)
			default:
				early = append(early, record.Span{From: s.From, To: at})
				late = append(late, record.Span{From: at, To: s.To})
			}
		}
		if len(early) > 0 {
			first.observed = append(first.observed, record.Observed{Device: o.Device, Spans: early})
		}
		o.Spans = late
		second.observed = append(second.observed, o)
	}
	return first, second
}

// splitSpans parts what has hardly any readings but very many spans.
func (c content) splitSpans() (first, second content, ok bool) {
	first.readings, first.own, second.own = c.readings, c.own, c.own
	for _, o := range c.observed {
		n := len(o.Spans) / 2
		ok = ok || n > 0
		if n > 0 {
			first.observed = append(first.observed, record.Observed{Device: o.Device, Spans: o.Spans[:n]})
		}
		o.Spans = o.Spans[n:]
		second.observed = append(second.observed, o)
	}
	return first, second, ok
}

// strip leaves of a content that cannot be split what always fits: its texts are what made it large.
func (c content) strip() content {
	small := content{own: c.own}
	for _, r := range c.readings {
		small.readings = append(small.readings, record.Reading{Signal: r.Signal, Time: r.Time})
	}
	for _, o := range c.observed {
		o.LastError = ""
		small.observed = append(small.observed, o)
	}
	return small
}
