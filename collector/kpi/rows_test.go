package kpi

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/record"
)

// twoShifts is a line that works from 06:00 to 22:00, and has a night of its own on Mondays.
func twoShifts() *record.Calendar {
	return &record.Calendar{Shifts: []record.Shift{
		{Name: "early", From: 6 * 60, To: 14 * 60, Breaks: []record.Break{{From: 9 * 60, To: 9*60 + 15}}},
		{Name: "late", From: 14 * 60, To: 22 * 60, Breaks: []record.Break{{From: 18 * 60, To: 18*60 + 30}}},
		{Name: "night", From: 22 * 60, To: 6 * 60, Days: []record.Weekday{record.Weekday(time.Monday)}, Breaks: []record.Break{{From: 23*60 + 45, To: 15}}},
	}}
}

// randomDays are three days of two machines with several products, with holes.
func randomDays(seed uint64) []account.Interval {
	r := rand.New(rand.NewPCG(seed, 5))
	var all []account.Interval
	for n := range 72 * 60 {
		for _, machine := range []string{"press", "press-2"} {
			if r.IntN(20) == 0 {
				continue
			}
			i := minute(n, record.Idle)
			i.Machine, i.Product = machine, fmt.Sprint("GB-", n/100%7)
			i.PlannedCycle, i.UnitsPerCycle = time.Duration(1+n/100%7)*1337*time.Millisecond, int64(1+n/100%3)
			first := r.Int64N(60_001)
			i.States = [record.NumStates]int64{record.Execute: first}
			i.States[r.IntN(5)] = r.Int64N(60_001 - first)
			i.Produced, i.Scrap, i.Rework, i.Late = r.Int64N(40), r.Int64N(5), r.Int64N(3), r.Int64N(2)
			i.Good, i.ScrapBy = i.Produced-i.Scrap, map[string]int64{fmt.Sprint("reason-", r.IntN(3)): i.Scrap}
			i.Suspect, i.Resets = r.Int64N(2), r.Int64N(2)
			i.EnergyJ, i.Metered = r.Int64N(900_000), true
			all = append(all, i)
		}
	}
	return sorted(all)
}

// sums adds up what can be added of rows; quantities in units, times in milliseconds, energy in joules.
func sums(rows []Row) map[string]int64 {
	all := map[string]int64{}
	for _, r := range rows {
		for name, n := range map[string]*int64{
			"produced": r.ProducedQuantity, "good": r.GoodQuantity, "scrap": r.ScrapQuantity, "rework": r.ReworkQuantity,
			"late": &r.LateQuantity, "suspect": &r.SuspectQuantity,
		} {
			if n != nil {
				all[name] += *n
			}
		}
		for reason, n := range r.ScrapByReason {
			all["scrap "+reason] += n
		}
		times := map[string]float64{"observed": r.ObservedBusyTimeS, "overtime": r.OvertimeS, "production": r.ActualProductionTimeS, "planned": r.PlannedBusyTimeS}
		for state, s := range r.StateS {
			times["state "+state] = s
		}
		for name, s := range times {
			all[name] += int64(s*1000 + 0.5)
		}
		if r.EnergyKWh != nil {
			all["joules"] += int64(*r.EnergyKWh*joulesPerKWh + 0.5)
		}
	}
	return all
}

// TestRowsAddUp: whatever the rows are by, together they are the whole, to the unit, millisecond and joule.
func TestRowsAddUp(t *testing.T) {
	m := model(t, twoShifts(), "press", "press-2")
	for seed := range uint64(3) {
		intervals := randomDays(seed)
		for _, window := range []record.Span{hours(0, 72), hours(3.25, 41.5)} {
			inside := slices.DeleteFunc(slices.Clone(intervals), func(i account.Interval) bool {
				return i.Start.Before(window.From) || !i.Start.Before(window.To)
			})
			want := sums(compute(t, m, window, Whole, inside...))
			for _, by := range []By{ByMachine, ByShift, ByHour, ByDay} {
				if d := cmp.Diff(want, sums(compute(t, m, window, by, inside...))); d != "" {
					t.Errorf("seed %d, by %s (-whole +rows):\n%s", seed, by, d)
				}
			}
			products := sums(compute(t, m, window, ByProduct, inside...))
			delete(products, "planned") // planned time belongs to no product
			delete(want, "planned")
			if d := cmp.Diff(want, products); d != "" {
				t.Errorf("seed %d, by product (-whole +rows):\n%s", seed, d)
			}
		}
	}
}

// TestAlwaysTheSame: many products whose times are added must give the same last digit each time.
func TestAlwaysTheSame(t *testing.T) {
	m, intervals := model(t, twoShifts(), "press", "press-2"), randomDays(9)
	first := whole(t, m, hours(0, 72), intervals...)
	for range 30 {
		if again := whole(t, m, hours(0, 72), intervals...); !reflect.DeepEqual(first, again) {
			t.Fatalf("the same intervals gave effectiveness %v and %v", *first.Effectiveness, *again.Effectiveness)
		}
	}
}

