package seriestest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

func storeCases() []testCase {
	return []testCase{
		{"empty", emptyStore},
		{"readings and intervals in one write", both},
		{"many batches at once", batches},
		{"cancelled", cancelledCalls},
		{"a reader that leaves early", leaveEarly},
		{"writing while reading", writeInsideRead},
		{"readers and writers at once", concurrent},
		{"dropped", dropped},
		{"closed", closed},
	}
}

func emptyStore(t *testing.T, store series.Store) {
	wantReadings(t, store, series.Query{})
	wantReadings(t, store, series.Query{Signals: []string{"press.cycles"}, Site: "tan-thinh-phat", From: day})
	wantIntervals(t, store, series.Query{})
	write(t, store, NewGateway(BlockLine()).Batch(t))
	wantReadings(t, store, series.Query{})
	wantIntervals(t, store, series.Query{})
}

func dropped(t *testing.T, store series.Store) {
	r := count("press.cycles", 0, 1)
	batch := NewGateway(BlockLine()).Batch(t, r)
	for range 2 { // what was dropped can be written again
		write(t, store, batch, full(0))
		wantReadings(t, store, series.Query{}, r)
		wantIntervals(t, store, series.Query{}, full(0))
		if err := store.(series.Dropper).Drop(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantReadings(t, store, series.Query{})
		wantIntervals(t, store, series.Query{})
	}
}

func both(t *testing.T, store series.Store) {
	r := count("press.cycles", 0, 1)
	write(t, store, NewGateway(BlockLine()).Batch(t, r), full(0))
	wantReadings(t, store, series.Query{}, r)
	wantIntervals(t, store, series.Query{}, full(0))
}

func batches(t *testing.T, store series.Store) {
	writer, ok := store.(series.BatchWriter)
	if !ok {
		t.Skip("the store is no series.BatchWriter")
	}
	block, oil := NewGateway(BlockLine()), NewGateway(OilLine())
	grown := full(0)
	grown.Produced *= 2
	writes := []series.Write{
		{Verified: block.Batch(t, count("press.cycles", 0, 1)), Intervals: []account.Interval{full(0)}},
		{Verified: oil.Batch(t, count("press.cycles", 0, 2))},
		{Verified: block.Batch(t, count("press.cycles", account.Minute, 3)), Intervals: []account.Interval{grown, full(1)}},
	}
	for range 2 {
		if err := writer.WriteAll(t.Context(), writes); err != nil {
			t.Fatal(err)
		}
		wantReadings(t, store, series.Query{Site: "oceanline"}, count("press.cycles", 0, 2))
		wantReadings(t, store, series.Query{Line: "block-line"}, count("press.cycles", 0, 1), count("press.cycles", account.Minute, 3))
		wantIntervals(t, store, series.Query{}, grown, full(1))
	}
	if err := writer.WriteAll(t.Context(), nil); err != nil {
		t.Errorf("nothing to write: %v", err)
	}
}

func cancelledCalls(t *testing.T, store series.Store) {
	g := NewGateway(BlockLine())
	v := g.Batch(t, count("press.cycles", 0, 1))
	if err := store.Write(cancelled(t), v, []account.Interval{full(0)}); !errors.Is(err, context.Canceled) {
		t.Errorf("write: got %v, want context canceled", err)
	}
	wantReadings(t, store, series.Query{})
	wantIntervals(t, store, series.Query{})
	write(t, store, v, full(0))
	if _, err := gather(store.Readings(cancelled(t), series.Query{})); !errors.Is(err, context.Canceled) {
		t.Errorf("readings: got %v, want context canceled", err)
	}
	if _, err := gather(store.Intervals(cancelled(t), series.Query{})); !errors.Is(err, context.Canceled) {
		t.Errorf("intervals: got %v, want context canceled", err)
	}
	wantReadings(t, store, series.Query{}, count("press.cycles", 0, 1))
}

func leaveEarly(t *testing.T, store series.Store) {
	write(t, store, NewGateway(BlockLine()).Batch(t, batchOf(0, 400)...), full(0), full(1))
	readings, intervals := store.Readings(t.Context(), series.Query{}), store.Intervals(t.Context(), series.Query{})
	for range 20 { // more than any pool of connections
		for _, err := range readings {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		for _, err := range intervals {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	wantReadings(t, store, series.Query{}, batchOf(0, 400)...)
}

func writeInsideRead(t *testing.T, store series.Store) {
	g := NewGateway(BlockLine())
	write(t, store, g.Batch(t), full(0), full(1))
	minute := 2
	for i, err := range store.Intervals(t.Context(), series.Query{To: full(2).Start}) {
		if err != nil {
			t.Fatal(err)
		}
		i.Start = full(minute).Start
		write(t, store, g.Batch(t), i)
		minute++
	}
	wantIntervals(t, store, series.Query{}, full(0), full(1), full(2), full(3))
}

// concurrent lets readers look while batches of two gateways arrive: nobody fails or sees readings out of
// order, and in the end everything is there.
func concurrent(t *testing.T, store series.Store) {
	const rounds = 20
	g := NewGateway(BlockLine())
	oil := NewGateway(OilLine())
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for _, gateway := range []*Gateway{g, oil} {
		var writes []series.Write
		for n := range rounds {
			i := full(n)
			i.Site = gateway.Catalogue.Site
			writes = append(writes, series.Write{Verified: gateway.Batch(t, batchOf(n*40, 40)...), Intervals: []account.Interval{i}})
		}
		writers.Go(func() {
			for _, w := range writes {
				if err := store.Write(t.Context(), w.Verified, w.Intervals); err != nil {
					t.Errorf("write: %v", err)
				}
			}
		})
	}
	for range 3 {
		readers.Go(func() {
			for {
				readInOrder(t, store)
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	for _, gateway := range []*Gateway{g, oil} {
		wantReadings(t, store, series.Query{Site: gateway.Catalogue.Site}, batchOf(0, rounds*40)...)
	}
}

func readInOrder(t *testing.T, store series.Store) {
	var last record.Reading
	for r, err := range store.Readings(t.Context(), series.Query{Signals: []string{"press.cycles", "press.pressure"}}) {
		if err != nil {
			t.Errorf("read: %v", err)
			return
		}
		if r.Time.Before(last.Time) {
			t.Errorf("%s after %s", r, last)
			return
		}
		last = r
	}
	if _, err := gather(store.Intervals(t.Context(), series.Query{})); err != nil {
		t.Errorf("read: %v", err)
	}
}

func closed(t *testing.T, store series.Store) {
	v := NewGateway(BlockLine()).Batch(t, count("press.cycles", 0, 1))
	write(t, store, v)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := store.Write(t.Context(), v, nil); err == nil {
		t.Error("a closed store writes")
	}
	if _, err := gather(store.Readings(t.Context(), series.Query{})); err == nil {
		t.Error("a closed store gives readings")
	}
	if _, err := gather(store.Intervals(t.Context(), series.Query{})); err == nil {
		t.Error("a closed store gives intervals")
	}
}
