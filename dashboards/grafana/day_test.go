package grafana

import (
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/series/influx"
	"github.com/lineproof/lineproof/internal/influxtest"
	"github.com/lineproof/lineproof/record"
)

// The line of the day: a press, whose counts are the line's, and a mixer that only has a state.
const (
	site    = "tan-thinh-phat"
	lineID  = "huu-lung-01-line"
	gateway = "huu-lung-01"
)

// hour is the n-th of the day, which begins with the early shift.
func hour(n int) time.Time { return collectortest.Morning.Add(time.Duration(n) * time.Hour) }

// plant is a gateway of that line, with its InfluxDB and the board that the API serves from it.
type plant struct {
	*collectortest.Hall
	server *influxtest.Server
	g      *collectortest.Gateway
	sealed [][]byte
	count  map[string]uint64    // by signal: where the counters stand
	last   map[string]time.Time // by signal: when they were read last
}

// aDay makes a day of the line, in InfluxDB.
func aDay(t *testing.T) *plant {
	t.Helper()
	store := openInflux(t)
	p := &plant{
		server: store.server, g: collectortest.NewGateway(gateway, collectortest.Morning), count: map[string]uint64{}, last: map[string]time.Time{},
		Hall: collectortest.OpenHallOn(t, store, collectortest.Morning),
	}
	p.model()
	store.plan(t, p.g.Catalogue, lineID, record.Span{From: hour(0), To: hour(24)})
	for minute := range 24 * 60 {
		p.minute(t, minute)
	}
	p.Take(p.g, p.sealed...)
	p.MoveTo(hour(24))
	return p
}

// planned is an InfluxDB that is told which minutes are planned, as the collector tells it.
type planned struct {
	*influx.Store
	server  *influxtest.Server
	minutes map[time.Time]bool
}

