package sqlite_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/series/seriestest"
	"github.com/lineproof/lineproof/collector/series/sqlite"
	"github.com/lineproof/lineproof/record"
)

var day = time.Date(2026, 1, 14, 6, 0, 0, 0, time.UTC)

func good(signal string, at time.Duration, v record.Value) record.Reading {
	return record.Reading{Signal: signal, Time: day.Add(at), Value: v, Quality: record.Good}
}

func read(t *testing.T, store *sqlite.Store, q series.Query) []record.Reading {
	t.Helper()
	var all []record.Reading
	for r, err := range store.Readings(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func TestEverythingIsThereAfterAReopening(t *testing.T) {
	for _, name := range []string{"series.db", "a b.db", "100%25?x=1#y.db", "Hữu Lũng.db"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			g := seriestest.NewGateway(seriestest.BlockLine())
			for n := range 3 {
				store := openFile(t, path)
				r := good("press.cycles", time.Duration(n)*time.Second, record.IntValue(int64(n)))
				i := account.Interval{Machine: "press", Start: day.Add(time.Duration(n) * account.Minute)}
				if err := store.Write(t.Context(), g.Batch(t, r), []account.Interval{i}); err != nil {
					t.Fatal(err)
				}
				if got := len(read(t, store, series.Query{Signals: []string{"press.cycles"}})); got != n+1 {
					t.Errorf("%d readings at opening %d, want %d", got, n+1, n+1)
				}
				if err := store.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("the file is elsewhere: %v", err)
			}
		})
	}
}

