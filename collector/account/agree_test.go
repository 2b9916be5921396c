package account_test

import (
	"slices"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/collectortest"
)

// TestAnAccountThatBeganLaterAgrees wants two accounts to agree from when the later one has seen every signal on, and
// to give the same intervals from then on.
func TestAnAccountThatBeganLaterAgrees(t *testing.T) {
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	line := collectortest.Line(g.Name)
	signals := g.Catalogue.Lines[line].Machines["press"].Signals()
	var sealed [][]byte
	for n := range 30 {
		state := int64(collectortest.Execute)
		if n == 20 {
			state = collectortest.Held // the state is read when it changes, in 20 and in 21
		}
		sealed = append(sealed, g.Work(t, time.Minute, state, 4, 1))
	}
	whole, late, agreed := account.NewState(), account.NewState(), 0
	for n, v := range collectortest.Verify(t, collectortest.Keys(g), sealed...) {
		b := v.Batch()
		if n == 10 {
			late.Seq = b.Seq - 1
		}
		if n >= 10 && agreed == 0 && whole.Agrees(late, line, signals, b.Observed[0].Spans[0].From) {
			agreed = n
		}
		want := whole.Fold(b, v.Catalogue())
		if n < 10 {
			continue
		}
		got := late.Fold(b, v.Catalogue())
		if from := b.Observed[0].Spans[0].From; agreed > 0 {
			since := func(all []account.Interval) []account.Interval {
				return slices.DeleteFunc(slices.Clone(all), func(i account.Interval) bool { return i.Start.Before(from) })
			}
			if !slices.EqualFunc(since(want), since(got), func(a, b account.Interval) bool {
				return a.Produced == b.Produced && a.States == b.States && a.Stops == b.Stops
			}) {
				t.Errorf("batch %d: %+v, want %+v", n, got, want)
			}
		}
	}
	if agreed != 22 {
		t.Errorf("they agree from batch %d on, want 22: the stop of 20 was not seen to begin by the later one", agreed)
	}
}
