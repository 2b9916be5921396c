// Package replay turns records of machines into machines that can be read again: each asset of a CSV file
// becomes a Modbus unit that shows, step by step, what the machine showed then and when that was.
//
// # The records
//
// One row says what an asset did up to a moment:
//
//	ts           the moment, RFC 3339 with a space or a T, in whole seconds
//	asset        whole number from 0
//	items        made in this row
//	status       1 manual, 2 automatic, 3 alarm
//	status_time  seconds for which the asset was in status, ending at ts
//	power_avg    kW
//	cycle_time   seconds
//	product      code
//
// Other columns are passed over. Rows are in order of time within an asset, and a row's status_time never
// reaches back before the asset's row before it. Outside (ts - status_time, ts] nobody looked.
//
// # The steps
//
// Each row becomes up to two steps, with recorded times of their own: at ts - status_time the status is
// the row's; at ts the items are added and the status is not known from there on, unless the next row's
// begins at once. Where a row begins when the one before it ended, that end carries its status, so no two
// steps of an asset share a recorded time. An asset whose first row looks at no time at all has a step one
// second earlier, so that all of its items are counted from nothing.
//
// # The registers
//
// Asset n is unit n+1. All are holding registers:
//
//	0..1  recorded time, Unix seconds, uint32 ABCD
//	2..3  items made since the record began, uint32 ABCD
//	4     status; 65535 when it is not known from here on
//	5     cycle_time, rounded to whole seconds
//	6     power_avg, tenths of a kW
//	7     product
//	8     steps left, 65535 when there are more; 0 at the last one
//
// # The pace
//
// By default every read that covers register 0 moves its asset on to the next step, once it is answered:
// who reads all registers in one request sees each step once, as fast as he can, and the last one for
// ever. An answer that is lost on its way costs a step, but no items: they are a running total. With a
// Speed the steps follow a clock instead, all assets together.
package replay

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/lines/plc"
)

// Unknown is what the status register holds while nobody looked.
const Unknown = 65535

// Options says how fast the records go by. The zero Options give a step for each read.
type Options struct {
	Speed float64     // recorded seconds in a second of Clock, from Open on; 0: a step for each read
	Clock clock.Clock // nil means the system's
}

// Recording is a file of records on its way through time. Its methods may be called by several goroutines.
type Recording struct {
	assets []*asset
}

// Open reads a CSV file of records. Its error names file, line and column, and what was expected there.
func Open(path string, o Options) (*Recording, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open records: %w", err)
	}
	defer f.Close()
	rows, err := parse(path, f)
	if err != nil {
		return nil, err
	}
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Speed < 0 || math.IsInf(o.Speed, 0) || math.IsNaN(o.Speed) {
		return nil, fmt.Errorf("replay %q: speed %v: use a number from 0", path, o.Speed)
	}
	r := &Recording{}
	p := pace{speed: o.Speed, clock: o.Clock, opened: o.Clock.Now(), from: math.MaxInt64}
	for number, rows := range rows {
		steps := stepsOf(rows)
		p.from = min(p.from, steps[0].at)
		r.assets = append(r.assets, &asset{number: number, steps: steps})
	}
	for _, a := range r.assets {
		a.pace = p
	}
	slices.SortFunc(r.assets, func(a, b *asset) int { return cmp.Compare(a.number, b.number) })
	return r, nil
}

// Units are the assets as Modbus devices by unit id, for plc.Serve.
func (r *Recording) Units() map[uint8]plc.Unit {
	units := map[uint8]plc.Unit{}
	for _, a := range r.assets {
		units[a.unit()] = a
	}
	return units
}

// Done tells whether the last step of every asset has been read.
func (r *Recording) Done() bool {
	for _, a := range r.assets {
		if !a.done() {
			return false
		}
	}
	return true
}

// pace tells which recorded time it is.
type pace struct {
	speed  float64
	clock  clock.Clock
	opened time.Time
	from   int64 // Unix seconds, recorded; at opened
}

func (p pace) now() int64 {
	return p.from + int64(p.clock.Now().Sub(p.opened).Seconds()*p.speed)
}

// asset is one machine of the record.
type asset struct {
	number int
	steps  []step
	pace   pace

	mu   sync.Mutex
	next int // step that is shown; len(steps) once the last one was read
}

func (a *asset) unit() uint8 { return uint8(a.number + 1) }

// Read answers as plc.Unit asks, and moves on.
func (a *asset) Read(t plc.Table, at, count uint16) ([]uint16, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.follow()
	shown := min(a.next, len(a.steps)-1)
	values, err := a.steps[shown].image(len(a.steps)-1-shown).Read(t, at, count)
	if err == nil && t == plc.Holding && at == 0 && (a.pace.speed == 0 || shown == len(a.steps)-1) {
		a.next = shown + 1
	}
	return values, err
}

// follow goes to the last step that the clock has reached, and never back.
func (a *asset) follow() {
	if a.pace.speed == 0 {
		return
	}
	now := a.pace.now()
	for a.next < len(a.steps)-1 && a.steps[a.next+1].at <= now {
		a.next++
	}
}

func (a *asset) done() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.next == len(a.steps)
}
