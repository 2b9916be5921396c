package plausible_test

import (
	"math"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/plausible"
	"github.com/lineproof/lineproof/lines/block-press"
	"github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/record"
)

// The month, by the plant's own clock on the wall, which is seven hours before UTC.
var (
	begin = wall(1, 0, 0)
	end   = wall(31, 24, 0)
)

func wall(day, hour, minute int) time.Time {
	return time.Date(2026, 3, day, hour-7, minute, 0, 0, time.UTC)
}

// signals is what a minute's signals of the press say: what account makes an interval from.
type signals struct {
	start            time.Time
	cycles, rejects  int64
	joules           int64
	states           [record.NumStates]int64
	pressure, before float64 // MPa, at the end and the beginning
	units            int64
	planned          time.Duration
	suspect          int64
	inG, outG        int64 // on the scales
	dark             bool  // nobody looks
}

// stopped is the time of a plant that is read minute by minute.
type stopped struct {
	blockpress.Pace
	now time.Time
}

func (s *stopped) Now() time.Time { return s.now }

// work runs a plant for the month.
func work(t testing.TB, o blockpress.Options) []signals {
	t.Helper()
	clock := &stopped{now: begin}
	o.Start, o.Clock = begin, clock
	if o.Investment.IsZero() {
		o.Investment = begin
	}
	p, err := blockpress.New(o)
	if err != nil {
		t.Fatal(err)
	}
	press := p.Units()[1]
	pressure := func() float64 {
		v, err := press.Read(plc.Input, 30, 2)
		if err != nil {
			t.Fatal(err)
		}
		return float64(math.Float32frombits(uint32(v[0])<<16 | uint32(v[1])))
	}
	month := make([]signals, 0, 31*1440)
	last := pressure()
	for at := begin; at.Before(end); at = at.Add(time.Minute) {
		clock.now = at.Add(time.Minute)
		b := p.Books(at, clock.now)[blockpress.Press]
		s := signals{start: at, cycles: b.Cycles, rejects: b.Rejects, joules: b.EnergyJ, states: b.States, before: last, units: 26, planned: 15 * time.Second}
		if at.Before(o.Investment) {
			s.units, s.planned = 12, 28*time.Second
		}
		if at.Minute()%5 == 0 {
			last = pressure()
		}
		s.pressure = last
		month = append(month, s)
	}
	return month
}

// change changes the signals from one time to another.
func change(month []signals, from, to time.Time, by func(n int, s *signals)) {
	for n := range month {
		if s := &month[n]; !s.start.Before(from) && s.start.Before(to) {
			by(n, s)
		}
	}
}

// model is what the collector knows of the press.
func model() plausible.Model {
	lower, upper := 8., 21.
	cal, zone, err := blockpress.Calendar()
	if err != nil {
		panic(err)
	}
	return plausible.Model{
		Machines: map[string]record.Machine{blockpress.Press: {
			Produced: &record.Count{From: "press.cycles", Times: record.UnitsPerCycle},
			Scrap:    []record.Count{{From: "press.rejects", Reason: "after-compression"}},
			State:    "press.state", Energy: "meter.energy_import", MaterialIn: "hopper.mass", ProductOut: "belt.mass",
			Measures: map[string]record.Measure{"pressure": {From: "press.pressure", Lower: &lower, Upper: &upper}},
		}},
		Signals: map[string]record.Signal{"press.cycles": {Counter: true, MaxRate: 0.2}},
		Planned: kpi.Planned(calendar.New(&cal, zone), record.Span{From: begin, To: end}),
		Scrap:   0.03, Limits: plausible.Standard(),
	}
}

// read gives a month's signals to the checks as account does: what was counted in the dark comes late, in the first minute
// after it.
func read(lines *plausible.Lines, month []signals) ([]plausible.Finding, []plausible.Judged) {
	var late signals
	measures := map[string]account.Measure{} // nobody keeps it
	for n := range month {
		s := &month[n]
		if s.dark {
			late.cycles, late.rejects, late.joules = late.cycles+s.cycles, late.rejects+s.rejects, late.joules+s.joules
			continue
		}
		i := account.Interval{
			Machine: blockpress.Press, Product: "GB-390", Start: s.start, UnitsPerCycle: s.units, PlannedCycle: s.planned,
			Produced: (s.cycles + late.cycles) * s.units, Late: late.cycles * s.units, Scrap: s.rejects + late.rejects, Suspect: s.suspect,
			States: s.states, Weighed: s.inG != 0, MaterialG: s.inG, OutputG: s.outG,
			Metered: true, EnergyJ: s.joules + late.joules, LateEnergyJ: late.joules,
			Measures: measures,
		}
		measures["pressure"] = account.Measure{
			Count: 4, Min: min(s.before, s.pressure), Max: max(s.before, s.pressure), Sum: s.pressure * 60_000, Weight: 60_000,
		}
		i.Good = i.Produced - i.Scrap
		lines.Add(i)
		late = signals{}
	}
	return lines.Findings()
}
