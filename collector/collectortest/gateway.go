// Package collectortest gives the collector's tests a gateway that seals batches as an agent does: a press
// on a line of its own, with a state, a counter of cycles and a counter of rejects.
package collectortest

import (
	"crypto/ed25519"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/record"
)

// Morning is a Monday at 06:00 in Hà Nội, when the early shift of Catalogue begins.
var Morning = time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)

// Raw numbers of the state signal of Catalogue.
const (
	Stopped = 0
	Execute = 1
	Held    = 2
)

// Gateway seals batches, each following from the one before.
type Gateway struct {
	Name      string
	Key       ed25519.PrivateKey
	Catalogue record.Catalogue // to be changed between batches
	At        time.Time        // up to when it has read
	Pressure  float64          // MPa, that Work reads where Gauge put a gauge

	seq             uint64
	prev, announced record.Hash
	cycles, rejects uint64
	state           int64
}

// NewGateway makes one that begins to read at a time. Its key follows from its name, and so does its line's.
func NewGateway(name string, at time.Time) *Gateway {
	seed := sha256.Sum256([]byte(name))
	return &Gateway{Name: name, Key: ed25519.NewKeyFromSeed(seed[:]), Catalogue: Catalogue(name), At: at}
}

// Line is the id of the gateway's line.
func Line(gateway string) string { return gateway + "-line" }

// Catalogue is what a gateway with that name says of itself: two shifts on every day but Sunday, ten units
// a cycle of fifteen seconds.
func Catalogue(gateway string) record.Catalogue {
	device := func(s record.Signal) record.Signal {
		s.Device, s.Driver, s.Source, s.Every = "press", "modbus", "tcp://127.0.0.1:502", record.Duration(time.Second)
		return s
	}
	days := []record.Weekday{1, 2, 3, 4, 5, 6}
	return record.Catalogue{
		Gateway: gateway, Site: "tan-thinh-phat", Timezone: "Asia/Ho_Chi_Minh",
		Signals: map[string]record.Signal{
			"press.state":   device(record.Signal{States: map[int64]record.State{Stopped: record.Stopped, Execute: record.Execute, Held: record.Held}}),
			"press.cycles":  device(record.Signal{Counter: true, Width: 32}),
			"press.rejects": device(record.Signal{Counter: true, Width: 32}),
		},
		Lines: map[string]record.Line{Line(gateway): {
			Name: record.Names{"vi": "Dây chuyền gạch", "en": "Block line"},
			Machines: map[string]record.Machine{"press": {
				Name:     record.Names{"vi": "Máy ép", "en": "Press"},
				Product:  &record.Product{Code: "GB-390", UnitsPerCycle: 10, PlannedCycle: record.Duration(15 * time.Second)},
				Produced: &record.Count{From: "press.cycles", Times: record.UnitsPerCycle},
				Scrap:    []record.Count{{From: "press.rejects", Reason: "after-compression"}},
				State:    "press.state",
			}},
			Calendar: &record.Calendar{Shifts: []record.Shift{
				{Name: "early", From: 6 * 60, To: 14 * 60, Days: days, Breaks: []record.Break{{From: 10 * 60, To: 10*60 + 30}}},
				{Name: "late", From: 14 * 60, To: 22 * 60, Days: days},
			}},
			Plan:    &record.Plan{OutputPerHour: 2000},
			Targets: map[string]float64{"quality_ratio": 0.97},
		}},
	}
}

// Gauge gives the press a gauge for its pressure, with specification limits.
func (g *Gateway) Gauge(lower, upper float64) {
	g.Catalogue.Signals[pressure] = record.Signal{
		Device: "press", Driver: "modbus", Source: "tcp://127.0.0.1:502", Every: record.Duration(time.Second), Unit: "MPa",
	}
	press := g.Catalogue.Lines[Line(g.Name)].Machines["press"]
	press.Measures = map[string]record.Measure{"pressure": {From: pressure, Lower: &lower, Upper: &upper}}
	g.Catalogue.Lines[Line(g.Name)].Machines["press"] = press
}

const pressure = "press.pressure"

// Public is the key that the collector has to know.
func (g *Gateway) Public() ed25519.PublicKey { return g.Key.Public().(ed25519.PublicKey) }

