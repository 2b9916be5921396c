package collectortest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Month is an assembly line of twelve machines that makes eighty products, for a month, with its own books: every
// change of state and product, every cycle, every gap in which nobody looked, to the millisecond. Three shifts, one
// of them over midnight, breaks, Sundays, two days of holiday and a Sunday of overtime.
type Month struct {
	From, To  time.Time
	Catalogue record.Catalogue
	Machines  []*MonthMachine
}

// MonthMachine is one machine and its books, each list in order of time.
type MonthMachine struct {
	ID     string
	States []MonthState
	Made   []MonthMade
	Cycles []MonthCycle
	Meter  []MonthMeter  // at each quarter of an hour, and when somebody looks again
	Gaps   []record.Span // in which nobody looked
}

// MonthState is a state from a time on.
type MonthState struct {
	At    time.Time
	State record.State
}

// MonthMade is what is made from a time on: a product by the number that its signal says, and an order.
type MonthMade struct {
	At      time.Time
	Product int
	Order   int
}

// MonthCycle is one cycle: its units, and what became of them.
type MonthCycle struct {
	At                          time.Time
	Units, Weld, Paint, Reworks int64
	MaterialG, OutputG          int64
}

// MonthMeter is an energy meter's reading.
type MonthMeter struct {
	At time.Time
	Wh int64
}

// MonthZone is the line's time zone: seven hours before UTC, all year.
const MonthZone = "Asia/Ho_Chi_Minh"

// MonthStates are the raw numbers of the state signal.
var MonthStates = map[int64]record.State{
	0: record.Stopped, 1: record.Execute, 2: record.Held, 3: record.Idle, 4: record.Aborted, 5: record.Resetting, 6: record.Clearing,
}

// NewMonth makes up March 2026 from a seed.
func NewMonth(seed uint64) *Month {
	zone, err := time.LoadLocation(MonthZone)
	if err != nil {
		panic(err)
	}
	m := &Month{From: time.Date(2026, 3, 1, 0, 0, 0, 0, zone).UTC(), To: time.Date(2026, 4, 1, 0, 0, 0, 0, zone).UTC()}
	m.Catalogue = monthCatalogue()
	for n := range 12 {
		w := &monthWorker{
			Month: m, rng: rand.New(rand.NewPCG(seed, uint64(n))), zone: zone,
			MonthMachine: &MonthMachine{ID: fmt.Sprintf("station-%02d", n+1)},
		}
		w.work()
		m.Machines = append(m.Machines, w.MonthMachine)
	}
	return m
}

// MonthProduct is the product of a number from 1 to 80.
func MonthProduct(n int) record.Product {
	return record.Product{
		Code: fmt.Sprintf("EB-%02d", n), UnitsPerCycle: int64(1 + n%3), PlannedCycle: record.Duration(time.Duration(120+3*n) * time.Second),
	}
}

