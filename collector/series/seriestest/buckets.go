package seriestest

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

func bucketCases() []testCase {
	return []testCase{
		{"of every kind of value", bucketKinds},
		{"of drawn batches, some late and some twice", bucketsDrawn},
		{"of a clock that jumped ahead and back", bucketsAhead},
		{"of a signal that moved to another line", bucketsMoved},
		{"of many batches at once", bucketsAtOnce},
		{"after everything was dropped", bucketsDropped},
		{"a look at any window", looks},
		{"a look at holes", looksAtHoles},
		{"a look at days reads few readings", looksAtFew},
	}
}

const quarter = series.BucketSpan

// bucketKinds: four readings of each signal in a quarter of an hour, and one in the next.
func bucketKinds(t *testing.T, store series.Store) {
	window := func(d time.Duration, low, mean, high float64) record.Reading {
		r := good("press.power", d, record.FloatValue(mean))
		r.Window = &record.Window{Count: 60, Min: low, Max: high, Span: time.Minute}
		return r
	}
	doubted := good("press.pressure", 3*time.Minute, record.FloatValue(19))
	doubted.Quality = record.Uncertain
	v := NewGateway(BlockLine()).Batch(t,
		count("press.cycles", 0, 10), count("press.cycles", time.Minute, 12), count("press.cycles", 2*time.Minute, 3), count("press.cycles", quarter, 4),
		good("press.pressure", 0, record.FloatValue(20.5)), record.Reading{Signal: "press.pressure", Time: at(time.Minute)}, doubted, good("press.pressure", quarter, record.FloatValue(1)),
		window(time.Minute, 1, 2, 3), window(4*time.Minute, -1, 2.5, 9), window(quarter, 0, 0, 0),
		good("press.label", 0, record.TextValue("a")), good("press.label", 1, record.TextValue("a")), good("press.label", quarter, record.TextValue("b")),
		good("press.motor_on", 0, record.BoolValue(false)), good("press.motor_on", time.Minute, record.BoolValue(true)), good("press.motor_on", quarter, record.BoolValue(true)),
		record.Reading{Signal: "press.never", Time: at(time.Minute)}, record.Reading{Signal: "press.never", Time: at(quarter)},
	)
	write(t, store, v)
	whole := series.Bucket{Start: at(0), End: at(quarter)}
	for _, c := range []struct {
		signal string
		want   func(b *series.Bucket)
	}{
		{"press.cycles", func(b *series.Bucket) {
			b.Count, b.Numbers, b.Falls, b.Mixed, b.Gap = 3, 3, 1, true, time.Minute
			b.First, b.Last, b.FirstAt, b.LastAt = record.IntValue(10), record.IntValue(3), at(0), at(2*time.Minute)
			b.Min, b.Max, b.Sum, b.Rise = 3, 12, 25, 2
		}},
		{"press.pressure", func(b *series.Bucket) {
			b.Count, b.Bad, b.Numbers, b.Falls, b.Mixed, b.Gap = 3, 2, 2, 1, true, 3*time.Minute
			b.First, b.Last, b.FirstAt, b.LastAt = record.FloatValue(20.5), record.FloatValue(19), at(0), at(3*time.Minute)
			b.Min, b.Max, b.Sum = 19, 20.5, 39.5
		}},
		{"press.power", func(b *series.Bucket) { // three minutes between windows of which the second begins one before its end
			b.Count, b.Numbers, b.Mixed, b.Gap = 2, 2, true, 2*time.Minute
			b.First, b.Last, b.FirstAt, b.LastAt = record.FloatValue(2), record.FloatValue(2.5), at(0), at(4*time.Minute)
			b.Min, b.Max, b.Sum, b.Rise = -1, 9, 4.5, 0.5
		}},
		{"press.motor_on", func(b *series.Bucket) {
			b.Count, b.Numbers, b.Mixed, b.Gap = 2, 2, true, time.Minute
			b.First, b.Last, b.FirstAt, b.LastAt = record.BoolValue(false), record.BoolValue(true), at(0), at(time.Minute)
			b.Max, b.Sum, b.Rise = 1, 1, 1
		}},
		{"press.never", func(b *series.Bucket) { b.Count, b.Bad = 1, 1 }},
	} {
		t.Run(c.signal, func(t *testing.T) {
			want := whole
			c.want(&want)
			got := collect(t, store.Buckets(t.Context(), series.Query{Signals: []string{c.signal}}))
			wantEqual(t, got, []series.Bucket{want})
		})
	}
	wantBuckets(t, store, "press.label")
	wantEqual(t, collect(t, store.Buckets(t.Context(), series.Query{Line: "oil-line"})), nil)
	wantEqual(t, collect(t, store.Buckets(t.Context(), series.Query{From: at(1)})), nil)
}

