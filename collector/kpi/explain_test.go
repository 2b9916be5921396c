package kpi

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/record"
)

// evaluator works a formula out from its terms, with + - * / and brackets. A term that is null, or a
// division by 0, makes all of it null.
type evaluator struct {
	tokens  []string
	terms   map[string]*float64
	unknown []string // names that are no terms
	null    bool
	used    map[string]bool
}

func evaluate(e Explanation) (value float64, ev *evaluator) {
	spaced := strings.NewReplacer("(", " ( ", ")", " ) ").Replace(e.Formula)
	ev = &evaluator{tokens: strings.Fields(spaced), terms: map[string]*float64{}, used: map[string]bool{}}
	for _, t := range e.Terms {
		ev.terms[t.Name] = t.Value
	}
	return ev.sum(), ev
}

func (e *evaluator) next(of string) (op string, ok bool) {
	if len(e.tokens) > 0 && strings.Contains(of, e.tokens[0]) {
		op, e.tokens = e.tokens[0], e.tokens[1:]
		return op, true
	}
	return "", false
}

func (e *evaluator) sum() float64 {
	v := e.product()
	for op, ok := e.next("+-"); ok; op, ok = e.next("+-") {
		if op == "+" {
			v += e.product()
		} else {
			v -= e.product()
		}
	}
	return v
}

func (e *evaluator) product() float64 {
	v := e.factor()
	for op, ok := e.next("*/"); ok; op, ok = e.next("*/") {
		f := e.factor()
		if op == "*" {
			v *= f
			continue
		}
		e.null = e.null || f == 0
		v /= f
	}
	return v
}

func (e *evaluator) factor() float64 {
	if _, ok := e.next("("); ok {
		v := e.sum()
		if _, ok := e.next(")"); !ok {
			e.unknown = append(e.unknown, "no bracket")
		}
		return v
	}
	if len(e.tokens) == 0 {
		e.unknown = append(e.unknown, "the end")
		return 0
	}
	name := e.tokens[0]
	e.tokens = e.tokens[1:]
	v, ok := e.terms[name]
	if !ok || !unicode.IsLetter(rune(name[0])) {
		e.unknown = append(e.unknown, name)
	}
	e.used[name] = true
	if v == nil {
		e.null = true
		return 0
	}
	return *v
}

// checkExplanations works out each formula of a row and holds it against the figure beside it and in the row.
func checkExplanations(t *testing.T, r Row) {
	t.Helper()
	inRow := map[string]*float64{
		"availability": r.Availability, "effectiveness": r.Effectiveness, "quality_ratio": r.QualityRatio, "oee": r.OEE,
		"scrap_ratio": r.ScrapRatio, "energy_per_unit_kwh": r.EnergyPerUnitKWh, "coverage": r.Coverage,
		"nee": r.NEE, "setup_ratio": r.SetupRatio, "technical_efficiency": r.TechnicalEfficiency, "allocation_efficiency": r.AllocationEfficiency,
		"utilisation_efficiency": r.UtilisationEfficiency, "throughput_per_hour": r.ThroughputPerHour, "mtbf_s": r.MTBFS, "mttr_s": r.MTTRS,
		"rework_ratio": r.ReworkRatio, "first_pass_yield": r.FirstPassYield, "energy_per_good_unit_kwh": r.EnergyPerGoodUnitKWh, "material_yield": r.MaterialYield,
		"labour_productivity": r.LabourProductivity, "worker_efficiency": r.WorkerEfficiency,
		"produced_quantity": asFloat(r.ProducedQuantity), "good_quantity": asFloat(r.GoodQuantity),
	}
	for _, e := range r.Explain {
		value, ev := evaluate(e)
		if len(ev.unknown) > 0 || len(ev.tokens) > 0 {
			t.Errorf("%s: %q names %q, which are no terms; left over %q", e.KPI, e.Formula, ev.unknown, ev.tokens)
		}
		for _, term := range e.Terms {
			if !ev.used[term.Name] {
				t.Errorf("%s: %q does not use its term %s", e.KPI, e.Formula, term.Name)
			}
		}
		want, known := inRow[e.KPI]
		if !known || !same(e.Value, want) {
			t.Errorf("%s: explained as %s, in the row %s", e.KPI, number(e.Value), number(want))
		}
		if ev.null != (e.Value == nil) || e.Value != nil && math.Abs(value-*e.Value) > 1e-12*math.Max(1, math.Abs(value)) {
			t.Errorf("%s = %s: worked out %g (undefined %t), given %s", e.KPI, e.Formula, value, ev.null, number(e.Value))
		}
	}
}

