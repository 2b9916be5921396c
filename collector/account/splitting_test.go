package account

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lineproof/lineproof/record"
)

// tape is what an agent has of a plant before it makes batches: readings by its report policy, and spans.
type tape struct {
	readings []record.Reading
	spans    map[string][]record.Span
}

// report keeps what an agent would report: changes, Missing once, everything again after a minute.
func report(looks []look) tape {
	watches := map[string]*watch{"press": {gap: 2500 * time.Millisecond}, "meter": {gap: 25 * time.Second}}
	last := map[string]record.Reading{}
	var tp tape
	for _, l := range looks {
		t := day.Add(time.Duration(l.ms) * time.Millisecond)
		w := watches[l.device]
		if w.open = w.open && l.ok; l.ok {
			w.answered(t)
		}
		for _, signal := range slices.Sorted(maps.Keys(l.values)) {
			r := record.Reading{Signal: signal, Time: t}
			if v := l.values[signal]; l.ok && !v.IsNone() {
				r.Value, r.Quality = v, record.Good
			}
			before, known := last[signal]
			same := known && before.Value == r.Value && before.Quality == r.Quality
			if same && (r.Quality == record.Missing || t.Sub(before.Time) < time.Minute) {
				continue
			}
			last[signal] = r
			tp.readings = append(tp.readings, r)
		}
	}
	tp.spans = map[string][]record.Span{}
	for device, w := range watches {
		tp.spans[device] = w.take(device).Spans
	}
	return tp
}

// cut makes batches of it. What lies at a border belongs to the batch before it where after is false, as
// with a batch that is sealed after a poll, and to the next one where it is true, as with one that was too large.
func (tp tape) cut(borders []time.Time, after bool) []record.Batch {
	batches := make([]record.Batch, len(borders)+1)
	for _, r := range tp.readings {
		n, _ := slices.BinarySearchFunc(borders, r.Time, func(b, t time.Time) int {
			if b.Equal(t) && after {
				return -1
			}
			return b.Compare(t)
		})
		batches[n].Readings = append(batches[n].Readings, r)
	}
	for _, device := range slices.Sorted(maps.Keys(tp.spans)) {
		for _, s := range tp.spans[device] {
			for n := range batches {
				part := s
				if n > 0 && part.From.Before(borders[n-1]) {
					part.From = borders[n-1]
				}
				if n < len(borders) && part.To.After(borders[n]) {
					part.To = borders[n]
				}
				if part.From.After(part.To) || part.From.Equal(part.To) && !s.From.Equal(s.To) {
					continue
				}
				batches[n].Observed = append(batches[n].Observed, record.Observed{Device: device, Spans: []record.Span{part}})
			}
		}
	}
	return batches
}

// borders are n random times, whole multiples of step, and the time of the product change.
func borders(r *rand.Rand, n int, step time.Duration, change time.Time) []time.Time {
	all := []time.Time{change}
	for range n {
		all = append(all, day.Add(time.Duration(r.Int64N(int64(plantMinutes*time.Minute/step)))*step))
	}
	slices.SortFunc(all, time.Time.Compare)
	return slices.Compact(all)
}

// foldAll folds batches, with product B's catalogue from the change on, and gives all that Fold gave.
func foldAll(t *testing.T, batches []record.Batch, borders []time.Time, change time.Time, encode bool) (given [][]Interval, book map[Key]Interval) {
	t.Helper()
	state, book := NewState(), map[Key]Interval{}
	final := map[Key]Interval{}
	for n, b := range batches {
		cat := plantCatalogue("A", 26)
		if n > 0 && !borders[n-1].Before(change) {
			cat = plantCatalogue("B", 13)
		}
		changed := state.Fold(b, cat)
		for _, i := range changed {
			book[i.Key()] = i
		}
		given = append(given, changed)
		for _, i := range state.Finished() {
			if _, twice := final[i.Key()]; twice {
				t.Errorf("%s is finished twice", line(i))
			}
			final[i.Key()] = i
		}
		if !encode {
			continue
		}
		var err error
		if state, err = state.Clone(); err != nil {
			t.Fatal(err)
		}
	}
	finishedOnce(t, state, final, book)
	return given, book
}