// wantBuckets holds a signal's kept buckets against its readings: all but the newest that has one.
func wantBuckets(t testing.TB, store series.Store, signal string) {
	t.Helper()
	q := series.Query{Signals: []string{signal}}
	got := collect(t, store.Buckets(t.Context(), q))
	want := sumsOf(collect(t, store.Readings(t.Context(), q)), quarter, time.Time{}, time.Time{})
	wantEqual(t, got, want[:max(len(want)-1, 0)])
	q.Long = true
	wantEqual(t, collect(t, store.Buckets(t.Context(), q)), hoursOf(want))
}

// hoursOf joins the quarters of hours that are over: those before the one that the newest quarter is of.
func hoursOf(quarters []series.Bucket) (hours []series.Bucket) {
	for _, b := range quarters {
		if n := len(hours); n == 0 || !b.Start.Before(hours[n-1].End) {
			start := b.Start.Truncate(series.LongSpan)
			hours = append(hours, series.Bucket{Start: start, End: start.Add(series.LongSpan)})
		}
		hours[len(hours)-1].Merge(b)
	}
	return hours[:max(len(hours)-1, 0)]
}

// sumsOf sums readings up to buckets of a width, which a window cuts where it has ends.
func sumsOf(readings []record.Reading, width time.Duration, from, to time.Time) (all []series.Bucket) {
	for _, r := range readings {
		start := r.Time.Truncate(width)
		if n := len(all); n == 0 || !r.Time.Before(all[n-1].End) {
			b := series.Bucket{Start: start, End: start.Add(width)}
			if !from.IsZero() && b.Start.Before(from) {
				b.Start = from
			}
			if !to.IsZero() && b.End.After(to) {
				b.End = to
			}
			all = append(all, b)
		}
		all[len(all)-1].Add(r)
	}
	return all
}

// drawnBatches makes up batches of a few signals: some go on, some are late, some readings come twice.
func drawnBatches(t *testing.T, g *Gateway, rng *rand.Rand, n int) (all []series.Write) {
	signals := drawn()
	var now time.Duration
	for range n {
		from := now
		switch rng.IntN(6) {
		case 0: // late
			from -= time.Duration(rng.Int64N(int64(2 * time.Hour)))
		case 1: // after a hole
			from += time.Duration(rng.Int64N(int64(time.Hour)))
		}
		var readings []record.Reading
		for _, signal := range signals[:1+rng.IntN(len(signals))] {
			d := from
			for range rng.IntN(40) {
				d += time.Duration(rng.IntN(60)) * time.Second / 2
				r := good(signal, d.Truncate(time.Second), record.IntValue(rng.Int64N(50)))
				switch rng.IntN(9) {
				case 0:
					r.Quality, r.Value = record.Missing, record.Value{}
				case 1:
					r.Quality = record.Uncertain
				}
				readings = append(readings, r)
				now = max(now, d)
			}
		}
		all = append(all, series.Write{Verified: g.Batch(t, onePerMoment(readings)...)})
		if rng.IntN(4) == 0 {
			all = append(all, all[rng.IntN(len(all))]) // once more
		}
	}
	return all
}

// onePerMoment drops what the same signal says twice at a time.
func onePerMoment(readings []record.Reading) []record.Reading {
	return slices.CompactFunc(readings, func(a, b record.Reading) bool { return a.Signal == b.Signal && a.Time.Equal(b.Time) })
}

