package account

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/lineproof/lineproof/record"
)

// TestTwoMachinesOnOneDevice: both count on the same PLC, and one of them has its own product.
func TestTwoMachinesOnOneDevice(t *testing.T) {
	cat := catalogueOf(map[string]record.Signal{
		"plc.a": {Counter: true, Width: 16}, "plc.b": {Counter: true, Width: 16}, "plc.state": stateSignal,
	}, map[string]record.Machine{
		"b": {Produced: &record.Count{From: "plc.b"}, State: "plc.state"},
		"a": {Produced: &record.Count{From: "plc.a"}, State: "plc.state", Product: &record.Product{Code: "GB-390", PlannedCycle: seconds(15), UnitsPerCycle: 26}},
	})
	batch := record.Batch{Observed: []record.Observed{{Device: "plc", Spans: []record.Span{{From: at(50), To: at(70)}}}}}
	for signal, values := range map[string][3]int64{"plc.a": {1, 2, 4}, "plc.b": {7, 7, 9}, "plc.state": {1, 1, 4}} {
		for i, v := range values {
			batch.Readings = append(batch.Readings, record.Reading{Signal: signal, Time: at(50 + 10*float64(i)), Value: record.IntValue(v), Quality: record.Good})
		}
	}
	state := NewState()
	changed := state.Fold(batch, cat)
	var got []string
	for _, i := range changed {
		got = append(got, line(i))
	}
	want := []string{
		"06:00 a GB-390 produced=1 good=1 [50000:execute]",
		"06:00 b [50000:execute]",
		"06:01 a GB-390 produced=2 good=2 [0:execute 10000:-]",
		"06:01 b produced=2 good=2 [0:execute 10000:-]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if i := changed[0]; i.PlannedCycle != 15*time.Second || i.UnitsPerCycle != 26 || changed[1].UnitsPerCycle != 1 {
		t.Errorf("planned cycle %s of %d units, and of %d", i.PlannedCycle, i.UnitsPerCycle, changed[1].UnitsPerCycle)
	}
}

// TestProductChange: what the next catalogue's batches bring belongs to its product, from the same minute on.
func TestProductChange(t *testing.T) {
	of := func(code string, units int64) record.Catalogue {
		return catalogue(map[string]record.Signal{"press.cycles": {Counter: true, Width: 16}}, record.Machine{
			Product: &record.Product{Code: code, UnitsPerCycle: units}, Produced: &record.Count{From: "press.cycles", Times: record.UnitsPerCycle},
		})
	}
	batches := script(t, "press.cycles", "0=10 10=11 20=12 | 30=13 40=14 | 50=15 60=16 70=17")
	k := newKeep(t).fold(of("Z", 26), batches[0]).fold(of("A", 12), batches[1]).fold(of("Z", 26), batches[2])
	want := lines("06:00 A produced=24 good=24", "06:00 Z produced=104 good=104", "06:01 Z produced=26 good=26")
	if got := k.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	whole := record.Batch{}
	for _, b := range script(t, "press.cycles", "100=18 110=19") {
		whole = b
	}
	var order []string
	for _, i := range k.state.Fold(whole, of("M", 1)) {
		order = append(order, i.Product)
	}
	if !slices.Equal(order, []string{"M"}) {
		t.Errorf("the batch changed %q, want only M: intervals of other products did not grow", order)
	}
}

// TestChangedInOrder: time, then line, machine and product.
func TestChangedInOrder(t *testing.T) {
	of := func(code string) record.Catalogue {
		return catalogue(map[string]record.Signal{"press.state": stateSignal}, record.Machine{Product: &record.Product{Code: code}, State: "press.state"})
	}
	state := NewState()
	batches := script(t, "press.state", "0=1 10=1 | 20=1 30=1")
	state.Fold(batches[0], of("Z"))
	state.Fold(batches[1], of("A"))
	both := of("A")
	both.Lines["a-line"] = record.Line{Machines: map[string]record.Machine{"x": {State: "press.state"}}}
	var got []string
	for _, i := range state.Fold(script(t, "press.state", "40=1 50=1 60=1 70=1")[0], both) {
		got = append(got, i.Start.Format("15:04 ")+i.Line+" "+i.Machine+" "+i.Product)
	}
	want := []string{"06:00 a-line x ", "06:00 block-line press A", "06:01 a-line x ", "06:01 block-line press A"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTimeSetBack: time that is set back does not write over minutes that are final.
func TestTimeSetBack(t *testing.T) {
	cat := catalogue(map[string]record.Signal{"press.cycles": {Counter: true, Width: 16}, "press.state": stateSignal},
		record.Machine{Produced: &record.Count{From: "press.cycles"}})
	k := newKeep(t).fold(cat, script(t, "press.cycles", "590=1 600=2 | 0=3 10=5")...)
	want := lines("06:00 produced=3 good=3 late=1", "06:09 produced=1 good=1")
	if got := k.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDecodeStateRefuses(t *testing.T) {
	if _, err := DecodeState([]byte(`{"machines":7}`)); err == nil ||
		err.Error() != "account state: json: cannot unmarshal number into Go struct field State.machines of type map[string]*account.Machine" {
		t.Errorf("got %v", err)
	}
	var none *State
	s, err := none.Clone()
	if err != nil || !reflect.DeepEqual(NewState(), s) {
		t.Errorf("a copy of no state is %v, %v", s, err)
	}
}

// TestCloneSharesNothing folds on with a copy and finds the original as it was.
func TestCloneSharesNothing(t *testing.T) {
	cat := catalogue(map[string]record.Signal{"press.cycles": {Counter: true, Width: 16}}, record.Machine{Produced: &record.Count{From: "press.cycles"}})
	batches := script(t, "press.cycles", "0=1 10=2 | 20=3 30=9")
	state := NewState()
	emitted := state.Fold(batches[0], cat)
	before, err := state.Encode()
	if err != nil {
		t.Fatal(err)
	}
	first := line(emitted[0])
	next, err := state.Clone()
	if err != nil {
		t.Fatal(err)
	}
	next.Fold(batches[1], cat)
	if after, err := state.Encode(); err != nil || string(after) != string(before) {
		t.Errorf("folding the copy changed the original, %v", err)
	}
	state.Fold(batches[1], cat)
	if got := line(emitted[0]); got != first {
		t.Errorf("an interval that was given out grew from %s to %s", first, got)
	}
}
