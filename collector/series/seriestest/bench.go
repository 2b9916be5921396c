package seriestest

import (
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// Benchmark measures what a store takes: batches of ten seconds as a gateway of fifty signals at 1 Hz
// sends them, many such at once, a minute's intervals of many machines, and reading both.
func Benchmark(b *testing.B, open Open) {
	b.Run("Write/readings", func(b *testing.B) { benchmarkReadings(b, open(b), 1) })
	b.Run("WriteAll/readings", func(b *testing.B) { benchmarkReadings(b, open(b), 20) })
	b.Run("Write/intervals", func(b *testing.B) { benchmarkIntervals(b, open(b)) })
	b.Run("Readings", func(b *testing.B) { benchmarkRead(b, open(b)) })
	b.Run("Intervals", func(b *testing.B) { benchmarkReadIntervals(b, open(b)) })
}

const perBatch = 500

// tenSeconds makes the nth batch of fifty signals, half counters and half floats.
func tenSeconds(n int) []record.Reading {
	var all []record.Reading
	for s := range 50 {
		for second := range 10 {
			i := n*10 + second
			v := record.IntValue(int64(i))
			if s%2 == 1 {
				v = record.FloatValue(float64(i) * 0.1)
			}
			all = append(all, good("press.s"+string(rune('a'+s/10))+string(rune('0'+s%10)), time.Duration(i)*time.Second, v))
		}
	}
	return all
}

func benchmarkReadings(b *testing.B, store series.Store, atOnce int) {
	defer store.Close()
	g := NewGateway(BlockLine())
	n := 0
	for b.Loop() {
		b.StopTimer()
		writes := make([]series.Write, atOnce)
		for i := range writes {
			writes[i].Verified = g.Batch(b, tenSeconds(n)...)
			n++
		}
		b.StartTimer()
		var err error
		if atOnce == 1 {
			err = store.Write(b.Context(), writes[0].Verified, nil)
		} else {
			err = store.(series.BatchWriter).WriteAll(b.Context(), writes)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	rate(b, perBatch*n, "readings/s")
}

func benchmarkIntervals(b *testing.B, store series.Store) {
	defer store.Close()
	v := NewGateway(BlockLine()).Batch(b)
	n := 0
	for b.Loop() {
		minute := minuteOf(n)
		n++
		if err := store.Write(b.Context(), v, minute); err != nil {
			b.Fatal(err)
		}
	}
	rate(b, n*len(minuteOf(0)), "intervals/s")
}

// minuteOf is minute n of two hundred machines.
func minuteOf(n int) []account.Interval {
	all := make([]account.Interval, 200)
	for m := range all {
		all[m] = full(n)
		all[m].Machine = "m" + string(rune('a'+m/20)) + string(rune('a'+m%20))
	}
	return all
}

func benchmarkRead(b *testing.B, store series.Store) {
	defer store.Close()
	g := NewGateway(BlockLine())
	for n := range 40 {
		write(b, store, g.Batch(b, tenSeconds(n)...))
	}
	n := 0
	for b.Loop() {
		n += drain(b, store.Readings(b.Context(), series.Query{Site: "tan-thinh-phat"}))
	}
	rate(b, n, "readings/s")
}

func benchmarkReadIntervals(b *testing.B, store series.Store) {
	defer store.Close()
	v := NewGateway(BlockLine()).Batch(b)
	for n := range 10 {
		write(b, store, v, minuteOf(n)...)
	}
	n := 0
	for b.Loop() {
		n += drain(b, store.Intervals(b.Context(), series.Query{Line: "block-line"}))
	}
	rate(b, n, "intervals/s")
}

func drain[T any](b *testing.B, seq func(func(T, error) bool)) (n int) {
	for _, err := range seq {
		if err != nil {
			b.Fatal(err)
		}
		n++
	}
	return n
}

func rate(b *testing.B, n int, unit string) {
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), unit)
}