func TestUintKeepsAllItsBits(t *testing.T) {
	store := openFile(t, filepath.Join(t.TempDir(), "series.db"))
	defer store.Close()
	want := good("press.big", 0, record.UintValue(math.MaxUint64))
	if err := store.Write(t.Context(), seriestest.NewGateway(seriestest.BlockLine()).Batch(t, want), nil); err != nil {
		t.Fatal(err)
	}
	if got := read(t, store, series.Query{}); len(got) != 1 || got[0] != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// countdown is a context that ends when it has been looked at n times.
type countdown struct {
	context.Context
	n int
}

func (c *countdown) Err() error {
	if c.n--; c.n < 0 {
		return context.Canceled
	}
	return nil
}

func TestWriteAllOrNothing(t *testing.T) {
	store := openFile(t, filepath.Join(t.TempDir(), "series.db"))
	defer store.Close()
	g := seriestest.NewGateway(seriestest.BlockLine())
	writes := []series.Write{
		{Verified: g.Batch(t, good("press.a", 0, record.IntValue(1)), good("press.b", 0, record.IntValue(2)))},
		{Verified: g.Batch(t, good("press.a", 1, record.IntValue(3))), Intervals: []account.Interval{{Machine: "m", Start: day}}},
	}
	attempts := 0
	for ; attempts < 100; attempts++ {
		err := store.WriteAll(&countdown{t.Context(), attempts}, writes)
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if got := read(t, store, series.Query{}); len(got) != 0 {
			t.Fatalf("after attempt %d: %v", attempts, got)
		}
	}
	if attempts < 5 || attempts == 100 {
		t.Errorf("written at attempt %d: not stopped at each signal and interval", attempts)
	}
	var got []string
	for _, r := range read(t, store, series.Query{}) {
		got = append(got, r.Signal+"="+r.Value.String())
	}
	// The second reading of press.a stands at a nanosecond, which is the same millisecond.
	if want := "press.a=3 press.b=2"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDropReadings(t *testing.T) {
	store := openFile(t, filepath.Join(t.TempDir(), "series.db"))
	defer store.Close()
	g := seriestest.NewGateway(seriestest.BlockLine())
	const many, few = 10_050, 50 // many is more than are dropped at once
	var readings []record.Reading
	for n := range many {
		readings = append(readings, good("press.a", time.Duration(n)*time.Second, record.IntValue(int64(n))))
	}
	for n := range few {
		readings = append(readings, good("press.b", time.Duration(n)*time.Second, record.IntValue(int64(n))))
	}
	if err := store.Write(t.Context(), g.Batch(t, readings...), []account.Interval{{Machine: "press", Start: day}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name          string
		before        time.Time
		dropped, left int64
	}{
		{"nothing so old", day, 0, many + few},
		{"the first one of each", day.Add(time.Millisecond), 2, many + few - 2},
		{"all but the last one", day.Add((many - 1) * time.Second), many - 2 + few - 1, 1},
		{"the rest", day.Add(many * time.Hour), 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			dropped, err := store.DropReadings(t.Context(), c.before)
			if err != nil || dropped != c.dropped {
				t.Errorf("dropped %d, %v, want %d", dropped, err, c.dropped)
			}
			if left := int64(len(read(t, store, series.Query{}))); left != c.left {
				t.Errorf("%d left, want %d", left, c.left)
			}
		})
	}
	for i, err := range store.Intervals(t.Context(), series.Query{}) {
		if err != nil || i.Machine != "press" {
			t.Errorf("interval %+v, %v", i, err)
		}
		return
	}
	t.Error("the interval is gone")
}

// TestDropReadingsAndTheirBuckets: what is left of the buckets is what is left of the readings.
func TestDropReadingsAndTheirBuckets(t *testing.T) {
	store := openFile(t, filepath.Join(t.TempDir(), "series.db"))
	defer store.Close()
	g := seriestest.NewGateway(seriestest.BlockLine())
	next := 0
	write := func(n int) {
		t.Helper()
		var readings []record.Reading
		for range n {
			readings = append(readings, good("press.a", time.Duration(next)*time.Minute, record.IntValue(int64(next))))
			next++
		}
		if err := store.Write(t.Context(), g.Batch(t, readings...), nil); err != nil {
			t.Fatal(err)
		}
	}
	counts := func(long bool) (all []int64) {
		t.Helper()
		for b, err := range store.Buckets(t.Context(), series.Query{Long: long}) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, b.Count)
		}
		return all
	}
	write(40)
	write(10) // so that the newest is summed up as it comes
	for _, c := range []struct {
		name   string
		before time.Duration
		want   []int64
	}{
		{"nothing so old", 0, []int64{15, 15, 15}},
		{"a part of one", 4 * time.Minute, []int64{11, 15, 15}},
		{"at the end of one", 15 * time.Minute, []int64{15, 15}},
		{"in the newest", 47 * time.Minute, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := store.DropReadings(t.Context(), day.Add(c.before)); err != nil {
				t.Fatal(err)
			}
			if got := counts(false); !slices.Equal(got, c.want) {
				t.Errorf("buckets of %v readings, want %v", got, c.want)
			}
		})
	}
	write(20)
	if got, want := counts(false), []int64{13}; !slices.Equal(got, want) {
		t.Errorf("after more was written: buckets of %v readings, want %v", got, want)
	}
	for _, c := range []struct {
		before time.Duration
		want   []int64 // of hours
	}{{0, []int64{13}}, {50 * time.Minute, []int64{10}}, {time.Hour, nil}} {
		if _, err := store.DropReadings(t.Context(), day.Add(c.before)); err != nil {
			t.Fatal(err)
		}
		if got := counts(true); !slices.Equal(got, c.want) {
			t.Errorf("without what is before %s: hours of %v readings, want %v", c.before, got, c.want)
		}
	}
}

func TestDropReadingsCancelled(t *testing.T) {
	store := openFile(t, filepath.Join(t.TempDir(), "series.db"))
	defer store.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.DropReadings(ctx, day); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context canceled", err)
	}
}

func TestOpenNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, path, want string }{
		{"no directory", filepath.Join(dir, "none", "series.db"), "unable to open database file"},
		{"another kind of file", text, "file is not a database"},
		{"a directory", dir, "unable to open database file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := sqlite.Open(t.Context(), c.path)
			if err == nil || !strings.HasPrefix(err.Error(), `open series "`+c.path+`": `) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
