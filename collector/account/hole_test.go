package account

import (
	"testing"

	"github.com/lineproof/lineproof/record"
)

// TestAChangeInALostBatchIsNotTakenForNoChange: the press stopped in the second batch, which is lost. That nothing is
// reported in the third does not mean that it still ran.
func TestAChangeInALostBatchIsNotTakenForNoChange(t *testing.T) {
	cat := catalogue(map[string]record.Signal{"press.state": stateSignal, "press.cycles": {Counter: true, Width: 16}},
		record.Machine{State: "press.state", Produced: &record.Count{From: "press.cycles"}})
	batches := script(t, "press.state", "0=1 10=1 | 20=4 30=4 | 35=4 45=4 | 55=4 60=4 70=4")
	for n := range batches {
		batches[n].Seq = uint64(n + 1)
	}
	batches[2].Readings = nil // reported when it changed, which was in the second
	count := func(b *record.Batch, at_ float64, v int64) {
		b.Readings = append(b.Readings, record.Reading{Signal: "press.cycles", Time: at(at_), Value: record.IntValue(v), Quality: record.Good})
	}
	count(&batches[0], 10, 100)
	count(&batches[2], 45, 103)
	for _, test := range []struct {
		name    string
		batches []record.Batch
		want    string
	}{
		{"a number is missing", []record.Batch{batches[0], batches[2], batches[3]}, lines("06:00 produced=3 good=3 [0:execute 10000:- 55000:idle]", "06:01 [0:idle 10000:-]")},
		{"something was never sealed", func() []record.Batch {
			next, last := batches[2], batches[3]
			next.Seq, last.Seq = 2, 3
			next.Gaps = []record.Gap{{Why: "the disk took nothing"}}
			return []record.Batch{batches[0], next, last}
		}(), lines("06:00 produced=3 good=3 [0:execute 10000:- 55000:idle]", "06:01 [0:idle 10000:-]")},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := newKeep(t).fold(cat, test.batches...).String(); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
