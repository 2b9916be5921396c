package influx_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/series/influx"
	"github.com/lineproof/lineproof/collector/series/seriestest"
	"github.com/lineproof/lineproof/internal/influxtest"
	"github.com/lineproof/lineproof/record"
)

var day = time.Date(2026, 1, 14, 6, 0, 0, 0, time.UTC)

func good(signal string, second int, v record.Value) record.Reading {
	return record.Reading{Signal: signal, Time: day.Add(time.Duration(second) * time.Second), Value: v, Quality: record.Good}
}

// refusals gathers what a store has refused, as "point: reason".
type refusals struct {
	mu  sync.Mutex
	all []string
}

func (r *refusals) add(point string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, point+": "+err.Error())
}

// openRefusing makes a store that may refuse.
func openRefusing(t *testing.T, server *influxtest.Server) (*influx.Store, *refusals) {
	refused := &refusals{}
	store := openStore(t, influx.Options{URL: server.URL, Database: server.NewDatabase(t), OnRefused: refused.add})
	t.Cleanup(func() { store.Close() })
	return store, refused
}

func write(t *testing.T, store series.Store, g *seriestest.Gateway, readings []record.Reading, intervals ...account.Interval) {
	t.Helper()
	if err := store.Write(t.Context(), g.Batch(t, readings...), intervals); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, store series.Store, signals ...string) []string {
	t.Helper()
	var all []string
	for r, err := range store.Readings(t.Context(), series.Query{Signals: signals}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r.String())
	}
	return all
}

func wantTexts(t *testing.T, what string, got, want []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestRefusedPointsLoseNoOthers(t *testing.T) {
	server := influxtest.Start(t)
	store, refused := openRefusing(t, server)
	g := seriestest.NewGateway(seriestest.BlockLine())
	write(t, store, g, []record.Reading{good("press.cycles", 0, record.IntValue(1))})

	var readings []record.Reading
	var want, wantRefused []string
	for second := 1; second <= 500; second++ {
		r := good("press.cycles", second, record.IntValue(int64(second)))
		if second == 1 || second == 250 || second == 251 || second == 500 {
			r.Value = record.TextValue("poison")
			wantRefused = append(wantRefused, fmt.Sprintf(
				`signal,device=press,line=block-line,machine=press,site=tan-thinh-phat cycles="poison" %d: `+
					`400 Bad Request: partial write: field type conflict: input field "cycles" on measurement "signal" is type string, already exists as type integer dropped=1`,
				r.Time.UnixMilli()))
		} else {
			want = append(want, r.String())
		}
		readings = append(readings, r)
	}
	for second := 1; second <= 500; second++ { // at the same place and times, so in the same points
		readings = append(readings, good("press.pressure", second, record.FloatValue(float64(second))))
	}
	i := account.Interval{Site: "s", Line: "l", Machine: "m", Start: day, Produced: 7}
	write(t, store, g, readings, i)

	wantTexts(t, "cycles", read(t, store, "press.cycles")[1:], want)
	if got := len(read(t, store, "press.pressure")); got != 500 {
		t.Errorf("%d readings of the other signal, want 500", got)
	}
	wantTexts(t, "refused", refused.all, wantRefused)
	for got, err := range store.Intervals(t.Context(), series.Query{}) {
		if err != nil || got.Produced != 7 {
			t.Errorf("interval: got %+v, %v", got, err)
		}
	}
}

func TestWhatLineProtocolCannotSay(t *testing.T) {
	server := influxtest.Start(t)
	store, refused := openRefusing(t, server)
	g := seriestest.NewGateway(seriestest.BlockLine())
	old := good("press.old", 0, record.IntValue(1))
	old.Time = time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC)
	zero := good("press.zero", 0, record.IntValue(1))
	zero.Time = time.Time{}
	bad := func(product string) account.Interval {
		return account.Interval{Site: "s", Line: "l", Machine: "m", Product: product, Start: day}
	}
	write(t, store, g, []record.Reading{
		good("press.good", 0, record.IntValue(1)),
		good("press.good.min", 0, record.IntValue(2)),
		good("press.a\nb", 0, record.IntValue(3)),
		old, zero,
		good("press.last", 0, record.IntValue(4)),
	}, bad("a\nb"), bad(`a\`), bad("fine"))

	wantTexts(t, "kept", read(t, store), []string{
		"2026-01-14T06:00:00Z press.good=1 (good)", "2026-01-14T06:00:00Z press.last=4 (good)",
	})
	var products []string
	for i, err := range store.Intervals(t.Context(), series.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		products = append(products, i.Product)
	}
	wantTexts(t, "products", products, []string{"fine"})
	slices.Sort(refused.all)
	wantTexts(t, "refused", refused.all, []string{
		"0001-01-01T00:00:00Z press.zero=1 (good): time 0001-01-01T00:00:00Z",
		"1600-01-01T00:00:00Z press.old=1 (good): timestamp 1600-01-01T00:00:00Z: line-protocol value out of range",
		"2026-01-14T06:00:00Z press.a\nb=3 (good): invalid field key \"a\\nb\"",
		"2026-01-14T06:00:00Z press.good.min=2 (good): signal \"good.min\": its ending \".min\" is kept for what a reading says beside its value",
		"interval of machine \"m\", product \"a\\\\\" at 2026-01-14T06:00:00Z: invalid tag value product=\"a\\\\\"",
		"interval of machine \"m\", product \"a\\nb\" at 2026-01-14T06:00:00Z: invalid tag value product=\"a\\nb\"",
	})
}

func TestPointsOlderThanTheRetentionPolicy(t *testing.T) {
	server := influxtest.Start(t)
	store, refused := openRefusing(t, server)
	server.Query(t, `CREATE RETENTION POLICY "hours" ON "test2" DURATION 2h REPLICATION 1 DEFAULT`)
	var readings []record.Reading
	for second := range 100 {
		readings = append(readings, good("press.cycles", second, record.IntValue(1)))
	}
	now := good("press.cycles", 0, record.IntValue(2))
	now.Time = time.Now().Truncate(time.Millisecond) // the server looks at its own clock
	write(t, store, seriestest.NewGateway(seriestest.BlockLine()), append(readings, now))
	if got := read(t, store); len(got) != 1 {
		t.Errorf("kept %q, want the newest only", got)
	}
	wantTexts(t, "refused", refused.all, []string{
		"some of 101 points: 400 Bad Request: partial write: points beyond retention policy dropped=100",
	})
}

func TestWholeNumberOverInt64BecomesFloat(t *testing.T) {
	server := influxtest.Start(t)
	store, refused := openRefusing(t, server)
	g := seriestest.NewGateway(seriestest.BlockLine())
	write(t, store, g, []record.Reading{good("press.big", 0, record.UintValue(math.MaxUint64)), good("press.small", 0, record.UintValue(1))})
	write(t, store, g, []record.Reading{good("press.small", 1, record.UintValue(math.MaxInt64+1))})
	wantTexts(t, "kept", read(t, store), []string{
		"2026-01-14T06:00:00Z press.big=1.8446744073709552e+19 (good)", "2026-01-14T06:00:00Z press.small=1 (good)",
	})
	if len(refused.all) != 1 || !strings.Contains(refused.all[0], "field type conflict") {
		t.Errorf("refused %q, want the float of the signal that was an integer", refused.all)
	}
}
