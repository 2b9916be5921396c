// Package blockpress is the concrete block line of Hữu Lũng: the agent's configuration of it (line.yaml,
// and before.yaml for the press that stood there before the investment) and a simulated plant that
// answers to both as the PLCs would.
//
// # The plant
//
//	unit 1  press   coil 7             motor runs
//	                holding 100..101   cycles, uint32 CDAB, from 1,284,000 on
//	                holding 104        rejected blocks, uint16, from 52,000 on: rolls over in the second week or so
//	                holding 105        state: 0 stopped, 1 execute, 3 starting, 4 idle, 5 suspended,
//	                                   7 stopping, 9 aborted, 11 held
//	                holding 106        mould, 1 to 4
//	                input   30..31     highest pressure of the last compaction, MPa, float32 ABCD
//	unit 2  mixer   holding 200        state: 1 execute, 4 idle
//	                holding 201        batches, uint16, from 61,000 on: rolls over in the third week or so
//	unit 5  meter   input   0..1       power of the press, kW, float32 ABCD
//	                input   2..3       its energy, uint32 ABCD, 0.01 kWh, from 418,220 kWh on
//
// The automatic press makes 26 blocks in 14.2 to 16.5 s, of which about 97.3 % are good; the manual press
// 12 blocks in 26.5 to 29.5 s, of which about 91 % are. How many are rejected differs from shift to shift
// by more than chance within a shift would explain, as it does in life. Both stop for jams, mould changes,
// missing concrete and trifles, and work when the calendar says so.
//
// # What it guarantees
//
// The plant runs no goroutine: whoever reads it brings it up to the clock's time, event by event. What
// happens depends on Options alone and on the calls of SetCalendar, never on who reads when. Books says
// afterwards what truly happened, and that is exactly what the registers said. It keeps about 100 kB for
// each day of work. The counters go on when the press is replaced, as those of a retrofit do.
package blockpress

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/record"
)

// The machines, by their names in both configurations.
const (
	Press = "press"
	Mixer = "mixer"
)

// Options says which plant it is.
type Options struct {
	Seed       uint64           // of all that happens by chance
	Start      time.Time        // first moment of the plant, in whole milliseconds
	Clock      clock.Clock      // whose Now the plant follows; nil means the system's
	Investment time.Time        // the manual press works until then, the automatic one from then on; zero means long ago
	Calendar   *record.Calendar // when the line works; nil means as line.yaml says
	Location   *time.Location   // of the calendar's times; nil means as line.yaml says
}

// Plant is the simulated line. All its methods may be called by several goroutines.
type Plant struct {
	clock clock.Clock

	mu    sync.Mutex
	now   int64 // Unix milliseconds up to which everything has happened
	work  *worktime
	press *press
	mixer *mixer
}

// New makes a plant that stands at o.Start.
func New(o Options) (*Plant, error) {
	cal, loc, err := Calendar()
	if err != nil {
		return nil, err
	}
	if o.Calendar != nil {
		cal = *o.Calendar
	}
	if o.Location != nil {
		loc = o.Location
	}
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	start := o.Start.UnixMilli()
	work := &worktime{cal: cal, loc: loc}
	p := &Plant{
		clock: o.Clock,
		now:   start,
		work:  work,
		press: newPress(rand.New(rand.NewPCG(o.Seed, 1)), work, o.Investment.UnixMilli()),
		mixer: newMixer(rand.New(rand.NewPCG(o.Seed, 2))),
	}
	p.press.begin(start)
	p.mixer.rest(start)
	return p, nil
}

// Units are the plant's Modbus devices by unit id, for plc.Serve.
func (p *Plant) Units() map[uint8]plc.Unit {
	return map[uint8]plc.Unit{
		1: unit{p, p.pressImage},
		2: unit{p, p.mixerImage},
		5: unit{p, p.meterImage},
	}
}

// SetCalendar changes from now on when the line works. A shift that is not to go on ends with the cycle
// or stop that is under way.
func (p *Plant) SetCalendar(c record.Calendar) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.advance()
	p.work.set(c)
	if p.press.state == record.Idle {
		p.press.begin(p.now) // it waited for a time that may no longer be the right one
	}
}

// advance brings everything up to the clock's time. A clock that goes back changes nothing.
func (p *Plant) advance() {
	now := max(p.now, p.clock.Now().UnixMilli())
	for {
		at := min(p.press.until, p.mixer.until)
		if at > now {
			break
		}
		if p.mixer.until == at {
			p.mixer.finish(at)
		}
		if p.press.until == at {
			p.mixer.feed(at, p.press.finish())
			p.press.begin(at)
		}
	}
	p.now = now
}
