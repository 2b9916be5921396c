package registry_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/registry"
)

// TestOutgoingIntervalsWaitUntilTheyAreSent, over a start and over a reset of the views.
func TestOutgoingIntervalsWaitUntilTheyAreSent(t *testing.T) {
	path := file(t)
	r := open(t, path)
	minute := func(n int) account.Interval {
		return account.Interval{Machine: "press", Start: collectortest.Morning.Add(time.Duration(n) * time.Minute), Produced: int64(n), ScrapBy: map[string]int64{"edge": 1}}
	}
	finish := func(next uint64, minutes ...int) {
		t.Helper()
		var finished []account.Interval
		for _, n := range minutes {
			finished = append(finished, minute(n))
		}
		if err := r.Commit(t.Context(), registry.Step{Next: next, Finished: finished}); err != nil {
			t.Fatal(err)
		}
	}
	waiting := func(most int, want ...int) (last int64) {
		t.Helper()
		all, err := r.Outgoing(t.Context(), most)
		if err != nil {
			t.Fatal(err)
		}
		var got, wanted []account.Interval
		for _, o := range all {
			got, last = append(got, o.Interval), o.ID
		}
		for _, n := range want {
			wanted = append(wanted, minute(n))
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("waiting (-want +got):\n%s", diff)
		}
		return last
	}
	finish(5, 1, 2)
	finish(9, 3)
	waiting(10, 1, 2, 3)
	last := waiting(2, 1, 2)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r = open(t, path)
	if err := r.Sent(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	if err := r.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	finish(2)
	waiting(10, 3)
	if told, err := r.Told(t.Context()); err != nil || told != 9 {
		t.Errorf("told up to %d, %v", told, err)
	}
	finish(12, 4)
	waiting(10, 3, 4)
	if told, err := r.Told(t.Context()); err != nil || told != 12 {
		t.Errorf("told up to %d, %v", told, err)
	}
}
