package account

import (
	"math/rand/v2"

	"github.com/lineproof/lineproof/record"
)

// look is one poll of one device: what the plant showed, or that it did not answer.
type look struct {
	device string
	ms     int64 // after 06:00
	ok     bool
	values map[string]record.Value // by signal; none where only this one could not be read
	truth  truth
}

// truth is what the plant did since its start, for the bookkeeper's eyes only.
type truth struct {
	made, rejected, resets int64 // units and times, ever
	joules                 int64
	sinceReset             int64 // cycles counted since the last reset
	jumps                  int64 // times that the cycle counter was disturbed
	state                  int64
	pressure               float64
}

// plant is a simulated press with its meter: it makes at most one cycle a second, its PLC loses its counts
// once, its counter is disturbed, its devices fall silent, single signals cannot be read.
type plant struct {
	r               *rand.Rand
	truth           truth
	cycles, rejects uint16
	centiKWh        uint32
	resetAt         int64
	silent          map[string]int64 // until when, by device or signal
}

const plantMinutes = 25

func newPlant(seed uint64) *plant {
	r := rand.New(rand.NewPCG(seed, 99))
	p := &plant{r: r, cycles: uint16(30000 + seed%2*35400 + r.Uint64N(100)), rejects: uint16(1000 + r.IntN(19000)), centiKWh: uint32(1<<32 - 1 - r.IntN(500))}
	p.truth.state, p.truth.pressure = 4, 18.5
	p.resetAt = 60 * (10 + r.Int64N(10))
	p.silent = map[string]int64{}
	return p
}

// run gives every look at the press, polled each second, and the meter, each ten.
func (p *plant) run() (looks []look) {
	for s := range int64(plantMinutes * 60) {
		p.step(s)
		looks = append(looks, p.look("press", s, map[string]record.Value{
			"press.cycles": record.IntValue(int64(p.cycles)), "press.rejects": record.IntValue(int64(p.rejects)),
			"press.state": record.IntValue(p.truth.state), "press.pressure": record.FloatValue(p.truth.pressure),
		}))
		if s%10 == 0 {
			looks = append(looks, p.look("meter", s, map[string]record.Value{"meter.energy": record.FloatValue(float64(p.centiKWh) * 0.01)}))
		}
	}
	return looks
}

// step is one second of the plant's life.
func (p *plant) step(s int64) {
	if p.r.IntN(40) == 0 {
		p.truth.state = []int64{0, 1, 1, 1, 4, 77}[p.r.IntN(6)] // 77 is in no manual
	}
	// Only where it cannot be taken for a rollover.
	if s >= p.resetAt && p.truth.resets == 0 && p.cycles > 1000 && p.cycles < 60000 {
		p.cycles, p.rejects = 0, 0
		p.truth.resets, p.truth.sinceReset = p.truth.resets+1, 0
	}
	if p.truth.state == 1 && p.r.IntN(3) > 0 {
		p.cycles++
		p.truth.made++
		p.truth.sinceReset++
		if p.r.IntN(8) == 0 {
			p.rejects++
			p.truth.rejected++
		}
		p.truth.pressure = 18 + float64(p.r.IntN(100))/16
		p.centiKWh += 3
		p.truth.joules += 3 * 36000
	}
	// A jump over the rollover could not be told from a reset, nor could one after it.
	if s < 9*60 && p.cycles < 60000 && p.r.IntN(200) == 0 {
		p.cycles += 5000
		p.truth.jumps++
	}
	for _, name := range []string{"press", "meter", "press.state", "press.pressure", "press.cycles"} {
		if p.r.IntN(200) == 0 {
			p.silent[name] = s + p.r.Int64N(90)
		}
	}
}

func (p *plant) look(device string, s int64, values map[string]record.Value) look {
	for name := range values {
		if s < p.silent[name] {
			values[name] = record.Value{}
		}
	}
	return look{device: device, ms: s * 1000, ok: s >= p.silent[device], values: values, truth: p.truth}
}

// plantCatalogue makes product A, and B after the change.
func plantCatalogue(code string, units int64) record.Catalogue {
	return catalogue(map[string]record.Signal{
		"press.cycles":   {Counter: true, Width: 16, Every: seconds(1), MaxRate: 1},
		"press.rejects":  {Counter: true, Width: 16, Every: seconds(1)},
		"press.state":    stateSignal,
		"press.pressure": {Unit: "MPa"},
		"meter.energy":   {Counter: true, Width: 32, Scale: 0.01, Unit: "kWh", Every: seconds(10)},
	}, record.Machine{
		Product:  &record.Product{Code: code, UnitsPerCycle: units, PlannedCycle: seconds(2)},
		Produced: &record.Count{From: "press.cycles", Times: record.UnitsPerCycle},
		Scrap:    []record.Count{{From: "press.rejects", Reason: "edge"}},
		State:    "press.state",
		Energy:   "meter.energy",
		Measures: map[string]record.Measure{"pressure": {From: "press.pressure"}},
	})
}
