package seriestest

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

func readingCases() []testCase {
	return []testCase{
		{"every kind of value", everyKind},
		{"names that databases keep for themselves", reservedNames},
		{"missing and uncertain", qualities},
		{"windows", windows},
		{"written twice", readingsTwice},
		{"written anew", readingsAnew},
		{"by site and line", readingsByPlace},
		{"by signal", readingsBySignal},
		{"by time", readingsByTime},
		{"in order", readingsInOrder},
		{"moved to another machine", readingsMoved},
		{"ten thousand", tenThousand},
	}
}

func good(signal string, d time.Duration, v record.Value) record.Reading {
	return record.Reading{Signal: signal, Time: at(d), Value: v, Quality: record.Good}
}

func count(signal string, d time.Duration, n int64) record.Reading {
	return good(signal, d, record.IntValue(n))
}

func everyKind(t *testing.T, store series.Store) {
	values := []struct {
		name  string
		value record.Value
	}{
		{"int-zero", record.IntValue(0)},
		{"int-most", record.IntValue(math.MaxInt64)},
		{"int-least", record.IntValue(math.MinInt64)},
		{"int-over-2-53", record.IntValue(1<<53 + 1)},
		{"uint", record.UintValue(65535)},
		{"uint-of-int", record.UintValue(math.MaxInt64)},
		{"float", record.FloatValue(0.1)},
		{"float-whole", record.FloatValue(3)},
		{"float-minus-zero", record.FloatValue(math.Copysign(0, -1))},
		{"float-most", record.FloatValue(math.MaxFloat64)},
		{"float-least", record.FloatValue(math.SmallestNonzeroFloat64)},
		{"on", record.BoolValue(true)},
		{"off", record.BoolValue(false)},
		{"text", record.TextValue("Gạch bê tông 390, loại \"A\"")},
		{"text-empty", record.TextValue("")},
		{"text-of-signs", record.TextValue(`a\ b\\, c=1 'd' "e\"`)},
		{"text-of-lines", record.TextValue("a\nb\tc")},
		{"text-of-number", record.TextValue("3")},
	}
	g := NewGateway(BlockLine())
	var readings []record.Reading
	for _, v := range values {
		readings = append(readings, good("press."+v.name, 0, v.value))
	}
	write(t, store, g.Batch(t, readings...))
	wantReadings(t, store, series.Query{}, readings...)
	for _, r := range readings {
		wantReadings(t, store, series.Query{Signals: []string{r.Signal}}, r)
	}
}

func reservedNames(t *testing.T, store series.Store) {
	g := NewGateway(BlockLine())
	var readings []record.Reading
	for n, name := range []string{
		"press.time", "press.site", "press.line", "press.machine", "press.device", "press.line_", "press.name", "press.value",
		"press.select", "press.signal", "press.a-b_c", "mixer-2.time", "power_factor", "time", "device",
	} {
		readings = append(readings, count(name, 0, int64(n)))
	}
	write(t, store, g.Batch(t, readings...))
	wantReadings(t, store, series.Query{}, readings...)
	for _, r := range readings {
		wantReadings(t, store, series.Query{Signals: []string{r.Signal}, Site: g.Catalogue.Site}, r)
	}
}

func qualities(t *testing.T, store series.Store) {
	readings := []record.Reading{
		count("press.cycles", 0, 7),
		{Signal: "press.cycles", Time: at(time.Second)},
		{Signal: "press.cycles", Time: at(2 * time.Second), Value: record.IntValue(8), Quality: record.Uncertain},
		{Signal: "press.never", Time: at(time.Second)},
		{Signal: "press.label", Time: at(time.Second), Value: record.TextValue("missing"), Quality: record.Good},
	}
	write(t, store, NewGateway(BlockLine()).Batch(t, readings...))
	wantReadings(t, store, series.Query{}, readings...)
	wantReadings(t, store, series.Query{Signals: []string{"press.never"}}, readings[3])
}

