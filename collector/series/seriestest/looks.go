package seriestest

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// looks compares a look with what the readings themselves add up to.
func looks(t *testing.T, store series.Store) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, w := range drawnBatches(t, NewGateway(BlockLine()), rng, 150) {
		write(t, store, w.Verified)
	}
	all := collect(t, store.Readings(t.Context(), series.Query{Signals: []string{"press.cycles"}}))
	end := all[len(all)-1].Time.Sub(day)
	for n := range 60 {
		from := at(time.Duration(rng.Int64N(int64(end))).Truncate(time.Millisecond))
		to := from.Add(time.Duration(rng.Int64N(int64(end)) + 1e6).Truncate(time.Millisecond))
		points := []int{5, 20, 100, 10_000}[n%4]
		q := series.Query{Site: "tan-thinh-phat", Line: "block-line", Signals: []string{"press.cycles"}, From: from, To: to}
		view, err := series.Look(t.Context(), store, q, series.Sight{Points: points, Hole: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		in := collect(t, store.Readings(t.Context(), q))
		sums := sumsOf(in, 1e6*time.Hour, from, to)
		if len(sums) > 0 && gocmp.Diff(sums[:1], []series.Bucket{view.Sum}, sameSum()...) != "" {
			t.Errorf("sum %+v, want %+v", view.Sum, sums[0])
		}
		if view.Width == 0 {
			wantEqual(t, view.Readings, in)
			continue
		}
		if len(in) <= points || len(view.Buckets) > points+1 {
			t.Errorf("%d buckets for %d readings and %d points", len(view.Buckets), len(in), points)
		}
		if diff := gocmp.Diff(sumsOf(in, view.Width, from, to), view.Buckets, sameSum()...); diff != "" {
			t.Errorf("%s to %s in %d points (-readings +look):\n%s", from, to, points, diff)
		}
	}
}

// looksAtHoles: a value each half a minute but for forty minutes, then one that is missing, then nothing.
func looksAtHoles(t *testing.T, store series.Store) {
	g := NewGateway(BlockLine())
	var readings []record.Reading
	for n := range 4 * 60 * 2 {
		if d := time.Duration(n) * 30 * time.Second; d < time.Hour || d >= 100*time.Minute {
			readings = append(readings, good("press.pressure", d, record.FloatValue(float64(n))))
		}
	}
	readings = append(readings, record.Reading{Signal: "press.pressure", Time: at(4 * time.Hour)})
	write(t, store, g.Batch(t, readings...))
	first := record.Span{From: at(time.Hour - 30*time.Second), To: at(100 * time.Minute)}
	for _, c := range []struct {
		name     string
		from, to time.Duration
		points   int
		want     []record.Span
	}{
		{"as readings", 0, 4*time.Hour + 10*time.Second, 1000, []record.Span{first, {From: at(4 * time.Hour), To: at(4*time.Hour + 10*time.Second)}}},
		{"as buckets of a minute", 0, 4 * time.Hour, 240, []record.Span{first}},
		{"as buckets of half an hour", 0, 4 * time.Hour, 8, []record.Span{first}},
		{"before and after", -time.Hour, 6 * time.Hour, 14, []record.Span{{From: at(-time.Hour), To: at(0)}, first, {From: at(4 * time.Hour), To: at(6 * time.Hour)}}},
		{"within", 70 * time.Minute, 80 * time.Minute, 100, []record.Span{{From: at(70 * time.Minute), To: at(80 * time.Minute)}}},
		{"none", 0, 50 * time.Minute, 100, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := series.Query{Signals: []string{"press.pressure"}, From: at(c.from), To: at(c.to)}
			view, err := series.Look(t.Context(), store, q, series.Sight{Points: c.points, Hole: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			wantEqual(t, view.Holes, c.want)
		})
	}
}

// looksAtFew: ten days of a signal each minute.
func looksAtFew(t *testing.T, store series.Store) {
	const days, each = 10, time.Minute
	g := NewGateway(BlockLine())
	for day := range days {
		var readings []record.Reading
		for n := range int(24 * time.Hour / each) {
			readings = append(readings, good("press.pressure", time.Duration(day)*24*time.Hour+time.Duration(n)*each, record.FloatValue(float64(n%7))))
		}
		var writes []series.Write
		for part := range slices.Chunk(readings, 600) {
			writes = append(writes, series.Write{Verified: g.Batch(t, part...)})
		}
		if err := store.(series.BatchWriter).WriteAll(t.Context(), writes); err != nil {
			t.Fatal(err)
		}
	}
	counted := &counting{Store: store}
	q := series.Query{Line: "block-line", Signals: []string{"press.pressure"}, From: at(time.Minute), To: at(days * 24 * time.Hour)}
	view, err := series.Look(t.Context(), counted, q, series.Sight{Points: 800, Hole: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	var n int64
	for _, b := range view.Buckets {
		n += b.Count
	}
	if want := int64(days*24*time.Hour/each) - 1; n != want || view.Width != 30*time.Minute {
		t.Errorf("%d readings in buckets of %s, want %d in half hours", n, view.Width, want)
	}
	if most := 2 * int(quarter/each); counted.readings > most {
		t.Errorf("%d readings were read, want at most those of two kept buckets, %d", counted.readings, most)
	}
}

// counting counts the readings that a store gives.
type counting struct {
	series.Store
	readings int
}

func (c *counting) Readings(ctx context.Context, q series.Query) iter.Seq2[record.Reading, error] {
	return func(yield func(record.Reading, error) bool) {
		for r, err := range c.Store.Readings(ctx, q) {
			c.readings++
			if !yield(r, err) {
				return
			}
		}
	}
}

// sameSum takes sums for the same that were added up in another order.
func sameSum() gocmp.Options {
	return gocmp.Options{
		gocmp.Comparer(func(a, b record.Value) bool { return whole(a) == whole(b) }),
		gocmp.Comparer(func(a, b float64) bool { return a == b || fmt.Sprintf("%.12g", a) == fmt.Sprintf("%.12g", b) }),
		gocmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
	}
}
