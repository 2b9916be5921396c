package seriestest

import (
	"slices"
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
	b.Run("Look", func(b *testing.B) { benchmarkLook(b, open(b)) })
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

// The months that benchmarkLook looks at: a gauge every two seconds and a counter every second.
const (
	lookDays   = 60
	lookPoints = 800
)

func benchmarkLook(b *testing.B, store series.Store) {
	defer store.Close()
	fillMonths(b, store)
	for _, c := range []struct {
		name, signal string
		back         time.Duration
	}{
		{"60 days of a gauge", "press.pressure", lookDays * 24 * time.Hour},
		{"60 days of a counter", "press.cycles", lookDays * 24 * time.Hour},
		{"a week of a gauge", "press.pressure", 7 * 24 * time.Hour},
		{"a week of a counter", "press.cycles", 7 * 24 * time.Hour},
		{"a day of a counter", "press.cycles", 24 * time.Hour},
		{"a shift of a counter", "press.cycles", 8 * time.Hour},
		{"an hour of a counter", "press.cycles", time.Hour},
	} {
		b.Run(c.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				end := at(lookDays*24*time.Hour - time.Duration(len(took))*time.Second)
				began := time.Now()
				q := series.Query{Site: "tan-thinh-phat", Line: "block-line", Signals: []string{c.signal}, From: end.Add(-c.back), To: end}
				if _, err := series.Look(b.Context(), store, q, series.Sight{Points: lookPoints, Hole: time.Minute}); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
		})
	}
}

// fillMonths writes five minutes a batch, a day a write.
func fillMonths(b *testing.B, store series.Store) {
	g := NewGateway(BlockLine())
	for day := range lookDays {
		var writes []series.Write
		for part := day * 24 * 12; part < (day+1)*24*12; part++ {
			var readings []record.Reading
			for n := part * 300; n < (part+1)*300; n++ {
				readings = append(readings, count("press.cycles", time.Duration(n)*time.Second, int64(n)))
			}
			for n := part * 300; n < (part+1)*300; n += 2 {
				readings = append(readings, good("press.pressure", time.Duration(n)*time.Second, record.FloatValue(20+float64(n%97)/10)))
			}
			writes = append(writes, series.Write{Verified: g.Batch(b, readings...)})
		}
		if err := store.(series.BatchWriter).WriteAll(b.Context(), writes); err != nil {
			b.Fatal(err)
		}
	}
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