// Keys is a ring with the keys of gateways.
func Keys(gateways ...*Gateway) record.Keyring {
	keys := record.Keyring{}
	for _, g := range gateways {
		keys.Add(g.Name, g.Public())
	}
	return keys
}

// Work seals what the press did for a while from At on: one state, cycles and rejects at its end.
func (g *Gateway) Work(t testing.TB, d time.Duration, state int64, cycles, rejects uint64) []byte {
	t.Helper()
	return g.Seal(t, g.work(t, d, state, cycles, rejects))
}

func (g *Gateway) work(t testing.TB, d time.Duration, state int64, cycles, rejects uint64) record.Batch {
	t.Helper()
	b := g.Batch(t)
	span := record.Span{From: g.At, To: g.At.Add(d)}
	read := func(signal string, at time.Time, v record.Value) {
		b.Readings = append(b.Readings, record.Reading{Signal: signal, Time: at, Value: v, Quality: record.Good})
	}
	if b.Seq == 1 { // where the counters stand
		read("press.cycles", span.From, record.UintValue(g.cycles))
	}
	g.cycles += cycles
	read("press.cycles", span.To, record.UintValue(g.cycles))
	if b.Seq == 1 {
		read("press.rejects", span.From, record.UintValue(g.rejects))
	}
	g.rejects += rejects
	read("press.rejects", span.To, record.UintValue(g.rejects))
	if b.Seq == 1 || state != g.state {
		read("press.state", span.From, record.IntValue(state))
	}
	g.state = state
	if _, gauged := g.Catalogue.Signals[pressure]; gauged {
		read(pressure, span.From, record.FloatValue(g.Pressure))
	}
	b.Observed = []record.Observed{{Device: "press", Spans: []record.Span{span}, Polls: uint32(d / time.Second)}}
	b.SealedAt, g.At = span.To, span.To
	return b
}

// AddMeter gives the press an energy meter.
func AddMeter(g *Gateway) {
	line := g.Catalogue.Lines[Line(g.Name)]
	g.Catalogue.Signals["meter.energy"] = record.Signal{
		Device: "press", Driver: "modbus", Source: "tcp://127.0.0.1:502", Every: record.Duration(time.Second), Unit: "kWh", Counter: true,
	}
	press := line.Machines["press"]
	press.Energy = "meter.energy"
	line.Machines["press"] = press
}

// WorkMetered is Work with cycles and no rejects, and a look at the energy meter at its end.
func (g *Gateway) WorkMetered(t testing.TB, d time.Duration, state int64, cycles uint64, kwh float64) []byte {
	t.Helper()
	b := g.work(t, d, state, cycles, 0)
	b.Readings = append(b.Readings, record.Reading{Signal: "meter.energy", Time: g.At, Value: record.FloatValue(kwh), Quality: record.Good})
	return g.Seal(t, b)
}

// Batch is the next batch, empty, for the caller to fill in and Seal.
func (g *Gateway) Batch(t testing.TB) record.Batch {
	t.Helper()
	catalogue, err := g.Catalogue.Encode()
	if err != nil {
		t.Fatal(err)
	}
	b := record.Batch{
		Gateway: g.Name, Seq: g.seq + 1, Prev: g.prev, SealedAt: g.At,
		Clock: record.Clock{State: record.ClockSynchronised}, CatalogueHash: record.HashOf(catalogue),
	}
	if b.CatalogueHash != g.announced {
		b.Catalogue = catalogue
	}
	return b
}

// Seal seals a batch, which the next one will follow.
func (g *Gateway) Seal(t testing.TB, b record.Batch) []byte {
	t.Helper()
	sealed, err := record.Seal(b, g.Key)
	if err != nil {
		t.Fatal(err)
	}
	g.seq, g.prev, g.announced = b.Seq, record.HashOf(sealed), b.CatalogueHash
	return sealed
}

// Verify takes sealed batches of one or several gateways, each from its first on, as the collector does.
func Verify(t testing.TB, keys record.Keyring, sealed ...[]byte) []verify.Verified {
	t.Helper()
	heads := map[string]verify.Head{}
	all := make([]verify.Verified, len(sealed))
	for i, msg := range sealed {
		v, err := verify.Check(msg, keys, func(gateway string) verify.Head { return heads[gateway] }, nil)
		if err != nil {
			t.Fatal(err)
		}
		heads[v.Batch().Gateway] = v.Head()
		all[i] = v
	}
	return all
}
