package account

import (
	"math"
	"testing"
	"time"

	"github.com/lineproof/lineproof/record"
)

// TestMeasuresByChange weights each value by the time for which it held.
func TestMeasuresByChange(t *testing.T) {
	for _, test := range []struct{ name, polls, want string }{
		{"holds until the next", "0=10 10=20", "06:00 pressure n=2 10..20 mean=10 over 10000"},
		{"one change in a minute", "0=10 10=20 20=20 30=20 40=20", "06:00 pressure n=5 10..20 mean=17.5 over 40000"},
		{"over a minute's end", "50=10 60=10 70=40 80=40",
			lines("06:00 pressure n=1 10..10 mean=10 over 10000", "06:01 pressure n=3 10..40 mean=25 over 20000")},
		{"not while it could not be read", "0=10 10? 20=30 30=30", "06:00 pressure n=3 10..30 mean=20 over 20000"},
		{"not while nobody looked", "0=10 10=10 20x 30=30 40=30", "06:00 pressure n=4 10..30 mean=20 over 20000"},
		{"a value that held before the minute counts in its extremes", "55=99 65=10 75=10",
			lines("06:00 pressure n=1 99..99 mean=99 over 5000", "06:01 pressure n=2 10..99 mean=39.666666666666664 over 15000")},
	} {
		t.Run(test.name, func(t *testing.T) {
			cat := catalogue(map[string]record.Signal{"press.p": {Unit: "MPa"}}, record.Machine{Measures: map[string]record.Measure{"pressure": {From: "press.p"}}})
			if got := newKeep(t).fold(cat, script(t, "press.p", test.polls)...).String(); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestMeasuresByWindow takes the windows' own means, however much was observed.
func TestMeasuresByWindow(t *testing.T) {
	cat := catalogue(map[string]record.Signal{"meter.power": {Window: seconds(30)}}, record.Machine{Measures: map[string]record.Measure{"power": {From: "meter.power"}}})
	window := func(second, mean, least, greatest float64, count uint32, span time.Duration) record.Reading {
		return record.Reading{Signal: "meter.power", Time: at(second), Value: record.FloatValue(mean), Quality: record.Good,
			Window: &record.Window{Count: count, Min: least, Max: greatest, Span: span}}
	}
	k := newKeep(t).fold(cat, record.Batch{
		Observed: []record.Observed{{Device: "meter", Spans: []record.Span{{From: at(0), To: at(100)}}}},
		Readings: []record.Reading{
			window(30, 10, 1, 20, 30, 30*time.Second),
			window(60, 40, 2, 50, 10, 10*time.Second), // dated at its end: the minute before
			{Signal: "meter.power", Time: at(90)},     // a window without a value
		},
	})
	if got, want := k.String(), "06:00 power n=40 1..50 mean=17.5 over 40000"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestAbsurdMeasuresStayNumbers: a float64 read in the wrong word order can be anything, and a sum that is
// no number could not be stored.
func TestAbsurdMeasuresStayNumbers(t *testing.T) {
	cat := catalogue(map[string]record.Signal{"press.p": {}}, record.Machine{Measures: map[string]record.Measure{"p": {From: "press.p"}}})
	k := newKeep(t).fold(cat, script(t, "press.p", "0=1.7e308 10=1.7e308 | 20=-1.7e308 30=-1.7e308 40=-1.7e308")...)
	m := k.intervals()[0].Measures["p"]
	if math.IsInf(m.Sum, 0) || math.IsNaN(m.Sum) || m.Weight != 40000 {
		t.Errorf("got sum %g over %d ms, want a finite one over 40000", m.Sum, m.Weight)
	}
	if _, err := k.state.Encode(); err != nil {
		t.Error(err)
	}
}
