package account

import (
	"time"

	"github.com/lineproof/lineproof/record"
)

// infer books the time of a machine that says no state: it runs until it has made nothing for a while (stopAfter),
// and is stopped from then on. So the first part of a stop, as long as that, counts as running.
func (p *floor) infer(m *minutes, r *roles) {
	var cycles []time.Time
	for rise := range p.rises(r.produced.signal, func(time.Time) float64 { return 1 }) {
		if rise.n > 0 && !rise.suspect {
			cycles = append(cycles, rise.at)
		}
	}
	for _, span := range r.produced.device.spans {
		for run := range m.runs(span) {
			after := stopAfter(&r.Machine, &m.before(run.To).product)
			for at := run.From; after > 0 && at.Before(run.To); {
				for len(cycles) > 0 && !cycles[0].After(at) {
					m.Cycle, cycles = cycles[0], cycles[1:]
				}
				state, to := record.Stopped, run.To
				if until := m.Cycle.Add(after); at.Before(until) {
					state, to = record.Execute, sooner(to, until)
				}
				if len(cycles) > 0 {
					to = sooner(to, cycles[0])
				}
				m.enter(record.Span{From: at, To: to}, state, true)
				at = to
			}
		}
	}
	for _, at := range cycles { // at the end of the last span, or when nobody looked
		m.Cycle = at
	}
}

func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// stopAfter is after how long without a cycle a machine is stopped: what the line model says, else two planned cycles;
// 0: it cannot be told.
func stopAfter(m *record.Machine, p *record.Product) time.Duration {
	if m.StopAfter > 0 {
		return m.StopAfter.D()
	}
	return 2 * p.PlannedCycle.D()
}