func windows(t *testing.T, store series.Store) {
	window := func(min, max float64) *record.Window {
		return &record.Window{Count: math.MaxUint32, Min: min, Max: max, Span: 10 * time.Second}
	}
	readings := []record.Reading{
		{Signal: "press.pressure", Time: at(0), Value: record.FloatValue(20.5), Quality: record.Good, Window: window(20, 21)},
		{Signal: "press.pressure", Time: at(time.Minute), Value: record.FloatValue(20), Quality: record.Uncertain, Window: window(-3, 1e300)},
		{Signal: "press.pressure", Time: at(2 * time.Minute), Window: window(0, 0)},
		good("press.single", 0, record.FloatValue(1)),
	}
	write(t, store, NewGateway(BlockLine()).Batch(t, readings...))
	wantReadings(t, store, series.Query{}, readings...)
	wantReadings(t, store, series.Query{Signals: []string{"press.pressure"}}, readings[:3]...)
}

func readingsTwice(t *testing.T, store series.Store) {
	readings := []record.Reading{
		count("press.cycles", 0, 1), count("press.cycles", time.Second, 2), {Signal: "press.cycles", Time: at(2 * time.Second)},
		good("mixer-2.moisture", 0, record.FloatValue(4.5)),
	}
	v := NewGateway(BlockLine()).Batch(t, readings...)
	for range 3 {
		write(t, store, v)
		wantReadings(t, store, series.Query{}, readings...)
	}
}

func readingsAnew(t *testing.T, store series.Store) {
	g := NewGateway(BlockLine())
	write(t, store, g.Batch(t,
		count("press.cycles", 0, 1), count("press.cycles", time.Second, 2), count("press.cycles", 2*time.Second, 3),
		count("meter.energy", 0, 100)))
	anew := []record.Reading{
		count("press.cycles", 0, 10),
		{Signal: "press.cycles", Time: at(time.Second), Value: record.IntValue(20), Quality: record.Uncertain},
		{Signal: "press.cycles", Time: at(2 * time.Second)},
	}
	write(t, store, g.Batch(t, anew...))
	wantReadings(t, store, series.Query{}, append(anew, count("meter.energy", 0, 100))...)
}

func readingsByPlace(t *testing.T, store series.Store) {
	cycles, energy, rain := count("press.cycles", 0, 1), count("meter.energy", 0, 2), count("weather.rain", 0, 3)
	oil := count("press.cycles", time.Second, 4)
	write(t, store, NewGateway(BlockLine()).Batch(t, cycles, energy, rain))
	write(t, store, NewGateway(OilLine()).Batch(t, oil))
	for _, c := range []struct {
		name string
		q    series.Query
		want []record.Reading
	}{
		{"all", series.Query{}, []record.Reading{cycles, energy, rain, oil}},
		{"site", series.Query{Site: "tan-thinh-phat"}, []record.Reading{cycles, energy, rain}},
		{"line", series.Query{Line: "block-line"}, []record.Reading{cycles, energy}},
		{"line of the site", series.Query{Site: "oceanline", Line: "oil-line"}, []record.Reading{oil}},
		{"line of another site", series.Query{Site: "oceanline", Line: "block-line"}, nil},
		{"signal of two sites", series.Query{Signals: []string{"press.cycles"}}, []record.Reading{cycles, oil}},
		{"signal and site", series.Query{Site: "oceanline", Signals: []string{"press.cycles", "meter.energy"}}, []record.Reading{oil}},
		{"machine is not looked at", series.Query{Line: "oil-line", Machine: "mixer-2"}, []record.Reading{oil}},
		{"unknown", series.Query{Site: "nowhere' OR '1'='1"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) { wantReadings(t, store, c.q, c.want...) })
	}
}

