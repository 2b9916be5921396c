package account

import (
	"testing"

	"github.com/lineproof/lineproof/record"
)

// TestCounting polls one counter of a press that makes 26 blocks a cycle.
func TestCounting(t *testing.T) {
	sixteen := record.Signal{Counter: true, Width: 16, Every: seconds(10)}
	rated := record.Signal{Counter: true, Width: 16, Every: seconds(10), MaxRate: 0.1}
	for _, test := range []struct {
		name   string
		signal record.Signal
		polls  string
		want   string
	}{
		{"the first reading is where counting begins", sixteen, "0=100 10=101 20=101 30=103",
			"06:00 produced=78 good=78"},
		{"over batches", sixteen, "0=100 | 10=101 | 20=101 | 30=103",
			"06:00 produced=78 good=78"},
		{"by minute", sixteen, "0=100 10=101 20=101 30=101 40=101 50=101 61=102 70=103",
			lines("06:00 produced=26 good=26", "06:01 produced=52 good=52")},
		{"at the minute's end it belongs to the minute before", sixteen, "50=100 60=101 60.001=102",
			lines("06:00 produced=26 good=26", "06:01 produced=26 good=26")},
		{"rolls over 16 bits", sixteen, "0=65534 10=65535 20=1",
			"06:00 produced=78 good=78"},
		{"rolls over 32 bits", record.Signal{Counter: true, Width: 32}, "0=4294967295 10=0",
			"06:00 produced=26 good=26"},
		{"rolls over from negative", record.Signal{Counter: true, Width: 16}, "0=32767 10=-32768 20=-1 30=0",
			"06:00 produced=851994 good=851994"},
		{"set back in mid-shift: counted from 0", sixteen, "0=30000 10=30001 20=2 30=3",
			"06:00 produced=104 good=104 resets=1"},
		{"set back: too far for a rollover at the top rate", rated, "0=65000 10=65001 20=2",
			"06:00 produced=78 good=78 resets=1"},
		{"rolls over within the top rate", rated, "0=65534 10=65535 20=1",
			"06:00 produced=78 good=78"},
		{"faster than it can", rated, "0=100 10=101 20=500 30=501",
			"06:00 produced=52 good=52 suspect=10374"},
		{"set back and faster than it can", rated, "0=65000 10=400",
			"06:00 suspect=10400 resets=1"},
		{"many at once after a long time are plausible", rated, "0=100 200=120",
			"06:03 produced=520 good=520 late=520"},
		{"after a failed poll: counted, late", sixteen, "0=100 10x 20=103 30=104",
			"06:00 produced=104 good=104 late=78"},
		{"after a failed poll without a step: nothing is late", sixteen, "0=100 10x 20=100 30=104",
			"06:00 produced=104 good=104"},
		{"after a long silence", sixteen, "0=100 | 130=105 140=106",
			"06:02 produced=156 good=156 late=130"},
		{"only the counter could not be read: the device was looked at", sixteen, "0=100 10? 20=103",
			"06:00 produced=78 good=78"},
		{"a float without width", record.Signal{Counter: true}, "0=1.4 10=2.6 20=3.4",
			"06:00 produced=52 good=52"},
		{"a float that is set back", record.Signal{Counter: true}, "0=1000 10=3.0",
			"06:00 produced=78 good=78 resets=1"},
		{"a float below zero", record.Signal{Counter: true}, "0=1000.0 10=-5.0 20=1.0",
			"06:00 produced=156 good=156 resets=1"},
		{"scaled, with its raw width", record.Signal{Counter: true, Width: 16, Scale: 0.5, Offset: 10}, "0=32777.5 10=10.5 20=11.5",
			"06:00 produced=52 good=52"},
		{"beyond every counter", record.Signal{Counter: true}, "0=1.0 10=1e300 20=2.0",
			"06:00 produced=52 good=52 suspect=9007199254740966 resets=1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cat := catalogue(map[string]record.Signal{"press.cycles": test.signal}, record.Machine{
				Product: &record.Product{UnitsPerCycle: 26}, Produced: &record.Count{From: "press.cycles", Times: record.UnitsPerCycle},
			})
			if got := newKeep(t).fold(cat, script(t, "press.cycles", test.polls)...).String(); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestQuantities has every role of a count on one machine.
func TestQuantities(t *testing.T) {
	signals := map[string]record.Signal{}
	for _, name := range []string{"press.cycles", "press.good", "press.edge", "press.height", "press.again"} {
		signals[name] = record.Signal{Counter: true, Width: 16}
	}
	batch := record.Batch{Observed: []record.Observed{{Device: "press", Spans: []record.Span{{From: at(0), To: at(10)}}}}}
	for signal, rise := range map[string]int64{"press.cycles": 10, "press.good": 200, "press.edge": 7, "press.height": 4, "press.again": 3} {
		batch.Readings = append(batch.Readings,
			record.Reading{Signal: signal, Time: at(0), Value: record.IntValue(5), Quality: record.Good},
			record.Reading{Signal: signal, Time: at(10), Value: record.IntValue(5 + rise), Quality: record.Good})
	}
	model := record.Machine{
		Produced: &record.Count{From: "press.cycles", Times: "26"},
		Scrap:    []record.Count{{From: "press.edge", Reason: "edge"}, {From: "press.height", Reason: "height", Times: "2"}},
		Rework:   []record.Count{{From: "press.again"}},
	}
	want := "06:00 produced=260 good=245 scrap=15 rework=3 edge:7 height:8"
	if got := newKeep(t).fold(catalogue(signals, model), batch).String(); got != want {
		t.Errorf("good is what is left: got\n%s\nwant\n%s", got, want)
	}
	model.Good = &record.Count{From: "press.good"}
	want = "06:00 produced=260 good=200 scrap=15 rework=3 edge:7 height:8"
	if got := newKeep(t).fold(catalogue(signals, model), batch).String(); got != want {
		t.Errorf("good has its own counter: got\n%s\nwant\n%s", got, want)
	}
}

func TestEnergy(t *testing.T) {
	for _, test := range []struct {
		name   string
		signal record.Signal
		polls  string
		want   string
	}{
		{"kWh", record.Signal{Unit: "kWh", Width: 32, Scale: 0.01}, "0=100.00 10=100.25", "06:00 joules=900000"},
		{"Wh", record.Signal{Unit: "Wh", Width: 32}, "0=100 10=350", "06:00 joules=900000"},
		{"MWh", record.Signal{Unit: "MWh"}, "0=1.5 10=1.50025", "06:00 joules=900000"},
		{"steps too small for a joule are not lost", record.Signal{Unit: "Wh"}, "0=0.0 10=0.0001 20=0.0002 30=0.0003", "06:00 joules=1"},
		{"rolls over", record.Signal{Unit: "kWh", Width: 16, Scale: 0.1}, "0=6553.5 10=0.4", "06:00 joules=1800000"},
		{"late", record.Signal{Unit: "kWh"}, "0=1.0 10x 20=3.0 30=3.5", "06:00 joules=9000000 late-joules=7200000"},
		{"faster than it can", record.Signal{Unit: "kWh", MaxRate: 0.05}, "0=1.0 10=900.0 20=900.5", "06:00 joules=1800000"},
		{"of another unit", record.Signal{Unit: "m³"}, "0=1.0 10=2.0", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			cat := catalogue(map[string]record.Signal{"meter.energy": test.signal}, record.Machine{Energy: "meter.energy"})
			k := newKeep(t).fold(cat, script(t, "meter.energy", test.polls)...)
			if got := k.String(); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			for _, i := range k.book {
				if !i.Metered {
					t.Error("the energy counter was read, and the interval does not say so")
				}
			}
		})
	}
}

// TestMeterReadings follows a counter's readings from minute to minute, as a person reads a meter.
func TestMeterReadings(t *testing.T) {
	cat := catalogue(map[string]record.Signal{"press.cycles": {Counter: true, Width: 16}}, record.Machine{Produced: &record.Count{From: "press.cycles"}})
	k := newKeep(t).fold(cat, script(t, "press.cycles", "50=10 60=12 | 70=15 80=15 | 90=20 100=3")...)
	for i, want := range []Ends{{First: 10, Last: 12}, {First: 12, Last: 3}} {
		if got := k.intervals()[i].Counters["press.cycles"]; got != want {
			t.Errorf("minute %d: got %v, want %v", i, got, want)
		}
	}
}
