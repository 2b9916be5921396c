package blockpress

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/lineproof/lineproof/record"
)

// phase is how one of the two presses behaves. Its numbers are set so that a shift of 7.5 planned hours
// comes out near the plan in line.yaml or before.yaml; the tests hold them to it.
type phase struct {
	units     int16   // blocks a cycle
	cycle     span    // of one cycle
	reject    float64 // share of blocks rejected, in the long run
	dispersed float64 // standard deviation of the logarithm of a shift's own share
	stops     []stop
	moulds    [2]int    // least and most cycles between mould changes
	pressure  float64   // MPa, around which it moves
	load      [3]uint16 // watts: idle, standing still, working
}

// stop is a reason to stand still before a cycle.
type stop struct {
	state  record.State
	chance float64 // before each cycle, in a shift of average luck
	length span    // mostly short: the mean lies a third of the way up
}

// span is a range of durations.
type span struct{ least, most time.Duration }

var (
	startUp  = span{4 * time.Minute, 8 * time.Minute} // of a shift: warm-up, first moulds thrown away
	restart  = span{30 * time.Second, 2 * time.Minute}
	exchange = span{8 * time.Minute, 15 * time.Minute} // of a mould
)

// washing is the end of each shift.
const washing = 8 * time.Minute

// automatic is the press after the investment: about 1,500 cycles a shift.
var automatic = phase{
	units:     26,
	cycle:     span{14200 * time.Millisecond, 16500 * time.Millisecond},
	reject:    0.0265,
	dispersed: 0.13,
	stops: []stop{
		{record.Aborted, 0.0023, span{time.Minute, 6 * time.Minute}},
		{record.Stopped, 0.0090, span{6 * time.Second, time.Minute}},
		{record.Suspended, 0.0016, span{time.Minute, 8 * time.Minute}},
	},
	moulds:   [2]int{1200, 1800},
	pressure: 15,
	load:     [3]uint16{300, 6_000, 42_000},
}

// manual is the press before the investment: about 800 cycles a shift.
var manual = phase{
	units:     12,
	cycle:     span{26500 * time.Millisecond, 29500 * time.Millisecond},
	reject:    0.09,
	dispersed: 0.25,
	stops: []stop{
		{record.Aborted, 0.0070, span{time.Minute, 6 * time.Minute}},
		{record.Stopped, 0.0300, span{10 * time.Second, 90 * time.Second}},
		{record.Suspended, 0.0045, span{time.Minute, 8 * time.Minute}},
	},
	moulds:   [2]int{650, 950},
	pressure: 11,
	load:     [3]uint16{50, 2_500, 15_000},
}

// watts is the mean load of doing something; it differs by a few per cent each time.
func (p *phase) watts(r *rand.Rand, s record.State) int32 {
	load := p.load[1]
	switch s {
	case record.Idle:
		return int32(p.load[0])
	case record.Execute:
		load = p.load[2]
	}
	return int32(float64(load) * (0.96 + 0.08*r.Float64()))
}

// even draws a duration of which all in the range are alike, in whole milliseconds.
func (s span) even(r *rand.Rand) int64 { return s.at(r.Float64()) }

// middling draws one that lies mostly in the middle.
func (s span) middling(r *rand.Rand) int64 { return s.at((r.Float64() + r.Float64()) / 2) }

// short draws one that is mostly short.
func (s span) short(r *rand.Rand) int64 { u := r.Float64(); return s.at(u * u) }

func (s span) at(share float64) int64 {
	return s.least.Milliseconds() + int64(share*float64((s.most-s.least).Milliseconds()))
}

// spread turns a standard normal number into a factor whose mean is 1 and whose logarithm has the given
// standard deviation.
func spread(z, deviation float64) float64 { return math.Exp(z*deviation - deviation*deviation/2) }
