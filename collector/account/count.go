package account

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// count books what a counter rose by, in units of its role.
func (p *floor) count(m *minutes, c *counter, book func(i *Interval, n int64, late bool)) {
	units := func(at time.Time) float64 {
		if c.times == 0 {
			return float64(m.before(at).product.Units())
		}
		return float64(c.times)
	}
	p.booked(m, c.signal, units, func(i *Interval, rise rise) {
		if rise.reset {
			i.Resets++
		}
		if rise.suspect {
			i.Suspect += rise.n
			return
		}
		book(i, rise.n, rise.late)
	})
}

// What units of energy and mass are in joules and grams.
var (
	joulesOf = map[string]float64{"J": 1, "kJ": 1e3, "MJ": 1e6, "Wh": 3.6e3, "kWh": 3.6e6, "MWh": 3.6e9}
	gramsOf  = map[string]float64{"g": 1, "kg": 1e3, "t": 1e6}
)

// energy books what an energy counter rose by, in joules.
func (p *floor) energy(m *minutes, s *signal) {
	joules, ok := joulesOf[s.Unit]
	if !ok {
		return
	}
	p.booked(m, s, func(time.Time) float64 { return joules }, func(i *Interval, rise rise) {
		i.Metered = true
		if rise.suspect {
			return
		}
		i.EnergyJ += rise.n
		if rise.late {
			i.LateEnergyJ += rise.n
		}
	})
}

// weigh books what a scale counted, in grams.
func (p *floor) weigh(m *minutes, s *signal, sum func(*Interval) *int64) {
	grams, ok := gramsOf[s.Unit]
	if !ok {
		return
	}
	p.booked(m, s, func(time.Time) float64 { return grams }, func(i *Interval, rise rise) {
		i.Weighed = true
		if !rise.suspect {
			*sum(i) += rise.n
		}
	})
}

// rise is what a counter's step from one reading to the next means.
type rise struct {
	at       time.Time
	from, to float64 // readings, in the signal's unit
	n        int64   // how much more, in units of the role
	late     bool    // it may have risen while nobody looked
	reset    bool    // it began anew
	suspect  bool    // it rose faster than it can
}

// booked books each rise of a counter in the interval that it belongs to. The counter's readings at both ends of the
// minute are noted there, as on a meter.
func (p *floor) booked(m *minutes, s *signal, factor func(time.Time) float64, book func(*Interval, rise)) {
	var of *Interval
	var ends Ends
	for r := range p.rises(s, factor) {
		i := m.ending(r.at)
		if i != of {
			of.meter(s.name, ends)
			var ok bool
			if ends, ok = i.Counters[s.name]; !ok {
				ends.First = r.from
			}
			of = i
		}
		ends.Last = r.to
		book(i, r)
	}
	of.meter(s.name, ends)
}

// rises walks through a counter's readings. The first one ever is where counting begins. factor is what one of its
// unit, counted until a time, stands for.
func (p *floor) rises(s *signal, factor func(time.Time) float64) func(yield func(rise) bool) {
	return func(yield func(rise) bool) {
		last := *p.kept(s)
		for n := range s.readings {
			r := &s.readings[n]
			if r.Quality == record.Missing {
				continue
			}
			if !last.Value.IsNone() {
				up := step(last.Value, r.Value, &s.Signal, factor(r.Time), r.Time.Sub(last.Time))
				up.at, up.from, up.to = r.Time, last.Value.Float(), r.Value.Float()
				up.late = up.n != 0 && !p.looked(s.device, r.Time)
				if !yield(up) {
					return
				}
			}
			last.Value, last.Time = r.Value, r.Time
		}
	}
}

