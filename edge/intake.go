package edge

import (
	"slices"
	"sync"
	"time"

	"github.com/lineproof/lineproof/record"
)

// full is how many readings wait at the most before a batch is sealed ahead of its time.
const full = 50_000

// intake is where all ports put what they read, until a batch is made of it.
type intake struct {
	mu       sync.Mutex
	readings []record.Reading // dated by the agent's clock
	own      []record.Reading // dated by their devices
	names    []string         // of the devices, in order
	seen     map[string]*observation
}

func newIntake(devices []Device) *intake {
	in := &intake{seen: map[string]*observation{}}
	for _, d := range devices {
		in.names = append(in.names, d.Name)
		in.seen[d.Name] = &observation{}
	}
	return in
}

// look is the outcome of one poll.
type look struct {
	at       time.Time        // of the readings
	answered bool             // there were values
	stale    bool             // the device says that they are the ones of the last poll
	gap      time.Duration    // the longest time between two answers that counts as observed
	own      bool             // the device dates its readings itself: a failure says nothing of what was observed
	err      error            // what was missed
	readings []record.Reading // to be reported
	samples  []record.Reading // all that was read
	newest   time.Time        // of readings that are dated later than at
}

// blocked tells whether what the device gave before has to be sealed before the look can be taken.
func (in *intake) blocked(device string, l look) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.seen[device].before(l.at)
}

// add takes a look; ahead tells that a batch should be made ahead of its time.
func (in *intake) add(device string, l look) (ahead bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	o := in.seen[device]
	switch {
	case !l.answered:
		o.unanswered(l.err)
		o.open = o.open && l.own
	case l.stale:
		o.polls++
	default:
		o.polls++
		o.answered(l.at, l.gap)
	}
	if l.answered && l.err != nil {
		o.fault(l.err)
	}
	o.own = o.own || l.own
	if len(l.readings) > 0 {
		if l.own {
			in.own = append(in.own, l.readings...)
		} else {
			in.readings = append(in.readings, l.readings...)
		}
		o.newest = later(o.newest, later(l.at, l.newest))
	}
	return in.full()
}

func (in *intake) full() bool { return len(in.readings)+len(in.own) >= full }

// append takes readings that come without a poll; ahead is as with add.
func (in *intake) append(readings []record.Reading) (ahead bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.readings = append(in.readings, readings...)
	return in.full()
}

// take empties the intake: what is dated by the agent's clock, and what devices dated themselves. Where nothing
// was read and nothing observed there is no content, and failures go on waiting, unless it is the last time.
func (in *intake) take(last bool) []content {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !last && len(in.readings)+len(in.own) == 0 && !slices.ContainsFunc(in.names, func(n string) bool { return len(in.seen[n].spans) > 0 }) {
		return nil
	}
	c, own := content{readings: in.readings}, content{readings: in.own, own: true}
	in.readings, in.own = nil, nil
	for _, name := range in.names {
		o := in.seen[name]
		sum, ok := o.take(name)
		switch {
		case !ok:
		case o.own:
			own.observed = append(own.observed, sum)
		default:
			c.observed = append(c.observed, sum)
		}
	}
	return slices.DeleteFunc([]content{c, own}, content.empty)
}
