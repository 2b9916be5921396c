package blockpress

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/lineproof/lineproof/record"
)

// The mixer fills the press's hopper: a batch is enough for batchUnits blocks, and the next one is mixed
// as soon as the hopper holds no more than hopperLow. A batch takes less time than the press needs to use
// one up, so the hopper never runs dry.
const (
	batchUnits = 260
	hopperLow  = 312
)

var mixing = span{95 * time.Second, 115 * time.Second}

// never is the end of waiting for the press.
const never = math.MaxInt64

// mixer makes batches of concrete as the press uses them up.
type mixer struct {
	rng    *rand.Rand
	books  journal
	state  record.State
	until  int64 // Unix milliseconds
	hopper int   // what is left, in blocks
}

func newMixer(rng *rand.Rand) *mixer {
	return &mixer{rng: rng, state: record.Idle, until: never, hopper: hopperLow + batchUnits}
}

// rest waits for the press from at on.
func (m *mixer) rest(at int64) { m.turn(at, record.Idle, never, 0) }

// finish ends a batch.
func (m *mixer) finish(at int64) {
	m.hopper += batchUnits
	m.turn(at, record.Idle, never, 1)
}

// feed gives the press concrete for some blocks and mixes more when little is left.
func (m *mixer) feed(at int64, units int) {
	m.hopper -= units
	if m.state == record.Idle && m.hopper <= hopperLow {
		m.turn(at, record.Execute, at+mixing.even(m.rng), 0)
	}
}

func (m *mixer) turn(at int64, s record.State, until int64, batches int16) {
	m.state, m.until = s, until
	m.books.add(entry{at: at, state: s, units: batches})
}
