package blockpress

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// monday is the first moment of a week at Hữu Lũng.
var monday = time.Date(2026, time.March, 2, 0, 0, 0, 0, time.FixedZone("+07", 7*3600))

const (
	day   = 24 * time.Hour
	weeks = 7 * day
)

// never built is an investment that does not come.
var neverBuilt = monday.AddDate(100, 0, 0)

type testPlant struct {
	*Plant
	t     *testing.T
	clock *clock.Virtual
}

// newTestPlant makes a plant that stands at monday.
func newTestPlant(t *testing.T, seed uint64, investment time.Time) testPlant {
	t.Helper()
	c := clock.NewVirtual(monday, 1)
	p, err := New(Options{Seed: seed, Start: monday, Clock: c, Investment: investment})
	if err != nil {
		t.Fatal(err)
	}
	return testPlant{p, t, c}
}

// at lets the plant's time pass up to a moment after monday.
func (p testPlant) at(d time.Duration) {
	p.t.Helper()
	if err := p.clock.SleepUntil(context.Background(), monday.Add(d)); err != nil {
		p.t.Fatal(err)
	}
}

// press is what happened at the press between two moments after monday.
func (p testPlant) press(from, to time.Duration) Totals {
	return p.Books(monday.Add(from), monday.Add(to))[Press]
}

func (p testPlant) read(unit uint8, t plc.Table, at, count uint16) []uint16 {
	p.t.Helper()
	v, err := p.Units()[unit].Read(t, at, count)
	if err != nil {
		p.t.Fatalf("unit %d, %s %d: %v", unit, t, at, err)
	}
	return v
}

// registers is everything that the plant shows at one moment.
type registers struct {
	cycles, energy   uint32
	rejects, batches uint16
	press, mixer     uint16
	mould            uint16
	pressure, power  float32
	motor            bool
}

func (p testPlant) registers() registers {
	p.t.Helper()
	press, counts := p.read(1, plc.Holding, 104, 3), p.read(1, plc.Holding, 100, 2)
	mixer, pressure, meter := p.read(2, plc.Holding, 200, 2), p.read(1, plc.Input, 30, 2), p.read(5, plc.Input, 0, 4)
	return registers{
		cycles: uint32(counts[1])<<16 | uint32(counts[0]), energy: uint32(meter[2])<<16 | uint32(meter[3]),
		rejects: press[0], batches: mixer[1], press: press[1], mixer: mixer[0], mould: press[2],
		pressure: math.Float32frombits(uint32(pressure[0])<<16 | uint32(pressure[1])),
		power:    math.Float32frombits(uint32(meter[0])<<16 | uint32(meter[1])),
		motor:    p.read(1, plc.Coils, 7, 1)[0] == 1,
	}
}

// since is by how much the counters rose, as a meter reader would work it out.
func (r registers) since(last registers) map[string]Totals {
	cycles := int64(r.cycles - last.cycles)
	return map[string]Totals{
		Press: {Cycles: cycles, Rejects: int64(r.rejects - last.rejects), EnergyJ: int64(r.energy-last.energy) * 36_000},
		Mixer: {Cycles: int64(r.batches - last.batches), Produced: int64(r.batches - last.batches)},
	}
}

// agree reads the registers at to and holds the books since from, when they were last, to what they say.
func (p testPlant) agree(last registers, from, to time.Duration) registers {
	p.t.Helper()
	now, books := p.registers(), p.Books(monday.Add(from), monday.Add(to))
	for machine, got := range now.since(last) {
		want := books[machine]
		if got.Cycles != want.Cycles || got.Rejects != want.Rejects || got.EnergyJ != want.EnergyJ {
			p.t.Fatalf("%s at %v: registers rose by %+v, books say %+v", machine, to, got, want)
		}
		var ms int64
		for _, n := range want.States {
			ms += n
		}
		if ms != (to - from).Milliseconds() {
			p.t.Fatalf("%s at %v: books of %v hold %d ms", machine, to, to-from, ms)
		}
	}
	for machine, number := range map[string]uint16{Press: last.press, Mixer: last.mixer} {
		if state := stateOf(p.t, number); books[machine].States[state] == 0 {
			p.t.Fatalf("%s at %v: the register said %s, books say %v", machine, from, state, books[machine].States)
		}
	}
	return now
}

