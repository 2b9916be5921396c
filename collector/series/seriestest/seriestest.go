// Package seriestest holds every series.Store to the same behaviour. Its batches are really sealed and
// really verified.
//
// One thing is left to the store: a whole number that fits an int64 may come back as record.Int where it
// was written as record.Uint, because not every database tells the two apart.
package seriestest

import (
	"cmp"
	"context"
	"iter"
	"math"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/record"
)

// Open makes an empty store. Whoever asks for it closes it.
type Open func(t testing.TB) series.Store

// Run holds the stores that open makes to everything that series.Store, series.BatchWriter
// and series.Dropper promise.
func Run(t *testing.T, open Open) {
	for _, group := range []struct {
		name  string
		cases []testCase
	}{
		{"readings", readingCases()},
		{"buckets", bucketCases()},
		{"intervals", intervalCases()},
		{"store", storeCases()},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.cases {
				t.Run(c.name, func(t *testing.T) {
					store := open(t)
					defer func() {
						if err := store.Close(); err != nil {
							t.Errorf("close: %v", err)
						}
					}()
					c.run(t, store)
				})
			}
		})
	}
}

type testCase struct {
	name string
	run  func(t *testing.T, store series.Store)
}

// day is when the tests' readings begin: winter, so that no daylight-saving rule hides a mistake, and not
// on a boundary of any store's files.
var day = time.Date(2026, 1, 14, 6, 0, 0, 0, time.UTC)

func at(d time.Duration) time.Time { return day.Add(d) }

func write(t testing.TB, store series.Store, v verify.Verified, intervals ...account.Interval) {
	t.Helper()
	if err := store.Write(t.Context(), v, intervals); err != nil {
		t.Fatalf("write: %v", err)
	}
}

// collect takes all that seq gives.
func collect[T any](t testing.TB, seq iter.Seq2[T, error]) []T {
	t.Helper()
	all, err := gather(seq)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return all
}

func gather[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for v, err := range seq {
		if err != nil {
			return all, err
		}
		all = append(all, v)
	}
	return all, nil
}

func wantReadings(t testing.TB, store series.Store, q series.Query, want ...record.Reading) {
	t.Helper()
	wantEqual(t, collect(t, store.Readings(t.Context(), q)), inOrder(want))
}

func wantIntervals(t testing.TB, store series.Store, q series.Query, want ...account.Interval) {
	t.Helper()
	wantEqual(t, collect(t, store.Intervals(t.Context(), q)), want)
}

// wantEqual tells nil from empty, times in UTC from others, and 0 from -0.
func wantEqual[T any](t testing.TB, got, want []T) {
	t.Helper()
	if slices.EqualFunc(got, want, identical[T]) {
		return
	}
	same := gocmp.Options{
		gocmp.Comparer(func(a, b record.Value) bool { return whole(a) == whole(b) }),
		gocmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) && a.Location() == b.Location() }),
	}
	if diff := gocmp.Diff(want, got, same); diff != "" {
		t.Errorf("read back other than written (-want +got):\n%s", diff)
	}
}

// identical is a quick look at readings and buckets, which come by the ten thousand; what it does not see as the same is
// compared with care.
func identical[T any](a, b T) bool {
	switch a := any(a).(type) {
	case record.Reading:
		b := any(b).(record.Reading)
		sameWindow := a.Window == b.Window || a.Window != nil && b.Window != nil && *a.Window == *b.Window
		return a.Signal == b.Signal && a.Time == b.Time && whole(a.Value) == whole(b.Value) && a.Quality == b.Quality && sameWindow
	case series.Bucket:
		return a == any(b).(series.Bucket)
	}
	return false
}

// whole takes Uint for Int where both can hold the number.
func whole(v record.Value) record.Value {
	if v.Kind() == record.Uint && v.Uint() <= math.MaxInt64 {
		return record.IntValue(v.Int())
	}
	return v
}

// inOrder sorts readings as stores give them.
func inOrder(readings []record.Reading) []record.Reading {
	return slices.SortedStableFunc(slices.Values(readings), func(a, b record.Reading) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Signal, b.Signal))
	})
}

func cancelled(t testing.TB) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