func monthCatalogue() record.Catalogue {
	line := record.Line{
		Name: record.Names{"vi": "Dây chuyền xe đạp điện", "en": "Electric bicycle line"}, Machines: map[string]record.Machine{},
		Output: []string{"station-11", "station-12"}, Products: map[string]record.Product{}, Plan: &record.Plan{OutputPerHour: 60},
		Calendar: &record.Calendar{
			Shifts: []record.Shift{
				{Name: "morning", From: 6 * 60, To: 14 * 60, Days: workdays(), Breaks: []record.Break{{From: 10 * 60, To: 10*60 + 30}}},
				{Name: "evening", From: 14 * 60, To: 22 * 60, Days: workdays(), Breaks: []record.Break{{From: 18 * 60, To: 18*60 + 30}}},
				{Name: "night", From: 22 * 60, To: 6 * 60, Days: workdays()[:5], Breaks: []record.Break{{From: 23*60 + 45, To: 15}, {From: 2 * 60, To: 2*60 + 30}}},
			},
			Holidays: []record.Holiday{{Date: record.Date{Year: 2026, Month: 3, Day: 9}, Why: "lễ hội"}, {Date: record.Date{Year: 2026, Month: 3, Day: 10}, Why: "lễ hội"}},
			Extra: []record.ExtraShift{{
				Name: "overtime", From: time.Date(2026, 3, 15, 1, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 15, 5, 0, 0, 0, time.UTC),
			}},
		},
	}
	for n := 1; n <= 80; n++ {
		line.Products[fmt.Sprint(n)] = MonthProduct(n)
	}
	cat := record.Catalogue{Gateway: "dk-viet-nhat-01", Site: "dk-viet-nhat", Timezone: MonthZone, Signals: map[string]record.Signal{}, Lines: map[string]record.Line{"assembly": line}}
	for n := range 12 {
		id := fmt.Sprintf("station-%02d", n+1)
		for name, s := range map[string]record.Signal{
			"state": {States: MonthStates}, "product": {}, "order": {}, "cycles": {Counter: true, Width: 16}, "weld": {Counter: true, Width: 16},
			"paint": {Counter: true, Width: 16}, "rework": {Counter: true, Width: 16}, "in": {Counter: true, Width: 32, Unit: "g"},
			"out": {Counter: true, Width: 32, Unit: "g"}, "energy": {Counter: true, Width: 32, Unit: "Wh"},
		} {
			s.Device, s.Driver, s.Source, s.Every = id, "modbus", "tcp://127.0.0.1:502", record.Duration(time.Second)
			cat.Signals[id+"."+name] = s
		}
		line.Machines[id] = record.Machine{
			Name: record.Names{"vi": "Trạm " + id[8:], "en": "Station " + id[8:]}, ProductFrom: id + ".product", OrderFrom: id + ".order", State: id + ".state",
			Produced: &record.Count{From: id + ".cycles", Times: record.UnitsPerCycle}, Rework: []record.Count{{From: id + ".rework"}},
			Scrap: []record.Count{{From: id + ".weld", Reason: "weld"}, {From: id + ".paint", Reason: "paint"}}, Energy: id + ".energy",
			MaterialIn: id + ".in", ProductOut: id + ".out",
		}
	}
	return cat
}

func workdays() []record.Weekday { return []record.Weekday{1, 2, 3, 4, 5, 6} }

// Planned tells whether a minute is meant to be worked, told from a clock on the wall and not from the calendar.
func (m *Month) Planned(minute time.Time) bool {
	_, planned := m.Shift(minute)
	return planned
}

// Shift is the shift that a minute belongs to, "" for none; planned is false in its breaks.
func (m *Month) Shift(minute time.Time) (name string, planned bool) {
	wall := minute.UTC().Add(7 * time.Hour)
	of := wall.Hour()*60 + wall.Minute()
	day := wall
	if of < 6*60 { // the night shift is that of the day before
		day = wall.AddDate(0, 0, -1)
	}
	if wall.Day() == 15 && of >= 8*60 && of < 12*60 {
		return "overtime", true
	}
	switch d := day.Weekday(); {
	case d == time.Sunday, day.Month() == 3 && (day.Day() == 9 || day.Day() == 10):
		return "", false
	case of >= 6*60 && of < 14*60:
		return "morning", of < 10*60 || of >= 10*60+30
	case of >= 14*60 && of < 22*60:
		return "evening", of < 18*60 || of >= 18*60+30
	case d == time.Saturday:
		return "", false
	}
	return "night", of < 23*60+45 && of >= 22*60 || of >= 15 && (of < 2*60 || of >= 2*60+30) && of < 6*60
}

// monthWorker makes up one machine's month.
type monthWorker struct {
	*Month
	*MonthMachine
	rng     *rand.Rand
	zone    *time.Location
	at      time.Time
	since   time.Duration // of production since the last cycle
	product int
	order   int
}

func (w *monthWorker) between(least, most time.Duration) time.Duration {
	return least + time.Duration(w.rng.Int64N(int64((most-least)/time.Millisecond)))*time.Millisecond
}

func (w *monthWorker) state(s record.State, d time.Duration) {
	if n := len(w.States); n == 0 || w.States[n-1].State != s {
		w.States = append(w.States, MonthState{w.at, s})
	}
	w.at = w.at.Add(d)
}

func (w *monthWorker) turn() {
	w.product = 1 + w.rng.IntN(80)
	w.order++
	w.Made = append(w.Made, MonthMade{w.at, w.product, w.order})
	w.since = 0
}

