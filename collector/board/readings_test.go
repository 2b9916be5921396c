package board_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/record"
)

// read writes readings of the press, one batch, and looks at one signal over the hours since Morning.
func (h *hall) read(g *collectortest.Gateway, readings ...record.Reading) {
	h.t.Helper()
	b := g.Batch(h.t)
	b.Readings = readings
	g.At = readings[len(readings)-1].Time
	b.SealedAt = g.At
	h.Take(g, g.Seal(h.t, b))
}

func (h *hall) readings(signal string, d time.Duration, points int) board.Readings {
	h.t.Helper()
	a, err := h.Readings(h.t.Context(), line, board.ReadingsQuery{Signal: signal, From: collectortest.Morning, To: collectortest.Morning.Add(d), Points: points})
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

func reading(signal string, d time.Duration, v record.Value) record.Reading {
	return record.Reading{Signal: signal, Time: collectortest.Morning.Add(d), Value: v, Quality: record.Good}
}

func TestSignalsSayWhatTheyAreFor(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	g.Gauge(8, 21)
	gauge := g.Catalogue.Signals["press.pressure"]
	gauge.AtLeast = record.Duration(5 * time.Minute)
	g.Catalogue.Signals["press.pressure"] = gauge
	g.Catalogue.Signals["weather.rain"] = record.Signal{Device: "weather", Every: record.Duration(time.Minute), Window: record.Duration(10 * time.Minute)}
	h.Work(g, 1, collectortest.Execute, 4, 0)
	got, err := h.Signals(t.Context(), line)
	if err != nil {
		t.Fatal(err)
	}
	const source = "tcp://127.0.0.1:502"
	want := []board.Signal{
		{ID: "press.cycles", Device: "press", Machine: "press", Kind: "counter", Source: source, Roles: []board.SignalRole{{Machine: "press", Role: "produced"}}, HeartbeatS: 67},
		{ID: "press.pressure", Device: "press", Machine: "press", Kind: "value", Source: source, Unit: "MPa", Roles: []board.SignalRole{{Machine: "press", Role: "measure", Name: "pressure"}}, HeartbeatS: 307},
		{ID: "press.rejects", Device: "press", Machine: "press", Kind: "counter", Source: source, Roles: []board.SignalRole{{Machine: "press", Role: "scrap", Name: "after-compression"}}, HeartbeatS: 67},
		{ID: "press.state", Device: "press", Machine: "press", Kind: "state", Source: source, Roles: []board.SignalRole{{Machine: "press", Role: "state"}}, HeartbeatS: 67},
		{ID: "weather.rain", Device: "weather", Kind: "value", Roles: []board.SignalRole{}, HeartbeatS: 725},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadingsAreStatesByTheirNames(t *testing.T) {
	h := openHall(t, collectortest.Morning.Add(time.Hour))
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	missing := reading("press.state", 2*time.Minute, record.Value{})
	missing.Quality = record.Missing
	h.read(g, reading("press.state", 0, record.IntValue(collectortest.Execute)), reading("press.state", time.Minute, record.IntValue(77)), missing,
		reading("press.state", 3*time.Minute, record.IntValue(collectortest.Held)))
	a := h.readings("press.state", 4*time.Minute, 100)
	want := []board.Reading{
		{Time: collectortest.Morning, Value: int64(1), State: ptr(record.Execute), Quality: "good"},
		{Time: collectortest.Morning.Add(time.Minute), Value: int64(77), Quality: "good"},
		{Time: collectortest.Morning.Add(2 * time.Minute), Quality: "missing"},
		{Time: collectortest.Morning.Add(3 * time.Minute), Value: int64(2), State: ptr(record.Held), Quality: "good"},
	}
	if diff := cmp.Diff(want, a.Readings); diff != "" || a.As != "readings" || a.Bad != 1 {
		t.Errorf("as %s, %d bad (-want +got):\n%s", a.As, a.Bad, diff)
	}
	if diff := cmp.Diff([]board.Hole{{From: want[2].Time, To: want[3].Time}}, a.Holes); diff != "" {
		t.Errorf("holes (-want +got):\n%s", diff)
	}
	var many []record.Reading
	for n := range 40 {
		many = append(many, reading("press.state", 5*time.Minute+time.Duration(n)*time.Second, record.IntValue(int64(n%3))))
	}
	h.read(g, many...)
	a = h.readings("press.state", 6*time.Minute, 10)
	if a.As != "buckets" || len(a.Buckets) == 0 {
		t.Fatalf("44 readings in 10 points: %+v", a)
	}
	last := a.Buckets[len(a.Buckets)-1]
	if last.Mean != nil || !last.Mixed || last.LastState == nil || *last.LastState != record.Stopped {
		t.Errorf("the last bucket is %+v, want one of several states that ends in stopped", last)
	}
}

func TestRiseOfACounter(t *testing.T) {
	for _, c := range []struct {
		name   string
		signal record.Signal
		values []uint64
		rise   float64
		falls  int64
	}{
		{"on and on", record.Signal{Counter: true, Width: 16}, []uint64{10, 20, 25}, 15, 0},
		{"past its end", record.Signal{Counter: true, Width: 16}, []uint64{65530, 4, 10}, 16, 1},
		{"past its end twice", record.Signal{Counter: true, Width: 8}, []uint64{250, 4, 250, 4}, 10 + 246 + 10, 2},
		{"set back", record.Signal{Counter: true, Width: 16}, []uint64{500, 520, 3, 10}, 27, 1},
		{"of an unknown width", record.Signal{Counter: true}, []uint64{500, 520, 3, 10}, 27, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := openHall(t, collectortest.Morning.Add(time.Hour))
			g := collectortest.NewGateway(gateway, collectortest.Morning)
			c.signal.Device = "press"
			g.Catalogue.Signals["press.cycles"] = c.signal
			var readings []record.Reading
			for n, v := range c.values {
				readings = append(readings, reading("press.cycles", time.Duration(n)*time.Minute, record.UintValue(v)))
			}
			h.read(g, readings...)
			a := h.readings("press.cycles", time.Hour, 100)
			if a.Rise == nil || *a.Rise != c.rise || a.Falls != c.falls {
				t.Errorf("rose by %v with %d falls, want %v with %d", a.Rise, a.Falls, c.rise, c.falls)
			}
		})
	}
}

// TestTheFutureIsNoHole: what the gateway did not send yet is only on its way.
func TestTheFutureIsNoHole(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	h.Work(g, 3, collectortest.Execute, 4, 0)
	h.online(gateway)
	if a := h.readings("press.cycles", 8*time.Hour, 100); len(a.Holes) != 0 || !a.To.Equal(g.At) {
		t.Errorf("holes %v up to %s, want none up to %s", a.Holes, a.To, g.At)
	}
	h.MoveTo(g.At.Add(time.Hour))
	want := []board.Hole{{From: g.At, To: g.At.Add(time.Hour)}}
	if a := h.readings("press.cycles", 8*time.Hour, 100); !cmp.Equal(a.Holes, want) {
		t.Errorf("an hour later: holes %v, want %v", a.Holes, want)
	}
}