// step compares two readings of a counter. Lower than before is a rollover if the counter could have come
// so far in that time, else a reset, after which it counts from 0.
func step(from, to record.Value, sig *record.Signal, factor float64, elapsed time.Duration) (s rise) {
	scale := sig.Scale
	if scale == 0 {
		scale = 1
	}
	if sig.Width == 0 {
		s.n = round(to.Float()*factor) - round(from.Float()*factor)
		if s.reset = s.n < 0; s.reset {
			s.n = max(round(to.Float()*factor), 0)
		}
		s.suspect = s.n > exact/2 || !plausible(float64(s.n)/factor, sig, elapsed)
		return s
	}
	a, b := ticks(from, sig.Offset, scale), ticks(to, sig.Offset, scale)
	mask := uint64(math.MaxUint64) >> (64 - min(max(sig.Width, 1), 64))
	d := (b - a) & mask
	if b < a {
		couldRollOver := plausible(float64(d)*scale, sig, elapsed)
		if sig.MaxRate == 0 {
			couldRollOver = d <= mask/4
		}
		if !couldRollOver {
			s.reset, d = true, b
		}
	}
	s.n = round(float64(d) * scale * factor)
	s.suspect = s.n > exact/2 || !plausible(float64(d)*scale, sig, elapsed)
	return s
}

// exact is up to where a float64 tells whole numbers apart: no counter rises by half of it.
const exact = 1 << 53

// round gives the nearest whole number, at most exact: what lies beyond int64 Go leaves to the processor.
func round(f float64) int64 { return int64(math.Round(min(max(f, -exact), exact))) }

// ticks is a counter's raw content.
func ticks(v record.Value, offset, scale float64) uint64 {
	if v.Kind() == record.Float {
		return record.FloatValue(max(math.Round((v.Float()-offset)/scale), 0)).Uint()
	}
	return v.Uint()
}

// plausible tells whether a counter can rise by so much in its unit: its top rate over the time gone by,
// with one poll more at both ends, and one step always.
func plausible(rise float64, sig *record.Signal, elapsed time.Duration) bool {
	if sig.MaxRate == 0 {
		return true
	}
	return rise <= float64(sig.MaxRate*(elapsed+2*sig.Every.D()).Seconds())+1 // rounded twice on every processor
}

// meter notes a counter's readings at both ends of the minute; no interval notes none.
func (i *Interval) meter(counter string, ends Ends) {
	if i == nil {
		return
	}
	if i.Counters == nil {
		i.Counters = map[string]Ends{}
	}
	i.Counters[counter] = ends
}

// measure books a variable: each value counts for as long as it held.
func (p *floor) measure(m *minutes, s *measured) {
	for n := range s.readings {
		r := &s.readings[n]
		if r.Quality == record.Missing {
			continue
		}
		w := r.Window
		if w == nil {
			m.ending(r.Time.Add(time.Millisecond)).measured(s.as, Measure{Count: 1, Min: r.Value.Float(), Max: r.Value.Float()})
			continue
		}
		ms := w.Span.Milliseconds()
		m.ending(r.Time).measured(s.as, Measure{Count: int64(w.Count), Min: w.Min, Max: w.Max, Sum: held(r.Value.Float(), ms), Weight: ms})
	}
	if s.Window != 0 {
		return
	}
	for seg := range p.segments(s.signal) {
		if seg.value.IsNone() {
			continue
		}
		v := seg.value.Float()
		for run := range m.runs(seg.Span) {
			for _, each := range byMinute(run) {
				ms := each.Duration().Milliseconds()
				m.ending(each.To).measured(s.as, Measure{Min: v, Max: v, Sum: held(v, ms), Weight: ms})
			}
		}
	}
}

// held is a value times the milliseconds for which it held, rounded on every processor before it is added.
func held(v float64, ms int64) float64 { return finite(float64(v * float64(ms))) }

// finite keeps a sum of absurd values a number, which JSON and stores need.
func finite(f float64) float64 { return min(max(f, -math.MaxFloat64), math.MaxFloat64) }

func (i *Interval) measured(name string, add Measure) {
	if i.Measures == nil {
		i.Measures = map[string]Measure{}
	}
	i.Measures[name] = i.Measures[name].Add(add)
}

// clone copies an interval so that it no longer shares anything with one that still grows.
func (i Interval) clone() Interval {
	i.ScrapBy, i.Measures, i.Counters = maps.Clone(i.ScrapBy), maps.Clone(i.Measures), maps.Clone(i.Counters)
	i.Timeline = slices.Clone(i.Timeline)
	return i
}