func openInflux(t *testing.T) *planned {
	t.Helper()
	p := &planned{server: influxtest.Start(t)}
	var err error
	p.Store, err = influx.Open(influx.Options{
		URL: p.server.URL, Database: p.server.Database, Planned: func(_ string, minute time.Time) bool { return p.minutes[minute] },
		OnRefused: func(point string, err error) { t.Errorf("refused %s: %v", point, err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// plan takes a line's calendar over a window.
func (p *planned) plan(t *testing.T, c record.Catalogue, line string, window record.Span) {
	t.Helper()
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		t.Fatal(err)
	}
	p.minutes = map[time.Time]bool{}
	for _, s := range calendar.Of(zone, calendar.Era{Calendar: c.Lines[line].Calendar}).Planned(window) {
		for at := s.From; at.Before(s.To); at = at.Add(time.Minute) {
			p.minutes[at.UTC()] = true
		}
	}
}

// model adds to the press a meter, and a mixer beside it.
func (p *plant) model() {
	c := &p.g.Catalogue
	signal := func(name string, s record.Signal) {
		like := c.Signals["press.state"]
		s.Device, s.Driver, s.Source, s.Every = name, like.Driver, like.Source, like.Every
		c.Signals[name+"."+map[bool]string{true: "energy", false: "state"}[s.Counter]] = s
	}
	signal("mixer", record.Signal{States: c.Signals["press.state"].States})
	signal("meter", record.Signal{Counter: true, Width: 32, Unit: "Wh"})
	l := c.Lines[lineID]
	press := l.Machines["press"]
	press.Energy = "meter.energy"
	l.Machines["press"], l.Machines["mixer"], l.Output = press, record.Machine{State: "mixer.state"}, []string{"press"}
	c.Lines[lineID] = l
}

// makes changes the press's product; a catalogue of its own goes with it.
func (p *plant) makes(product record.Product) {
	press := p.g.Catalogue.Lines[lineID].Machines["press"]
	press.Product = &product
	p.g.Catalogue.Lines[lineID].Machines["press"] = press
}

// minute is one of the day: what the press did in it is drawn by plain arithmetic, so that no two hours are alike.
func (p *plant) minute(t *testing.T, n int) {
	at := collectortest.Morning.Add(time.Duration(n) * time.Minute)
	p.g.At = at.Add(time.Minute)
	state, cycles, rejects := collectortest.Execute, uint64(3+n%3), uint64(n%7/6*3)
	switch h := n / 60; {
	case h == 2 && n%60 >= 30, h == 3 && n%60 < 10: // nobody looks, while the press goes on
		p.count["press.cycles"] += cycles
		return
	case h == 9, h == 10: // nobody looks at all
		return
	case h == 5, h >= 16 && h != 18: // it stands: held in a shift, stopped at night but for an hour of overtime
		state, cycles, rejects = []int{collectortest.Held, collectortest.Stopped}[min(h/16, 1)], 0, 0
	case n%11 == 0:
		state, cycles = collectortest.Held, 1
	}
	switch n {
	case 7 * 60:
		p.makes(record.Product{Code: "GB-400/R (đỏ)", UnitsPerCycle: 12, PlannedCycle: record.Duration(18300 * time.Millisecond)})
	case 12 * 60:
		p.makes(record.Product{Code: "GB new"}) // nobody knows its cycle yet
	case 13 * 60:
		p.makes(record.Product{Code: "GB-390", UnitsPerCycle: 10, PlannedCycle: record.Duration(15 * time.Second)})
	}
	p.seal(t, at, n, int64(state), cycles, rejects)
}

func (p *plant) seal(t *testing.T, at time.Time, n int, state int64, cycles, rejects uint64) {
	b := p.g.Batch(t)
	b.SealedAt = p.g.At
	read := func(signal string, at time.Time, v record.Value) {
		b.Readings = append(b.Readings, record.Reading{Signal: signal, Time: at, Value: v, Quality: record.Good})
	}
	rise := func(signal string, by uint64) {
		if !p.last[signal].Equal(at) { // what it rose by since is seen at the first look
			read(signal, at, record.UintValue(p.count[signal]))
		}
		p.last[signal] = p.g.At
		p.count[signal] += by
		read(signal, p.g.At, record.UintValue(p.count[signal]))
	}
	rise("press.cycles", cycles)
	rise("press.rejects", rejects)
	read("press.state", at, record.IntValue(state))
	read("mixer.state", at, record.IntValue(int64(n/10%3)))
	devices := []string{"press", "mixer"}
	if h := n / 60; h > 0 && h != 13 { // the meter comes an hour late, and fails for another
		rise("meter.energy", 40+20*cycles)
		devices = append(devices, "meter")
	} else if n%20 == 0 {
		b.Readings = append(b.Readings, record.Reading{Signal: "meter.energy", Time: at, Quality: record.Missing})
	}
	for _, device := range devices {
		b.Observed = append(b.Observed, record.Observed{Device: device, Spans: []record.Span{{From: at, To: p.g.At}}, Polls: 60})
	}
	p.sealed = append(p.sealed, p.g.Seal(t, b))
}

// api is what the API gives for a window, in its order.
func (p *plant) api(t *testing.T, from, to time.Time, by kpi.By) []kpi.Row {
	t.Helper()
	rows, err := p.KPI(t.Context(), lineID, boardQuery(from, to, by))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// theDayHasWhatIsToBeShown: figures with a value and figures without one, each for its own reason.
func theDayHasWhatIsToBeShown(t *testing.T, p *plant) {
	hours := p.api(t, hour(0), hour(24), kpi.ByHour)
	for _, c := range []struct {
		name string
		n    int // hour
		has  string
	}{
		{"without a meter", 0, "quality availability effectiveness oee coverage"},
		{"complete", 1, "quality availability effectiveness oee energy coverage"},
		{"half observed", 2, "quality availability effectiveness oee energy coverage"},
		{"with what was made before", 3, "quality availability effectiveness oee energy coverage late"},
		{"held", 5, "availability coverage"},
		{"unobserved", 9, ""},
		{"a product without a planned cycle", 12, "quality availability energy coverage"},
		{"overtime", 18, "quality availability effectiveness oee energy coverage"},
	} {
		r := hours[c.n]
		figures := shown(r)
		var has []string
		for _, f := range []struct {
			name  string
			there bool
		}{
			{"quality", figures[quality.key] != nil}, {"availability", figures[availability.key] != nil},
			{"effectiveness", figures[effectiveness.key] != nil}, {"oee", figures[oee.key] != nil},
			{"energy", figures[energyPerUnit.key] != nil}, {"coverage", *figures["coverage"] != 0}, {"late", r.LateQuantity != 0},
		} {
			if f.there {
				has = append(has, f.name)
			}
		}
		if got := strings.Join(has, " "); got != c.has {
			t.Errorf("hour %d, %s, has %s, want %s", c.n, c.name, got, c.has)
		}
	}
}