func same(a, b *float64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

func asFloat(n *int64) *float64 {
	if n == nil {
		return nil
	}
	return count(*n)
}

func TestExplanationsWorkOut(t *testing.T) {
	late := minute(0, record.Execute)
	late.Produced, late.Good, late.Late, late.UnitsPerCycle = 260, 260, 130, 26
	ownGood := minute(0, record.Execute)
	ownGood.Produced, ownGood.Good, ownGood.Scrap = 100, 95, 1
	otherPace := minute(1, record.Execute)
	otherPace.Produced, otherPace.Good, otherPace.PlannedCycle = 10, 10, 1500000
	noPace := minute(1, record.Execute)
	noPace.Produced, noPace.Good, noPace.PlannedCycle = 10, 10, 0
	energy := minute(1, record.Execute)
	energy.EnergyJ, energy.Metered, energy.Produced = 123457, true, 7
	for _, test := range []struct {
		name      string
		intervals []account.Interval
	}{
		{"classic", classicShift()},
		{"late units of a mould of 26", []account.Interval{late}},
		{"good has its own counter", []account.Interval{ownGood}},
		{"two paces", []account.Interval{ownGood, otherPace}},
		{"no pace", []account.Interval{noPace}},
		{"a pace and none", []account.Interval{ownGood, noPace}},
		{"energy", []account.Interval{ownGood, energy}},
		{"idle", []account.Interval{minute(0, record.Idle)}},
		{"nothing observed", []account.Interval{{Machine: "press", Start: monday, Produced: 5, Good: 5, Late: 5}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			checkExplanations(t, whole(t, model(t, dayShift(), "press"), hours(0, 8), test.intervals...))
		})
	}
	for _, by := range []By{Whole, ByMachine, ByProduct, ByShift, ByHour, ByDay, ByWeek, ByOrder} {
		t.Run(fmt.Sprintf("random days by %q", by), func(t *testing.T) {
			for _, r := range compute(t, model(t, twoShifts(), "press", "press-2"), hours(0, 72), by, randomDays(2)...) {
				checkExplanations(t, r)
			}
		})
	}
}

// TestExplanationInWords is what a plant manager reads of a mould of 26 blocks.
func TestExplanationInWords(t *testing.T) {
	i := minute(0, record.Execute)
	i.Produced, i.Good, i.Scrap, i.UnitsPerCycle, i.PlannedCycle = 104, 101, 3, 26, 15e9
	var got []string
	for _, e := range whole(t, model(t, nil, "press"), hours(0, 1./60), i).Explain[:2] {
		terms := make([]string, len(e.Terms))
		for n, term := range e.Terms {
			terms[n] = fmt.Sprintf("%s %s %s", term.Name, number(term.Value), term.Unit)
		}
		got = append(got, fmt.Sprintf("%s %s = %s: %s", e.KPI, number(e.Value), e.Formula, strings.Join(terms, ", ")))
	}
	want := []string{
		"produced_quantity 104 = cycles * units_per_cycle: cycles 4 cycle, units_per_cycle 26 unit/cycle",
		"good_quantity 101 = produced_quantity - scrap_quantity: produced_quantity 104 unit, scrap_quantity 3 unit",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
