package account

import (
	"strings"
	"testing"

	"github.com/lineproof/lineproof/record"
)

// cutEverywhere folds a script as it is, and with each poll in a batch of its own: what comes of it is the same.
func cutEverywhere(t *testing.T, cat record.Catalogue, signal, polls string) string {
	t.Helper()
	got := newKeep(t).fold(cat, script(t, signal, polls)...)
	for _, i := range got.book {
		checkTimeline(t, i)
	}
	each := newKeep(t).fold(cat, script(t, signal, strings.Join(strings.Fields(polls), " | "))...).String()
	if each != got.String() {
		t.Errorf("with each poll in a batch of its own:\n%s", each)
	}
	return got.String()
}

func TestStops(t *testing.T) {
	for _, test := range []struct {
		name  string
		polls string
		want  string
	}{
		{"a micro-stop", "0=1 10=4 20=4 25=1 30=1",
			"06:00 micro-stops=1 micro-ms=15000 [0:execute 10000:idle 25000:execute 30000:-]"},
		{"one of several states is one", "0=1 10=4 14=11 18=4 25=1 30=1",
			"06:00 micro-stops=1 micro-ms=15000 [0:execute 10000:idle 14000:held 18000:idle 25000:execute 30000:-]"},
		{"as long as the limit is a stop", "0=1 10=4 20=4 30=4 40=1 45=1",
			"06:00 stops=1 [0:execute 10000:idle 40000:execute 45000:-]"},
		{"it counts in the minute of its end", "50=1 55=4 65=4 75=4 85=4 95=1 100=1",
			lines("06:00 [50000:execute 55000:idle]", "06:01 stops=1 [0:idle 35000:execute 40000:-]")},
		{"one that ends with a minute belongs to it", "50=1 55=4 60=1 70=1",
			lines("06:00 micro-stops=1 micro-ms=5000 [50000:execute 55000:idle]", "06:01 [0:execute 10000:-]")},
		{"a failure counts where it begins, once a stop", "50=1 55=9 65=4 75=9 80=1 85=1",
			lines("06:00 failures=1 [50000:execute 55000:aborted]", "06:01 micro-stops=1 micro-ms=25000 [0:aborted 5000:idle 15000:aborted 20000:execute 25000:-]")},
		{"nobody saw it begin", "0=4 5=1 10=1",
			"06:00 stops=1 [0:idle 5000:execute 10000:-]"},
		{"nobody saw all of it", "0=1 5=4 10=4 30=4 35=1 40=1",
			"06:00 stops=1 [0:execute 5000:idle 10000:- 30000:idle 35000:execute 40000:-]"},
		{"nobody saw it end", "0=1 5=4 10=4 30=1 35=1",
			"06:00 stops=1 [0:execute 5000:idle 10000:- 30000:execute 35000:-]"},
		{"it goes on", "0=1 5=4 10=4", "06:00 [0:execute 5000:idle 10000:-]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			signal := stateSignal
			signal.States = map[int64]record.State{1: record.Execute, 4: record.Idle, 9: record.Aborted, 11: record.Held}
			cat := catalogue(map[string]record.Signal{"press.state": signal}, record.Machine{State: "press.state"})
			l := cat.Lines["block-line"]
			l.MicroStop = seconds(30)
			cat.Lines["block-line"] = l
			if got := cutEverywhere(t, cat, "press.state", test.polls); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestStatesFromCycles: a machine that says no state runs until it has made nothing for two planned cycles of 5 s.
func TestStatesFromCycles(t *testing.T) {
	for _, test := range []struct {
		name  string
		polls string
		want  string
	}{
		{"it runs", "0=1 5=2 10=3 15=4", "06:00 produced=3 good=3 stops=1 [0:stopped 5000:execute 15000:-]"},
		{"it stops and goes on", "0=1 5=2 10=2 15=2 20=2 25=3 30=3",
			"06:00 produced=2 good=2 stops=1 micro-stops=1 micro-ms=10000 [0:stopped 5000:execute 15000:stopped 25000:execute 30000:-]"},
		{"nobody looks for a while", "0=1 5=2 10=2 40=4 45=4 50=4 55=4",
			"06:00 produced=3 good=3 late=2 stops=1 [0:stopped 5000:execute 10000:- 40000:execute 50000:stopped 55000:-]"},
		{"a count that cannot be is no cycle", "0=1 5=1 10=9000 15=9000",
			"06:00 suspect=8999 [0:stopped 15000:-]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cat := catalogue(map[string]record.Signal{"press.cycles": {Counter: true, Width: 16, MaxRate: 2}}, record.Machine{
				Product: &record.Product{Code: "", PlannedCycle: seconds(5)}, Produced: &record.Count{From: "press.cycles"},
			})
			if got := cutEverywhere(t, cat, "press.cycles", test.polls); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