// TestRegistersAndBooksAgree reads the plant every second from Monday's night to Tuesday's.
func TestRegistersAndBooksAgree(t *testing.T) {
	p := newTestPlant(t, 1, monday.Add(15*time.Hour))
	last := p.registers()
	for at := time.Second; at <= day+7*time.Hour; at += time.Second {
		p.at(at)
		now := p.agree(last, at-time.Second, at)
		if now.pressure < 8 || now.pressure > 21 {
			t.Fatalf("at %v: pressure %v MPa", at, now.pressure)
		}
		if running := now.press == stateNumbers[record.Execute]; running && (!now.motor || now.power < 14) {
			t.Fatalf("at %v: runs with motor %v at %v kW", at, now.motor, now.power)
		}
		last = now
	}
}

func stateOf(t *testing.T, number uint16) record.State {
	t.Helper()
	for s, n := range stateNumbers {
		if n == number && (n != 0 || record.State(s) == record.Stopped) {
			return record.State(s)
		}
	}
	t.Fatalf("state register says %d", number)
	return 0
}

// TestReadingChangesNothing lets two people read the same plant in their own ways for eight weeks.
func TestReadingChangesNothing(t *testing.T) {
	investment := monday.Add(4 * weeks)
	often, seldom := newTestPlant(t, 7, investment), newTestPlant(t, 7, investment)
	last := often.registers()
	for at := 30 * time.Second; at <= 8*weeks; at += 30 * time.Second {
		often.at(at)
		last = often.agree(last, at-30*time.Second, at)
	}
	for at, step := time.Duration(0), 17*time.Minute+123*time.Millisecond; at <= 8*weeks; at += step {
		seldom.at(at)
		seldom.read(5, plc.Input, 0, 2)
	}
	seldom.at(8 * weeks)
	if diff := cmp.Diff(often.registers(), seldom.registers(), cmp.AllowUnexported(registers{})); diff != "" {
		t.Errorf("registers differ (-often +seldom):\n%s", diff)
	}
	for from := time.Duration(0); from < 8*weeks; from += 8 * time.Hour {
		a, b := monday.Add(from), monday.Add(from+8*time.Hour)
		if diff := cmp.Diff(often.Books(a, b), seldom.Books(a, b)); diff != "" {
			t.Fatalf("books from %v differ (-often +seldom):\n%s", a, diff)
		}
	}
	other := newTestPlant(t, 8, investment)
	other.at(8 * weeks)
	if other.registers().cycles == often.registers().cycles {
		t.Error("another seed makes the same plant")
	}
}

func TestCountersRollOver(t *testing.T) {
	for _, tt := range []struct {
		name       string
		investment time.Time
	}{
		{"manual press", neverBuilt},
		{"automatic press", monday},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newTestPlant(t, 3, tt.investment)
			rejects, batches := 0, 0
			last := p.registers()
			for at := time.Duration(0); at < 4*weeks; at += time.Minute {
				p.at(at)
				now := p.registers()
				if now.rejects < last.rejects {
					rejects++
				}
				if now.batches < last.batches {
					batches++
				}
				last = now
			}
			if rejects == 0 {
				t.Errorf("rejects stand at %d after four weeks and never rolled over", last.rejects)
			}
			if tt.investment.Equal(monday) && batches == 0 {
				t.Errorf("batches stand at %d after four weeks and never rolled over", last.batches)
			}
		})
	}
}

// BenchmarkEightWeeks is the history of a demonstration: three devices read every 30 s.
func BenchmarkEightWeeks(b *testing.B) {
	for b.Loop() {
		c := clock.NewVirtual(monday, 1)
		p, err := New(Options{Seed: 1, Start: monday, Clock: c})
		if err != nil {
			b.Fatal(err)
		}
		units := p.Units()
		for at := time.Duration(0); at < 8*weeks; at += 30 * time.Second {
			if err := c.SleepUntil(context.Background(), monday.Add(at)); err != nil {
				b.Fatal(err)
			}
			for id, address := range map[uint8]uint16{1: 104, 2: 200} {
				if _, err := units[id].Read(plc.Holding, address, 2); err != nil {
					b.Fatal(err)
				}
			}
			if _, err := units[5].Read(plc.Input, 0, 4); err != nil {
				b.Fatal(err)
			}
		}
	}
}