func readingsBySignal(t *testing.T, store series.Store) {
	a, b, c := count("press.cycles", 0, 1), count("press.rejects", 0, 2), count("mixer-2.cycles", 0, 3)
	write(t, store, NewGateway(BlockLine()).Batch(t, a, b, c))
	for _, q := range []struct {
		name    string
		signals []string
		want    []record.Reading
	}{
		{"one", []string{"press.cycles"}, []record.Reading{a}},
		{"two", []string{"press.rejects", "press.cycles"}, []record.Reading{a, b}},
		{"across devices, not all of either", []string{"press.rejects", "mixer-2.cycles"}, []record.Reading{b, c}},
		{"twice the same", []string{"press.cycles", "press.cycles"}, []record.Reading{a}},
		{"one that is not there", []string{"mixer-2.rejects"}, nil},
		{"one that is not there and one that is", []string{"mixer-2.rejects", "press.rejects"}, []record.Reading{b}},
		{"the device alone", []string{"press"}, nil},
		{"not a name", []string{`press.cycles" FROM x; DROP '`, `\`, ""}, nil},
	} {
		t.Run(q.name, func(t *testing.T) { wantReadings(t, store, series.Query{Signals: q.signals}, q.want...) })
	}
}

func readingsByTime(t *testing.T, store series.Store) {
	var all []record.Reading
	for n := range 5 {
		all = append(all, count("press.cycles", time.Duration(n)*time.Millisecond, int64(n)))
	}
	write(t, store, NewGateway(BlockLine()).Batch(t, all...))
	hanoi := time.FixedZone("+07", 7*60*60)
	ms := func(n int) time.Time { return at(time.Duration(n) * time.Millisecond) }
	for _, c := range []struct {
		name     string
		from, to time.Time
		want     []record.Reading
	}{
		{"no bound", time.Time{}, time.Time{}, all},
		{"from is included", ms(2), time.Time{}, all[2:]},
		{"to is not", time.Time{}, ms(2), all[:2]},
		{"both", ms(1), ms(4), all[1:4]},
		{"between two milliseconds", ms(1).Add(time.Microsecond), ms(3).Add(time.Microsecond), all[2:4]},
		{"nothing between", ms(2), ms(2), nil},
		{"backwards", ms(4), ms(1), nil},
		{"another time zone", ms(1).In(hanoi), ms(4).In(hanoi), all[1:4]},
		{"far bounds", time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), all},
	} {
		t.Run(c.name, func(t *testing.T) { wantReadings(t, store, series.Query{From: c.from, To: c.to}, c.want...) })
	}
}

func readingsInOrder(t *testing.T, store series.Store) {
	g := NewGateway(BlockLine())
	late := []record.Reading{count("press.b", time.Second, 1), count("press.b", 3*time.Second, 2), count("a.z", 3*time.Second, 3)}
	early := []record.Reading{
		count("zz.a", 0, 4), count("zz.a", time.Second, 5), count("press.a", time.Second, 6), count("press-2.a", 3*time.Second, 7),
		count("press.a", 3*time.Second, 8),
	}
	write(t, store, g.Batch(t, late...))
	write(t, store, g.Batch(t, early...))
	var got []string
	for _, r := range collect(t, store.Readings(t.Context(), series.Query{})) {
		got = append(got, fmt.Sprintf("%s %s", r.Time.Sub(day), r.Signal))
	}
	wantEqual(t, got, []string{
		"0s zz.a", "1s press.a", "1s press.b", "1s zz.a", "3s a.z", "3s press-2.a", "3s press.a", "3s press.b",
	})
}

// readingsMoved: what was written under one catalogue stays where that one put it.
func readingsMoved(t *testing.T, store series.Store) {
	g := NewGateway(BlockLine())
	before, after := count("press.cycles", 0, 1), count("press.cycles", time.Second, 2)
	write(t, store, g.Batch(t, before))
	g.Catalogue.Lines = map[string]record.Line{"line-2": g.Catalogue.Lines["block-line"]}
	write(t, store, g.Batch(t, after))
	wantReadings(t, store, series.Query{Line: "block-line"}, before)
	wantReadings(t, store, series.Query{Line: "line-2"}, after)
	wantReadings(t, store, series.Query{Signals: []string{"press.cycles"}}, before, after)
}

func tenThousand(t *testing.T, store series.Store) {
	g := NewGateway(BlockLine())
	var all []record.Reading
	for n := range 5 {
		part := batchOf(n*2000, 2000)
		write(t, store, g.Batch(t, part...))
		all = append(all, part...)
	}
	wantReadings(t, store, series.Query{}, all...)
	var one []record.Reading
	for _, r := range all {
		if r.Signal == "press.pressure" {
			one = append(one, r)
		}
	}
	wantReadings(t, store, series.Query{Signals: []string{"press.pressure"}}, one...)
}

// batchOf makes n readings of four signals, from second first/4 on.
func batchOf(first, n int) []record.Reading {
	signals := []string{"press.cycles", "press.pressure", "press.motor_on", "mixer-2.batches"}
	var all []record.Reading
	for s, signal := range signals {
		for i := first / len(signals); i < (first+n)/len(signals); i++ {
			v := []record.Value{
				record.IntValue(int64(i)), record.FloatValue(float64(i) / 8), record.BoolValue(i%2 == 0), record.UintValue(uint64(i) / 60),
			}[s]
			all = append(all, good(signal, time.Duration(i)*time.Second, v))
		}
	}
	return all
}
