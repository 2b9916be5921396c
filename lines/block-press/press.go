package blockpress

import (
	"math/rand/v2"

	"github.com/lineproof/lineproof/record"
)

// The pressure moves back to its phase's own by a fiftieth each cycle, and by chance; the safety valve
// and the PLC's own alarm hold it within these limits, MPa.
const (
	pressureReturn = 0.02
	pressureStep   = 0.25
	pressureLeast  = 8.4
	pressureMost   = 20.6
)

// press is the block press: one thing after the other, each until a moment known when it begins.
type press struct {
	rng        *rand.Rand
	work       *worktime
	investment int64 // Unix milliseconds
	books      journal

	state record.State
	watts int32
	until int64 // Unix milliseconds
	cycle bool  // what ends then is a cycle

	phase     *phase
	begun     int64   // section that was started
	shift     int64   // shift that was started
	quality   float64 // the shift's luck, standard normal
	trouble   float64 // the shift's factor on the chance of each stop
	mould     uint16
	mouldLeft int // cycles until it is exchanged
	pressure  float64

	units, rejects int16 // of the cycle that has just ended
}

func newPress(rng *rand.Rand, work *worktime, investment int64) *press {
	return &press{rng: rng, work: work, investment: investment, trouble: 1}
}

// finish ends what was under way and gives the blocks made by it.
func (p *press) finish() (units int) {
	p.units, p.rejects = 0, 0
	if !p.cycle {
		return 0
	}
	p.units = p.phase.units
	share := p.phase.reject * spread(p.quality, p.phase.dispersed)
	for range p.units {
		if p.rng.Float64() < share {
			p.rejects++
		}
	}
	p.mouldLeft--
	p.pressure += pressureReturn*(p.phase.pressure-p.pressure) + pressureStep*p.rng.NormFloat64()
	p.pressure = min(max(p.pressure, pressureLeast), pressureMost)
	return int(p.units)
}

// begin starts what comes next.
func (p *press) begin(at int64) {
	p.choosePhase(at)
	s := p.work.at(at)
	p.cycle = false
	p.state, p.until = p.next(at, s)
	p.watts = p.phase.watts(p.rng, p.state)
	p.books.add(entry{at: at, watts: p.watts, units: p.units, rejects: p.rejects, state: p.state})
	p.units, p.rejects = 0, 0
}

// choosePhase exchanges the press on the day of the investment.
func (p *press) choosePhase(at int64) {
	now := &manual
	if at >= p.investment {
		now = &automatic
	}
	if now == p.phase {
		return
	}
	p.phase, p.pressure = now, now.pressure
	p.nextMould()
}

func (p *press) nextMould() {
	p.mould = p.mould%4 + 1
	least, most := p.phase.moulds[0], p.phase.moulds[1]
	p.mouldLeft = least + p.rng.IntN(most-least)
}

// next is what the press does from at on, and until when.
func (p *press) next(at int64, s section) (record.State, int64) {
	if at < s.from {
		return record.Idle, s.from
	}
	limit := s.to
	if s.last {
		limit = max(at, s.to-washing.Milliseconds())
	}
	exchanged := at < p.investment && p.investment < limit
	if exchanged {
		limit = p.investment
	}
	if s.from != p.begun {
		return record.Starting, min(at+p.start(s), limit)
	}
	if state, length := p.stop(); length > 0 && at < limit {
		return state, min(at+length, limit)
	}
	end := at + p.phase.cycle.middling(p.rng)
	switch {
	case end <= limit:
		p.cycle = true
		return record.Execute, end
	case s.last && !exchanged:
		return record.Stopping, s.to
	}
	return record.Idle, limit
}

// start begins a section, and with its first one a shift; it gives the milliseconds needed to get going.
func (p *press) start(s section) int64 {
	p.begun = s.from
	if s.shift != p.shift {
		p.shift = s.shift
		p.quality = p.rng.NormFloat64()
		p.trouble = spread(p.rng.NormFloat64(), 0.3)
	}
	if s.first {
		return startUp.middling(p.rng)
	}
	return restart.middling(p.rng)
}

// stop draws whether the press stands still before its next cycle, and for how many milliseconds.
func (p *press) stop() (record.State, int64) {
	if p.mouldLeft <= 0 {
		p.nextMould()
		return record.Held, exchange.even(p.rng)
	}
	u := p.rng.Float64()
	for _, s := range p.phase.stops {
		if u -= s.chance * p.trouble; u < 0 {
			return s.state, s.length.short(p.rng)
		}
	}
	return record.Execute, 0
}

// motor tells whether the hydraulic pump runs.
func (p *press) motor() bool {
	switch p.state {
	case record.Execute, record.Starting, record.Suspended, record.Stopped:
		return true
	}
	return false
}
