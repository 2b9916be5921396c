package seriestest

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

func intervalCases() []testCase {
	return []testCase{
		{"every field", everyField},
		{"nothing but its key", bareInterval},
		{"figures over all bounds", boundlessFigures},
		{"written twice", intervalsTwice},
		{"written anew", intervalsAnew},
		{"written anew in one write", intervalsAnewAtOnce},
		{"two products and two orders in a minute", twoProducts},
		{"names of products", productNames},
		{"by site, line and machine", intervalsByPlace},
		{"by time", intervalsByTime},
		{"in order", intervalsInOrder},
	}
}

// full is an interval in which every field says something else.
func full(minute int) account.Interval {
	i := account.Interval{
		Site: "tan-thinh-phat", Line: "block-line", Machine: "press", Product: "GB-390",
		Start:        at(time.Duration(minute) * account.Minute),
		PlannedCycle: 15*time.Second + 333*time.Microsecond + 7, UnitsPerCycle: 26,
		Produced: 104, Good: -3, Scrap: 107, Rework: 4, Late: 26, Suspect: math.MaxInt64, Resets: 2,
		ScrapBy:  map[string]int64{"after-compression": 100, "nứt, vỡ \"góc\"": 7},
		Metered:  true,
		EnergyJ:  1<<53 + 1,
		Timeline: []account.Step{{At: 0, Unobserved: true}, {At: 1500, State: record.Execute}, {At: 59_999, State: record.Held}},
		Measures: map[string]account.Measure{
			"pressure": {Count: 60, Min: -1.25, Max: 1e300, Sum: 0.1, Weight: 60_000}, "độ ẩm": {},
		},
		Counters: map[string]account.Ends{"press.cycles": {First: 65_530, Last: 4}, "meter.energy": {First: 0.1, Last: 0.30000000000000004}},
	}
	i.LateEnergyJ = math.MinInt64
	i.UncertainMs, i.TimeErrorMs = 58_499, 3_600_000
	i.Order, i.Failures, i.Stops, i.MicroStops, i.MicroStopMs = "LSX-2026/117", 1, 2, 3, 119_999
	i.Weighed, i.MaterialG, i.OutputG = true, 1<<40, 1<<40-7
	for s := range i.States {
		i.States[s] = int64(s)*1000 + 1
	}
	return i
}

// bare is an interval of which only the key is known.
func bare(line, machine, product string, minute int) account.Interval {
	return account.Interval{
		Site: "tan-thinh-phat", Line: line, Machine: machine, Product: product, Start: at(time.Duration(minute) * account.Minute),
	}
}

func everyField(t *testing.T, store series.Store) {
	whole := reflect.ValueOf(full(0))
	for n := range whole.NumField() {
		if whole.Field(n).IsZero() {
			t.Fatalf("the example interval says nothing of %s", whole.Type().Field(n).Name)
		}
	}
	write(t, store, NewGateway(BlockLine()).Batch(t), full(0))
	wantIntervals(t, store, series.Query{}, full(0))
}

func bareInterval(t *testing.T, store series.Store) {
	i := bare("", "", "", 0)
	write(t, store, NewGateway(BlockLine()).Batch(t), i)
	wantIntervals(t, store, series.Query{}, i)
}

// boundlessFigures: a sum that ran over must not keep the rest of its minute out.
func boundlessFigures(t *testing.T, store series.Store) {
	i := full(0)
	i.Measures["over"] = account.Measure{Count: 1, Sum: math.Inf(1), Weight: 1}
	i.Counters["over"] = account.Ends{First: math.NaN()}
	write(t, store, NewGateway(BlockLine()).Batch(t), i)
	wantIntervals(t, store, series.Query{}, full(0))
	if len(i.Measures) != 3 || len(i.Counters) != 3 {
		t.Error("the store changed the interval that it was given")
	}
}

func intervalsTwice(t *testing.T, store series.Store) {
	v := NewGateway(BlockLine()).Batch(t)
	for range 3 {
		write(t, store, v, full(0), full(1))
		wantIntervals(t, store, series.Query{}, full(0), full(1))
	}
}

func intervalsAnew(t *testing.T, store series.Store) {
	g := NewGateway(BlockLine())
	write(t, store, g.Batch(t), full(0), full(1))
	grown := full(0)
	grown.Produced++
	grown.States[record.Execute] += 10_000
	grown.ScrapBy = map[string]int64{"after-compression": 101}
	delete(grown.Measures, "độ ẩm")
	grown.Counters = nil
	grown.Timeline = grown.Timeline[:1]
	write(t, store, g.Batch(t), grown)
	wantIntervals(t, store, series.Query{}, grown, full(1))
	nothing := bare("block-line", "press", "GB-390", 0)
	nothing.Order = grown.Order
	write(t, store, g.Batch(t), nothing)
	wantIntervals(t, store, series.Query{}, nothing, full(1))
}

