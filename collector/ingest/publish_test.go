package ingest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lineproof/lineproof/edge/edgetest"
	"github.com/lineproof/lineproof/record"
)

// minutes are n intervals.
func minutes(n int) (all []record.Interval) {
	for i := range n {
		start := time.Date(2026, 3, 2, 1, i, 0, 0, time.UTC)
		all = append(all, record.Interval{Site: "tan-thinh-phat", Line: "block-line", Machine: "press", Start: start, End: start.Add(time.Minute)})
	}
	return all
}

// TestIntervalsWaitForTheBroker: Publish is done when the broker has them, however long it is away.
func TestIntervalsWaitForTheBroker(t *testing.T) {
	b := edgetest.StartBroker(t)
	c := connect(t, b)
	c.subscribed(connectPeer(t, b))
	if err := c.Publish(t.Context(), minutes(100)); err != nil {
		t.Error(err)
	}
	b.Kill()
	short, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Publish(short, minutes(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("without a broker: %v", err)
	}
	done := make(chan error)
	go func() { // one that is given up is tried again
		err := c.Publish(t.Context(), minutes(3))
		for deadline := time.Now().Add(patience); err != nil && time.Now().Before(deadline); {
			err = c.Publish(t.Context(), minutes(3))
		}
		done <- err
	}()
	b.Start()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Fatal("not published")
	}
}