// drawn are the signals of drawnBatches.
func drawn() []string {
	return []string{"press.cycles", "press.pressure", "meter.energy", "weather.rain"}
}

func bucketsDrawn(t *testing.T, store series.Store) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n, w := range drawnBatches(t, NewGateway(BlockLine()), rng, 120) {
		if err := store.Write(t.Context(), w.Verified, nil); err != nil {
			t.Fatal(err)
		}
		if n%20 == 0 {
			for _, signal := range drawn() {
				wantBuckets(t, store, signal)
			}
		}
	}
	for _, signal := range drawn() {
		wantBuckets(t, store, signal)
	}
}

func bucketsAhead(t *testing.T, store series.Store) {
	g := NewGateway(BlockLine())
	step := func(d time.Duration) {
		t.Helper()
		write(t, store, g.Batch(t, count("press.cycles", d, 1), count("press.cycles", d+time.Second, 2)))
		wantBuckets(t, store, "press.cycles")
	}
	step(0)
	step(365 * 24 * time.Hour)
	for n := range 5 {
		step(time.Duration(n+1) * 10 * time.Minute)
	}
}

func bucketsMoved(t *testing.T, store series.Store) {
	g := NewGateway(BlockLine())
	write(t, store, g.Batch(t, count("press.cycles", 0, 1), count("press.cycles", quarter, 2)))
	g.Catalogue.Lines = map[string]record.Line{"line-2": g.Catalogue.Lines["block-line"]}
	write(t, store, g.Batch(t, count("press.cycles", quarter+1e9, 3), count("press.cycles", 2*quarter, 4)))
	for line, first := range map[string]int64{"block-line": 1, "line-2": 3} {
		got := collect(t, store.Buckets(t.Context(), series.Query{Line: line, Signals: []string{"press.cycles"}}))
		if len(got) != 1 || got[0].Count != 1 || got[0].First.Int() != first {
			t.Errorf("%s: got %+v, want the bucket of its first reading, %d", line, got, first)
		}
	}
}

func bucketsAtOnce(t *testing.T, store series.Store) {
	writes := drawnBatches(t, NewGateway(BlockLine()), rand.New(rand.NewPCG(3, 4)), 60)
	for _, n := range []int{9, len(writes), len(writes)} { // a few at a time, then all of them again, twice
		for some := range slices.Chunk(writes, n) {
			if err := store.(series.BatchWriter).WriteAll(t.Context(), some); err != nil {
				t.Fatal(err)
			}
		}
		for _, signal := range drawn() {
			wantBuckets(t, store, signal)
		}
	}
}

func bucketsDropped(t *testing.T, store series.Store) {
	g := NewGateway(BlockLine())
	write(t, store, g.Batch(t, count("press.cycles", 0, 1), count("press.cycles", quarter, 2), count("press.cycles", 2*quarter, 2)))
	if err := store.(series.Dropper).Drop(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, collect(t, store.Buckets(t.Context(), series.Query{})), nil)
	write(t, store, g.Batch(t, count("press.cycles", 1e9, 5), count("press.cycles", quarter, 6)))
	wantBuckets(t, store, "press.cycles")
}

// RunReopened holds a store to its buckets that is closed and opened again between any two writes: of drawn batches, and
// of a signal whose readings all come in order, each eleven minutes, so that nothing mends its hours later. again opens
// what open did.
func RunReopened(t *testing.T, open func(t testing.TB) (first series.Store, again func() series.Store)) {
	store, again := open(t)
	g := NewGateway(BlockLine())
	for n, w := range drawnBatches(t, g, rand.New(rand.NewPCG(7, 8)), 40) {
		write(t, store, w.Verified)
		write(t, store, g.Batch(t, count("press.strokes", time.Duration(n)*11*time.Minute, int64(n))))
		if n%3 == 0 {
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
			store = again()
		}
	}
	defer store.Close()
	for _, signal := range append(drawn(), "press.strokes") {
		wantBuckets(t, store, signal)
	}
}