// finishedOnce wants all intervals to be finished as they were at last, but those that are open.
func finishedOnce(t *testing.T, state *State, final, book map[Key]Interval) {
	t.Helper()
	open := 0
	for _, m := range state.Machines {
		open += len(m.Open)
	}
	if len(final) == 0 || len(final)+open != len(book) {
		t.Errorf("%d intervals finished and %d open, of %d", len(final), open, len(book))
	}
	for key, i := range final {
		if diff := cmp.Diff(book[key], i, nearly); diff != "" {
			t.Errorf("finished, but not as at last (-at last +finished):\n%s", diff)
		}
	}
}

// nearly compares intervals whose sums of floats were added in another order.
var nearly = cmp.Options{cmpopts.EquateApprox(1e-9, 0), cmpopts.EquateEmpty()}

// TestSplitting: however the same readings are cut into batches, the same intervals come out in the end,
// and they are what the bookkeeper says.
func TestSplitting(t *testing.T) {
	never := day.Add(24 * time.Hour)
	for _, seed := range []uint64{1, 2, 3, 5, 8, 13, 21, 34} {
		r := rand.New(rand.NewPCG(seed, 7))
		change := day.Add(10 * time.Second * time.Duration(30+r.Int64N(90)))
		looks := newPlant(seed).run()
		tp := report(looks)
		t.Run(fmt.Sprintf("seed %d, sealed after polls, with a change of product", seed), func(t *testing.T) {
			sameHoweverCut(t, tp, keepBooks(looks, change.Sub(day).Milliseconds()), change, false,
				[]time.Time{change}, borders(r, 40, 10*time.Second, change), borders(r, 2000, 10*time.Second, change))
		})
		t.Run(fmt.Sprintf("seed %d, parted because too large", seed), func(t *testing.T) {
			sameHoweverCut(t, tp, keepBooks(looks, never.Sub(day).Milliseconds()), never, true,
				nil, borders(r, 40, time.Second, never), borders(r, 60, time.Millisecond, never))
		})
	}
}

func sameHoweverCut(t *testing.T, tp tape, books map[Key]*page, change time.Time, after bool, cuts ...[]time.Time) {
	t.Helper()
	var first map[Key]Interval
	for _, borders := range cuts {
		batches := tp.cut(borders, after)
		given, book := foldAll(t, batches, borders, change, true)
		plain, _ := foldAll(t, batches, borders, change, false)
		if d := cmp.Diff(plain, given, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("%d batches: writing the state down changes what comes out (-not written +written):\n%s", len(batches), d)
		}
		checkBooks(t, book, books)
		if first == nil {
			first = book
		}
		if d := cmp.Diff(first, book, nearly); d != "" {
			t.Fatalf("%d batches (-the first way to cut +this one):\n%s", len(batches), d)
		}
	}
}

var update = flag.Bool("update", false, "write the intervals of testdata anew")

// TestTheSameOnEveryComputer holds the fold to intervals that were written on another one, digit by digit.
func TestTheSameOnEveryComputer(t *testing.T) {
	looks := newPlant(4).run()
	change := day.Add(5 * time.Minute)
	cuts := borders(rand.New(rand.NewPCG(4, 4)), 20, 10*time.Second, change)
	_, book := foldAll(t, report(looks).cut(cuts, false), cuts, change, true)
	var out strings.Builder
	for _, i := range (&keep{t: t, book: book}).intervals() {
		fmt.Fprintln(&out, line(i))
	}
	const file = "testdata/intervals.txt"
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), out.String()); d != "" {
		t.Errorf("(-%s +got):\n%s", file, d)
	}
}