func intervalsAnewAtOnce(t *testing.T, store series.Store) {
	first, second := full(0), full(0)
	first.Produced, second.Produced = 1, 2
	write(t, store, NewGateway(BlockLine()).Batch(t), first, second)
	wantIntervals(t, store, series.Query{}, second)
}

func twoProducts(t *testing.T, store series.Store) {
	a, b, none := full(0), full(0), full(0)
	other := full(0)
	a.Product, b.Product, other.Product, none.Product = "GB-190", "GB-390", "GB-390", ""
	a.Produced, b.Produced, other.Produced, none.Produced = 26, 78, 13, 0
	other.Order = "LSX-2026/118"
	write(t, store, NewGateway(BlockLine()).Batch(t), other, b, a, none)
	wantIntervals(t, store, series.Query{}, none, a, b, other)
}

func productNames(t *testing.T, store series.Store) {
	v := NewGateway(BlockLine()).Batch(t)
	for n, product := range []string{
		"GB 390", "GB,390", "GB=390", `GB"390"`, "GB'390'", "Gạch bê tông đặc", `GB\390`, `GB\,390`, `GB\ 390`, `\\GB`, "a;b--", "%s", "null", "🧱",
	} {
		i := full(n)
		i.Product = product
		write(t, store, v, i)
		wantIntervals(t, store, series.Query{From: i.Start, To: i.Start.Add(account.Minute)}, i)
	}
}

func intervalsByPlace(t *testing.T, store series.Store) {
	press, mixer := bare("block-line", "press", "", 0), bare("block-line", "mixer-2", "", 0)
	line2, oil := bare("line-2", "press", "", 1), bare("block-line", "press", "", 2)
	oil.Site = "oceanline"
	write(t, store, NewGateway(BlockLine()).Batch(t), press, mixer, line2, oil)
	for _, c := range []struct {
		name string
		q    series.Query
		want []account.Interval
	}{
		{"all", series.Query{}, []account.Interval{mixer, press, line2, oil}},
		{"site", series.Query{Site: "tan-thinh-phat"}, []account.Interval{mixer, press, line2}},
		{"line of two sites", series.Query{Line: "block-line"}, []account.Interval{mixer, press, oil}},
		{"line of one", series.Query{Site: "tan-thinh-phat", Line: "block-line"}, []account.Interval{mixer, press}},
		{"machine", series.Query{Machine: "press"}, []account.Interval{press, line2, oil}},
		{"all three", series.Query{Site: "oceanline", Line: "block-line", Machine: "press"}, []account.Interval{oil}},
		{"signals are not looked at", series.Query{Machine: "mixer-2", Signals: []string{"press.cycles"}}, []account.Interval{mixer}},
		{"unknown", series.Query{Machine: "mixer"}, nil},
		{"not a name", series.Query{Line: `x' OR "machine" = 'press`}, nil},
		{"not a name either", series.Query{Line: `\' OR 1=1 --`}, nil},
	} {
		t.Run(c.name, func(t *testing.T) { wantIntervals(t, store, c.q, c.want...) })
	}
}

func intervalsByTime(t *testing.T, store series.Store) {
	all := []account.Interval{full(0), full(1), full(2), full(3)}
	write(t, store, NewGateway(BlockLine()).Batch(t), all...)
	for _, c := range []struct {
		name     string
		from, to time.Time
		want     []account.Interval
	}{
		{"from is included", all[1].Start, time.Time{}, all[1:]},
		{"to is not", time.Time{}, all[2].Start, all[:2]},
		{"both", all[1].Start, all[3].Start, all[1:3]},
		{"within a minute", all[1].Start.Add(1), all[2].Start.Add(1), all[2:3]},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantIntervals(t, store, series.Query{Line: "block-line", From: c.from, To: c.to}, c.want...)
			wantIntervals(t, store, series.Query{From: c.from, To: c.to}, c.want...)
		})
	}
}

func intervalsInOrder(t *testing.T, store series.Store) {
	want := []account.Interval{
		bare("b", "m1", "p2", 0), bare("a", "m2", "p1", 0), bare("a", "m2", "p3", 0), bare("a", "m3", "", 0), bare("a", "m3", "p0", 0),
		bare("c", "m0", "", 1), bare("a", "m1", "p1", 1),
	}
	write(t, store, NewGateway(BlockLine()).Batch(t), want[6], want[1], want[4], want[2])
	write(t, store, NewGateway(BlockLine()).Batch(t), want[3], want[5], want[0])
	wantIntervals(t, store, series.Query{}, want...)
}