func (w *monthWorker) work() {
	w.at = w.From
	w.turn()
	next := w.at
	for w.at.Before(w.To) {
		if !w.Planned(w.at) && w.rng.IntN(40) > 0 {
			w.state(record.Stopped, w.between(time.Minute, 20*time.Minute))
			continue
		}
		if w.at.After(next) {
			w.state(record.Resetting, w.between(4*time.Minute, 12*time.Minute))
			w.turn()
			w.state(record.Resetting, w.between(time.Minute, 12*time.Minute))
			next = w.at.Add(w.between(2*time.Hour, 9*time.Hour))
		}
		w.run(w.between(time.Minute, 80*time.Minute))
		switch w.rng.IntN(5) {
		case 0:
			w.state(record.Idle, w.between(10*time.Second, 10*time.Minute))
		case 1:
			w.state(record.Aborted, w.between(time.Minute, 90*time.Minute))
			w.state(record.Clearing, w.between(10*time.Second, 5*time.Minute))
		default:
			w.state(record.Held, w.between(5*time.Second, 4*time.Minute))
		}
	}
	w.lookAway()
	w.read()
}

// run produces for a while.
func (w *monthWorker) run(d time.Duration) {
	end := w.at.Add(d)
	w.state(record.Execute, 0)
	for {
		p := MonthProduct(w.product)
		left := time.Duration(float64(p.PlannedCycle.D())*(0.95+0.35*w.rng.Float64())).Truncate(time.Millisecond) - w.since
		if left = max(left, time.Second); w.at.Add(left).After(end) {
			w.since += end.Sub(w.at)
			w.at = end
			return
		}
		w.at, w.since = w.at.Add(left), 0
		c := MonthCycle{At: w.at, Units: p.Units(), MaterialG: 20_000 + w.rng.Int64N(900), OutputG: 18_500 + w.rng.Int64N(900)}
		switch w.rng.IntN(40) {
		case 0:
			c.Weld = 1
		case 1:
			c.Paint = 1
		case 2:
			c.Reworks = 1
		}
		w.Cycles = append(w.Cycles, c)
	}
}

// lookAway makes up times in which nobody looks, in which the product stays what it is.
func (w *monthWorker) lookAway() {
	for at := w.From.Add(w.between(time.Hour, 40*time.Hour)); at.Before(w.To.Add(-12 * time.Hour)); at = at.Add(w.between(time.Hour, 60*time.Hour)) {
		gap := record.Span{From: at, To: at.Add(w.between(2*time.Second, 4*time.Hour))}
		if !slices.ContainsFunc(w.Made, func(m MonthMade) bool { return !m.At.Before(gap.From) && !m.At.After(gap.To) }) {
			w.Gaps = append(w.Gaps, gap)
		}
		at = gap.To
	}
}

// read makes up the meter.
func (w *monthWorker) read() {
	wh, next := int64(1000), w.From
	times := make([]time.Time, 0, 4000)
	for ; !next.After(w.To); next = next.Add(15 * time.Minute) {
		times = append(times, next)
	}
	for _, g := range w.Gaps {
		times = append(times, g.To)
	}
	slices.SortFunc(times, time.Time.Compare)
	for _, t := range slices.CompactFunc(times, time.Time.Equal) {
		wh += w.rng.Int64N(900)
		if !w.blind(t) {
			w.Meter = append(w.Meter, MonthMeter{t, wh})
		}
	}
}

// blind tells whether nobody looks at t; at a gap's end somebody does again.
func (m *MonthMachine) blind(t time.Time) bool {
	return slices.ContainsFunc(m.Gaps, func(g record.Span) bool { return t.After(g.From) && t.Before(g.To) })
}

// Batches seals the month, an hour a batch.
func (m *Month) Batches(t testing.TB, g *Gateway) (sealed [][]byte) {
	t.Helper()
	g.Catalogue = m.Catalogue
	var tapes []*monthTape
	for _, machine := range m.Machines {
		tapes = append(tapes, newMonthTape(machine, m.From))
	}
	for from := m.From; from.Before(m.To); from = from.Add(time.Hour) {
		g.At = from.Add(time.Hour)
		b := g.Batch(t)
		for _, tape := range tapes {
			tape.hour(&b, record.Span{From: from, To: from.Add(time.Hour)})
		}
		slices.SortStableFunc(b.Readings, func(a, c record.Reading) int { return cmpReading(a, c) })
		sealed = append(sealed, g.Seal(t, b))
	}
	return sealed
}
