package account

import (
	"testing"

	"github.com/lineproof/lineproof/record"
)

var stateSignal = record.Signal{States: map[int64]record.State{0: record.Stopped, 1: record.Execute, 4: record.Idle}}

func TestStates(t *testing.T) {
	for _, test := range []struct {
		name  string
		polls string
		want  string
	}{
		{"a state holds until the poll that sees another", "0=1 10=1 20=4 30=4",
			"06:00 [0:execute 20000:idle 30000:-]"},
		{"over minutes", "50=1 60=1 70=4 80=4",
			lines("06:00 [50000:execute]", "06:01 [0:execute 10000:idle 20000:-]")},
		{"over batches", "0=1 10=1 | 20=1 | 30=4 40=4",
			"06:00 [0:execute 30000:idle 40000:-]"},
		{"a change with the last poll of a batch", "0=1 10=4 | 20=4",
			"06:00 [0:execute 10000:idle 20000:-]"},
		{"a failed poll: nobody knows", "0=1 10=1 20x 30=1 40=1",
			"06:00 [0:execute 10000:- 30000:execute 40000:-]"},
		{"failed polls over batches", "0=1 10=1 | 20x 25x | 30=1 40=1",
			"06:00 [0:execute 10000:- 30000:execute 40000:-]"},
		{"silence", "0=1 10=1 30=1 40=1",
			"06:00 [0:execute 10000:- 30000:execute 40000:-]"},
		{"a number without meaning is not observed", "0=1 10=77 20=77 30=1 40=1",
			"06:00 [0:execute 10000:- 30000:execute 40000:-]"},
		{"nor is one that begins so", "0=77 10=77 20=1 30=1",
			"06:00 [20000:execute 30000:-]"},
		{"nor is a text", "0=1 10=EXECUTE 20=EXECUTE",
			"06:00 [0:execute 10000:-]"},
		{"only the state could not be read", "0=1 10? 20? 30=1 40=1",
			"06:00 [0:execute 10000:- 30000:execute 40000:-]"},
		{"only the state could not be read, over batches", "0=1 10? | 20? | 30=1 40=1",
			"06:00 [0:execute 10000:- 30000:execute 40000:-]"},
		{"one poll says nothing of time", "0=1", ""},
		{"there and back within a batch", "0=1 10=4 20=1 30=1",
			"06:00 micro-stops=1 micro-ms=10000 [0:execute 10000:idle 20000:execute 30000:-]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cat := catalogue(map[string]record.Signal{"press.state": stateSignal}, record.Machine{State: "press.state"})
			k := newKeep(t).fold(cat, script(t, "press.state", test.polls)...)
			if got := k.String(); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			for _, i := range k.book {
				checkTimeline(t, i)
			}
		})
	}
}

// TestMissingIsSaidOnce is how the agent reports: a state that cannot be read is told of once, while the
// device goes on being observed batch after batch.
func TestMissingIsSaidOnce(t *testing.T) {
	cat := catalogue(map[string]record.Signal{"press.state": stateSignal}, record.Machine{State: "press.state"})
	batch := func(from, to float64, readings ...record.Reading) record.Batch {
		return record.Batch{Readings: readings, Observed: []record.Observed{{Device: "press", Spans: []record.Span{{From: at(from), To: at(to)}}}}}
	}
	k := newKeep(t).fold(cat,
		batch(0, 10, record.Reading{Signal: "press.state", Time: at(0), Value: record.IntValue(1), Quality: record.Good},
			record.Reading{Signal: "press.state", Time: at(5)}),
		batch(10, 20),
		batch(20, 30, record.Reading{Signal: "press.state", Time: at(25), Value: record.IntValue(1), Quality: record.Good}),
	)
	if got, want := k.String(), "06:00 [0:execute 5000:- 25000:execute 30000:-]"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestWhatABatchSaysTwice books no second twice.
func TestWhatABatchSaysTwice(t *testing.T) {
	cat := catalogue(map[string]record.Signal{"press.state": stateSignal}, record.Machine{State: "press.state"})
	batches := script(t, "press.state", "0=1 10=1 20=4 30=4")
	overlapping := record.Batch{Observed: []record.Observed{{Device: "press", Spans: []record.Span{{From: at(5), To: at(40)}}}}}
	k := newKeep(t).fold(cat, batches[0], overlapping)
	if got, want := k.String(), "06:00 [0:execute 20000:idle 40000:-]"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// checkTimeline adds the steps up: they must give the sums, and no more than a minute.
func checkTimeline(t *testing.T, i Interval) {
	t.Helper()
	var sums [record.NumStates]int64
	last := int64(-1)
	for n, step := range i.Timeline {
		end := Minute.Milliseconds()
		if n+1 < len(i.Timeline) {
			end = i.Timeline[n+1].At
		}
		if step.At <= last || step.At >= Minute.Milliseconds() {
			t.Errorf("%s: a step at %d after one at %d", i.Start, step.At, last)
		}
		last = step.At
		if !step.Unobserved {
			sums[step.State] += end - step.At
		}
	}
	if sums != i.States {
		t.Errorf("%s: the timeline %v gives %v, the sums are %v", i.Start, i.Timeline, sums, i.States)
	}
}
