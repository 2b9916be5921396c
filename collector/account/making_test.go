package account

import (
	"slices"
	"testing"

	"github.com/lineproof/lineproof/record"
)

// together makes one batch of two signals' scripts without a cut.
func together(t *testing.T, polls map[string]string) (b record.Batch) {
	t.Helper()
	for signal, text := range polls {
		one := script(t, signal, text)[0]
		b.Readings = append(b.Readings, one.Readings...)
		if len(b.Observed) == 0 || one.Observed[0].Spans[0].Duration() > b.Observed[0].Spans[0].Duration() {
			b.Observed = one.Observed
		}
	}
	slices.SortStableFunc(b.Readings, func(a, b record.Reading) int { return a.Time.Compare(b.Time) })
	return b
}

func makingCatalogue() record.Catalogue {
	cat := catalogue(map[string]record.Signal{
		"press.cycles": {Counter: true, Width: 16}, "press.state": stateSignal, "press.recipe": {}, "press.order": {},
		"press.in": {Counter: true, Width: 32, Unit: "kg"}, "press.out": {Counter: true, Width: 32, Unit: "g"},
	}, record.Machine{
		Product: &record.Product{Code: "Z"}, ProductFrom: "press.recipe", OrderFrom: "press.order", State: "press.state",
		Produced: &record.Count{From: "press.cycles", Times: record.UnitsPerCycle}, MaterialIn: "press.in", ProductOut: "press.out",
	})
	l := cat.Lines["block-line"]
	l.Products = map[string]record.Product{
		"1": {Code: "GB-390", UnitsPerCycle: 26, PlannedCycle: seconds(15)}, "EB-7": {Code: "EB-07", UnitsPerCycle: 2},
	}
	cat.Lines["block-line"] = l
	return cat
}

func TestProductsAndOrders(t *testing.T) {
	for _, test := range []struct {
		name  string
		polls map[string]string
		want  string
	}{
		{"until a signal says one, it is the machine's own", map[string]string{"press.cycles": "0=1 10=2", "press.recipe": "0? 10?"},
			"06:00 Z produced=1 good=1"},
		{"what a poll sees was made before", map[string]string{"press.cycles": "0=1 10=2 20=3 30=4", "press.recipe": "0=1 20=EB-7"},
			lines("06:00 EB-07 produced=2 good=2", "06:00 GB-390 produced=52 good=52")},
		{"time is cut where it changes", map[string]string{"press.state": "0=1 10=1 20=1 30=4 35=4", "press.recipe": "0=1 20=EB-7"},
			lines("06:00 EB-07 [20000:execute 30000:idle 35000:-]", "06:00 GB-390 [0:execute 20000:-]")},
		{"there and back in a minute", map[string]string{"press.state": "0=1 10=1 20=1 30=1", "press.recipe": "0=1 10=EB-7 20=1"},
			lines("06:00 EB-07 [10000:execute 20000:-]", "06:00 GB-390 [0:execute 10000:- 20000:execute 30000:-]")},
		{"one that the line does not list", map[string]string{"press.cycles": "0=1 10=2", "press.recipe": "0=77"},
			"06:00 77 produced=1 good=1"},
		{"orders", map[string]string{"press.cycles": "0=1 10=2 20=3 30=5", "press.recipe": "0=1", "press.order": "0=0 10=117 20=118"},
			lines("06:00 GB-390 produced=26 good=26", "06:00 GB-390 117 produced=26 good=26", "06:00 GB-390 118 produced=52 good=52")},
		{"material", map[string]string{"press.in": "0=100 10=103", "press.out": "0=5 10=2905", "press.recipe": "0=1"},
			"06:00 GB-390 material=3000 output=2900"},
	} {
		t.Run(test.name, func(t *testing.T) {
			k := newKeep(t).fold(makingCatalogue(), together(t, test.polls))
			if got := k.String(); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			for _, i := range k.book {
				checkTimeline(t, i)
			}
		})
	}
	k := newKeep(t).fold(makingCatalogue(), together(t, map[string]string{"press.state": "0=1 10=1 20=1", "press.recipe": "0=1"}))
	again := together(t, map[string]string{"press.state": "10=1 20=1 25=1", "press.recipe": "10=EB-7"})
	if got, want := k.fold(makingCatalogue(), again).String(), lines("06:00 EB-07 [20000:execute 25000:-]", "06:00 GB-390 [0:execute 20000:-]"); got != want {
		t.Errorf("seconds that are told twice, of another product: got\n%s\nwant\n%s", got, want)
	}
}
