package kpi

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/record"
)

// classicShift is the worked example of OEE textbooks: 480 minutes, 60 of them breaks, 47 down, an ideal
// cycle of 1.0 s, 19,271 pieces of which 423 are rejected.
func classicShift() []account.Interval {
	var all []account.Interval
	down, made, rejected := 47, int64(19271), int64(423)
	for n := range 480 {
		state := record.Execute
		switch h := n / 30; {
		case h == 6 || h == 10: // 09:00 and 11:00
			state = record.Idle
		case down > 0:
			state, down = record.Aborted, down-1
		}
		i := minute(n, state)
		if state == record.Execute {
			i.Produced = min(made, 52)
			made -= i.Produced
			i.Scrap = min(rejected, 2)
			rejected -= i.Scrap
			i.Good = i.Produced - i.Scrap
		}
		all = append(all, i)
	}
	return all
}

func TestClassicExample(t *testing.T) {
	r := whole(t, model(t, dayShift(), "press"), hours(0, 8), classicShift()...)
	for _, test := range []struct{ name, got, want string }{
		{"availability", percent(r.Availability), "88.81 %"},
		{"effectiveness", percent(r.Effectiveness), "86.11 %"},
		{"quality ratio", percent(r.QualityRatio), "97.80 %"},
		{"oee", percent(r.OEE), "74.79 %"},
		{"coverage", percent(r.Coverage), "100.00 %"},
		{"scrap ratio", percent(r.ScrapRatio), "2.20 %"},
		{"produced", number(r.ProducedQuantity), "19271"},
		{"good", number(r.GoodQuantity), "18848"},
		{"scrap", number(r.ScrapQuantity), "423"},
		{"planned busy time", number(&r.PlannedBusyTimeS), "25200"},
		{"production time", number(&r.ActualProductionTimeS), "22380"},
		{"idle in breaks", number(ptr(r.StateS["idle"])), "3600"},
		{"energy", number(r.EnergyKWh), "null"},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, test.got, test.want)
		}
	}
}

func ptr[T any](v T) *T { return &v }

// TestUndefined: a denominator of 0 gives null, and so does what nobody knows.
func TestUndefined(t *testing.T) {
	idle := minute(0, record.Idle)
	unknownPace := minute(0, record.Execute)
	unknownPace.PlannedCycle, unknownPace.Produced, unknownPace.Good = 0, 10, 10
	nothing := minute(0, record.Execute)
	mixed := minute(1, record.Execute)
	mixed.Produced, mixed.Good = 10, 10
	for _, test := range []struct {
		name      string
		window    record.Span
		intervals []account.Interval
		produced  string
		// availability, effectiveness, quality ratio, oee, coverage
		want [5]string
	}{
		{"no intervals", hours(0, 1), nil, "null", [5]string{"null", "null", "null", "null", "0.00 %"}},
		{"no intervals, nothing planned", hours(10, 11), nil, "null", [5]string{"null", "null", "null", "null", "null"}},
		{"idle all the time", hours(0, 1./60), []account.Interval{idle}, "0", [5]string{"0.00 %", "null", "null", "null", "100.00 %"}},
		{"runs and makes nothing", hours(0, 1./60), []account.Interval{nothing}, "0", [5]string{"100.00 %", "0.00 %", "null", "null", "100.00 %"}},
		{"no planned cycle", hours(0, 1./60), []account.Interval{unknownPace}, "10", [5]string{"100.00 %", "null", "100.00 %", "null", "100.00 %"}},
		{"one of two products has none", hours(0, 2./60), []account.Interval{unknownPace, mixed}, "20", [5]string{"100.00 %", "null", "100.00 %", "null", "100.00 %"}},
		{"an empty window", hours(1, 1), nil, "null", [5]string{"null", "null", "null", "null", "null"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := whole(t, model(t, dayShift(), "press"), test.window, test.intervals...)
			got := [5]string{percent(r.Availability), percent(r.Effectiveness), percent(r.QualityRatio), percent(r.OEE), percent(r.Coverage)}
			if got != test.want || number(r.ProducedQuantity) != test.produced {
				t.Errorf("got %v, produced %s, want %v, produced %s", got, number(r.ProducedQuantity), test.want, test.produced)
			}
		})
	}
}

// TestUnobserved: hours without data lower coverage, not availability; units that were found afterwards
// count, but not in effectiveness, whose time nobody saw.
func TestUnobserved(t *testing.T) {
	var all []account.Interval
	for n := range 60 {
		i := minute(n, record.Execute)
		i.Produced, i.Good = 30, 30
		all = append(all, i)
	}
	back := minute(120, record.Execute)
	back.Produced, back.Good, back.Late = 1030, 1030, 1000
	half := minute(121, record.Execute)
	half.States[record.Execute] = 30_000
	r := whole(t, model(t, dayShift(), "press"), hours(0, 122./60), append(all, back, half)...)
	for _, test := range []struct{ name, got, want string }{
		{"availability", percent(r.Availability), "100.00 %"},
		{"coverage", percent(r.Coverage), "50.41 %"},
		{"effectiveness", percent(r.Effectiveness), "49.59 %"},
		{"produced", number(r.ProducedQuantity), "2830"},
		{"late", number(&r.LateQuantity), "1000"},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, test.got, test.want)
		}
	}
}

