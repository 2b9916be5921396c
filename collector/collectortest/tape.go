package collectortest

import (
	"cmp"
	"time"

	"github.com/lineproof/lineproof/record"
)

// monthTape reads a machine's books as an agent would read the machine: at every change, and all of it when it looks
// again.
type monthTape struct {
	*MonthMachine
	cycle, state, made, meter, gap int // read so far
	counts                         monthCounts
}

// monthCounts are the counters' contents. That of cycles rolls over in the course of the month.
type monthCounts struct{ cycles, weld, paint, rework, in, out uint64 }

func newMonthTape(m *MonthMachine, from time.Time) *monthTape {
	return &monthTape{MonthMachine: m, counts: monthCounts{cycles: 65_000}}
}

func cmpReading(a, b record.Reading) int {
	return cmp.Or(cmp.Compare(a.Signal, b.Signal), a.Time.Compare(b.Time))
}

// hour adds to a batch what is read in an hour; its first moment belongs to it for the first hour alone.
func (p *monthTape) hour(b *record.Batch, hour record.Span) {
	spans := []record.Span{hour}
	for _, g := range p.Gaps {
		last := &spans[len(spans)-1]
		switch {
		case !g.From.Before(hour.To) || !g.To.After(hour.From):
		case !g.From.After(hour.From) && !g.To.Before(hour.To):
			spans = nil
		case !g.From.After(hour.From):
			last.From = g.To
		case !g.To.Before(hour.To):
			last.To = g.From
		default:
			spans = append(spans[:len(spans)-1], record.Span{From: last.From, To: g.From}, record.Span{From: g.To, To: last.To})
		}
		if len(spans) == 0 {
			break
		}
	}
	if len(spans) > 0 {
		b.Observed = append(b.Observed, record.Observed{Device: p.ID, Spans: spans, Polls: 3600})
	}
	p.readings(b, hour)
}

func (p *monthTape) readings(b *record.Batch, hour record.Span) {
	if p.state == 0 {
		p.state, p.made, p.meter = 1, 1, 1
		p.all(b, hour.From)
	}
	for {
		at := hour.To.Add(time.Millisecond)
		for _, next := range []time.Time{
			when(p.Cycles, p.cycle, func(c MonthCycle) time.Time { return c.At }), when(p.States, p.state, func(s MonthState) time.Time { return s.At }),
			when(p.Made, p.made, func(m MonthMade) time.Time { return m.At }), when(p.Meter, p.meter, func(m MonthMeter) time.Time { return m.At }),
			when(p.Gaps, p.gap, func(g record.Span) time.Time { return g.To }),
		} {
			if next.Before(at) {
				at = next
			}
		}
		if at.After(hour.To) {
			return
		}
		p.step(b, at)
	}
}

// when is that of the nth event; the end of all days where there is none.
func when[T any](all []T, n int, at func(T) time.Time) time.Time {
	if n < len(all) {
		return at(all[n])
	}
	return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
}

// step reads what changes at one moment.
func (p *monthTape) step(b *record.Batch, at time.Time) {
	blind, again := p.blind(at), false
	if p.gap < len(p.Gaps) && p.Gaps[p.gap].To.Equal(at) {
		p.gap++
		again = true
	}
	for ; p.cycle < len(p.Cycles) && p.Cycles[p.cycle].At.Equal(at); p.cycle++ {
		c := p.Cycles[p.cycle]
		p.counts.cycles++
		p.counts.weld += uint64(c.Weld)
		p.counts.paint += uint64(c.Paint)
		p.counts.rework += uint64(c.Reworks)
		p.counts.in += uint64(c.MaterialG)
		p.counts.out += uint64(c.OutputG)
		if !blind && !again {
			p.counted(b, at)
		}
	}
	for ; p.state < len(p.States) && p.States[p.state].At.Equal(at); p.state++ {
		if !blind && !again {
			p.read(b, "state", at, record.IntValue(raw(p.States[p.state].State)))
		}
	}
	for ; p.made < len(p.Made) && p.Made[p.made].At.Equal(at); p.made++ {
		if !blind && !again {
			p.making(b, at, p.Made[p.made])
		}
	}
	for ; p.meter < len(p.Meter) && p.Meter[p.meter].At.Equal(at); p.meter++ {
		if !again {
			p.read(b, "energy", at, record.UintValue(uint64(p.Meter[p.meter].Wh)))
		}
	}
	if again {
		p.all(b, at)
	}
}

// all reads everything as it is.
func (p *monthTape) all(b *record.Batch, at time.Time) {
	p.counted(b, at)
	p.read(b, "state", at, record.IntValue(raw(p.States[p.state-1].State)))
	p.making(b, at, p.Made[p.made-1])
	p.read(b, "energy", at, record.UintValue(uint64(p.Meter[p.meter-1].Wh)))
}

func (p *monthTape) counted(b *record.Batch, at time.Time) {
	for name, n := range map[string]uint64{
		"cycles": p.counts.cycles % (1 << 16), "weld": p.counts.weld, "paint": p.counts.paint, "rework": p.counts.rework, "in": p.counts.in, "out": p.counts.out,
	} {
		p.read(b, name, at, record.UintValue(n))
	}
}

func (p *monthTape) making(b *record.Batch, at time.Time, m MonthMade) {
	p.read(b, "product", at, record.IntValue(int64(m.Product)))
	p.read(b, "order", at, record.IntValue(int64(m.Order)))
}

func (p *monthTape) read(b *record.Batch, signal string, at time.Time, v record.Value) {
	b.Readings = append(b.Readings, record.Reading{Signal: p.ID + "." + signal, Time: at, Value: v, Quality: record.Good})
}

func raw(s record.State) int64 {
	for n, state := range MonthStates {
		if state == s {
			return n
		}
	}
	panic(s)
}