// TestRowsOfTime names the rows that follow from time alone.
func TestRowsOfTime(t *testing.T) {
	berlin := location(t, "Europe/Berlin")
	santiago := location(t, "America/Santiago")
	day := func(z *time.Location, y int, m time.Month, d int) record.Span {
		return record.Span{From: time.Date(y, m, d, 12, 0, 0, 0, z).Add(-12 * time.Hour), To: time.Date(y, m, d, 12, 0, 0, 0, z).Add(12 * time.Hour)}
	}
	for _, test := range []struct {
		name   string
		cal    calendar.Line
		window record.Span
		by     By
		first  string
		last   string
		rows   int
	}{
		{"hours", calendar.New(nil, hanoi(t)), hours(0.5, 3.25), ByHour, "06:30-07:00", "09:00-09:15", 4},
		{"hours of half a zone", calendar.New(nil, location(t, "Asia/Kolkata")), hours(0, 2), ByHour, "04:30-05:00", "06:00-06:30", 3},
		{"25 hours", calendar.New(nil, berlin), record.Span{From: time.Date(2027, 10, 31, 0, 0, 0, 0, berlin), To: time.Date(2027, 11, 1, 0, 0, 0, 0, berlin)}, ByHour, "00:00-01:00", "23:00-00:00", 25},
		{"23 hours", calendar.New(nil, berlin), record.Span{From: time.Date(2027, 3, 28, 0, 0, 0, 0, berlin), To: time.Date(2027, 3, 29, 0, 0, 0, 0, berlin)}, ByHour, "00:00-01:00", "23:00-00:00", 23},
		{"days", calendar.New(nil, hanoi(t)), hours(0, 48), ByDay, "06:00-00:00", "00:00-06:00", 3},
		{"days without midnight", calendar.New(nil, santiago), day(santiago, 2024, 9, 8), ByDay, "23:00-01:00", "01:00-00:00", 2},
		{"shifts", calendar.New(twoShifts(), hanoi(t)), hours(1, 24), ByShift, "07:00-14:00", "22:00-06:00", 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			rows := compute(t, Model{Calendar: test.cal, Machines: []string{"press"}, Output: []string{"press"}}, test.window, test.by)
			clock := func(r Row) string {
				return r.From.In(test.cal.Zone()).Format("15:04") + "-" + r.To.In(test.cal.Zone()).Format("15:04")
			}
			if len(rows) != test.rows || clock(rows[0]) != test.first || clock(rows[len(rows)-1]) != test.last {
				t.Fatalf("%d rows, %s to %s, want %d, %s to %s", len(rows), clock(rows[0]), clock(rows[len(rows)-1]), test.rows, test.first, test.last)
			}
			for i, r := range rows {
				if i > 0 && !r.From.Equal(rows[i-1].To) || !r.From.Before(r.To) {
					t.Errorf("row %d is %s after %s", i, clock(r), clock(rows[max(i-1, 0)]))
				}
				if percent(r.Coverage) != "0.00 %" {
					t.Errorf("%s: coverage %s of time without data", clock(r), percent(r.Coverage))
				}
			}
		})
	}
}

// TestOutsideOfShifts: what is made, or used, outside of every shift has a row without a name.
func TestOutsideOfShifts(t *testing.T) {
	made, used, idle := minute(9*60, record.Execute), minute(9*60, record.Idle), minute(9*60, record.Idle)
	made.Produced, made.Good = 5, 5
	used.EnergyJ, used.Metered = 1000, true
	for _, test := range []struct {
		name     string
		interval account.Interval
		want     []string
	}{
		{"overtime", made, []string{"day", ""}},
		{"energy", used, []string{"day", ""}},
		{"nothing but idle time", idle, []string{"day"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var names []string
			for _, r := range compute(t, model(t, dayShift(), "press"), hours(0, 12), ByShift, test.interval) {
				names = append(names, r.Shift)
			}
			if !slices.Equal(names, test.want) {
				t.Errorf("rows of shifts %q, want %q", names, test.want)
			}
		})
	}
}

// TestByProduct finds each product once, in the order in which it was made first.
func TestByProduct(t *testing.T) {
	got := map[string]string{}
	for _, r := range compute(t, model(t, twoShifts(), "press", "press-2"), hours(0, 72), ByProduct, randomDays(1)...) {
		got[r.Product] = percent(r.Coverage)
	}
	if len(got) != 7 || !slices.Equal(slices.Compact(slices.Collect(maps.Values(got))), []string{"null"}) {
		t.Errorf("got %v, want seven products without a coverage of their own", got)
	}
}