// TestOvertime: work outside the calendar is planned busy time as far as the machine worked.
func TestOvertime(t *testing.T) {
	before, idle := minute(8*60, record.Execute), minute(8*60+1, record.Idle)
	before.Produced, before.Good = 60, 60
	r := whole(t, model(t, dayShift(), "press"), hours(7, 9), minute(7*60, record.Execute), before, idle)
	if r.OvertimeS != 60 || r.PlannedBusyTimeS != 3660 || r.ObservedBusyTimeS != 120 || r.StateS["idle"] != 60 {
		t.Errorf("overtime %g, planned %g, observed %g s, idle %g", r.OvertimeS, r.PlannedBusyTimeS, r.ObservedBusyTimeS, r.StateS["idle"])
	}
	if got := percent(r.Availability); got != "100.00 %" {
		t.Errorf("availability %s: idle time that nobody planned is no loss", got)
	}
	inBreak := whole(t, model(t, dayShift(), "press"), hours(3, 3.5), minute(3*60+5, record.Execute))
	if inBreak.OvertimeS != 60 || inBreak.PlannedBusyTimeS != 60 {
		t.Errorf("worked through a break: overtime %g, planned %g", inBreak.OvertimeS, inBreak.PlannedBusyTimeS)
	}
}

// TestTwoOutputMachines: two presses side by side have twice the time, and a mixer is not output.
func TestTwoOutputMachines(t *testing.T) {
	m := Model{Calendar: model(t, dayShift()).Calendar, Machines: []string{"mixer", "press", "press-2"}, Output: []string{"press", "press-2"}}
	var all []account.Interval
	for n := range 60 {
		a, b, mixer := minute(n, record.Execute), minute(n, record.Execute), minute(n, record.Execute)
		b.Machine, mixer.Machine = "press-2", "mixer"
		if n%2 == 0 {
			b.States = [record.NumStates]int64{record.Held: 60_000}
		} else {
			b.Produced, b.Good = 60, 60
		}
		a.Produced, a.Good = 60, 60
		mixer.Produced, mixer.Good = 1, 1
		all = append(all, mixer, a, b)
	}
	r := whole(t, m, hours(0, 1), all...)
	if r.PlannedBusyTimeS != 7200 || percent(r.Availability) != "75.00 %" || percent(r.OEE) != "75.00 %" || *r.ProducedQuantity != 5400 || percent(r.Coverage) != "100.00 %" {
		t.Errorf("planned %g s, availability %s, oee %s, produced %d, coverage %s", r.PlannedBusyTimeS, percent(r.Availability), percent(r.OEE), *r.ProducedQuantity, percent(r.Coverage))
	}
	var got []string
	for _, row := range compute(t, m, hours(0, 1), ByMachine, all...) {
		got = append(got, row.Machine+" "+number(row.ProducedQuantity)+" "+percent(row.Availability)+" "+number(&row.PlannedBusyTimeS))
	}
	want := []string{"mixer 60 100.00 % 3600", "press 3600 100.00 % 3600", "press-2 1800 50.00 % 3600"}
	if !slices.Equal(got, want) {
		t.Errorf("by machine %q, want %q", got, want)
	}
}

func TestFlags(t *testing.T) {
	with := func(change func(i *account.Interval)) account.Interval {
		i := minute(0, record.Execute)
		i.Produced, i.Good, i.Scrap = 50, 49, 1
		change(&i)
		return i
	}
	for _, test := range []struct {
		name     string
		interval account.Interval
		want     []string
	}{
		{"nothing to say", with(func(*account.Interval) {}), nil},
		{"faster than its planned cycle", with(func(i *account.Interval) { i.Produced, i.Good = 80, 79 }), []string{"oee_over_1"}},
		{"never a reject", with(func(i *account.Interval) {
			i.Produced, i.Good, i.Scrap, i.PlannedCycle = 1000, 1000, 0, time.Millisecond
		}), []string{"quality_exactly_1"}},
		{"never a reject of a few", with(func(i *account.Interval) { i.Produced, i.Good, i.Scrap, i.PlannedCycle = 999, 999, 0, time.Millisecond }), nil},
		{"suspect", with(func(i *account.Interval) { i.Suspect = 1 }), []string{"suspect_counts"}},
		{"reset", with(func(i *account.Interval) { i.Resets = 1 }), []string{"counter_reset"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := whole(t, model(t, dayShift(), "press"), hours(0, 1), test.interval).Flags; !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestEnergyPerUnit(t *testing.T) {
	i := minute(0, record.Execute)
	i.Produced, i.Good, i.EnergyJ, i.Metered = 400, 400, 7_200_000, true
	r := whole(t, model(t, nil, "press"), hours(0, 1), i)
	if number(r.EnergyKWh) != "2" || number(r.EnergyPerUnitKWh) != "0.005" {
		t.Errorf("got %s kWh, %s a unit", number(r.EnergyKWh), number(r.EnergyPerUnitKWh))
	}
	i.Produced, i.EnergyJ = 0, 0
	r = whole(t, model(t, nil, "press"), hours(0, 1), i)
	if number(r.EnergyKWh) != "0" || number(r.EnergyPerUnitKWh) != "null" {
		t.Errorf("metered and nothing used: got %s kWh, %s a unit", number(r.EnergyKWh), number(r.EnergyPerUnitKWh))
	}
}

func TestComputeRefuses(t *testing.T) {
	if _, err := Compute(each(nil), model(t, nil), hours(0, 1), "year"); err == nil || err.Error() != `kpi by "year": is none of machine, product, order, shift, hour, day, week` {
		t.Errorf("got %v", err)
	}
	broken := errors.New("the disk is gone")
	failing := func(yield func(account.Interval, error) bool) { yield(account.Interval{}, broken) }
	if _, err := Compute(failing, model(t, nil), hours(0, 1), Whole); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}
