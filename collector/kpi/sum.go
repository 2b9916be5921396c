package kpi

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/record"
)

// sum adds up the intervals of one row in whole units, milliseconds and joules.
type sum struct {
	row     Row
	outside bool // of every shift

	seen                                        bool
	total                                       account.Interval // all that is summed for its own sake
	plannedMs, busyMs, overtimeMs, productionMs int64            // busyMs: observed while planned, or worked outside the plan
	paced                                       map[pace]int64   // units made in observed time, by how fast they were meant to be made
}

// pace is the planned run time per item: cycle / units.
type pace struct {
	cycle time.Duration
	units int64
}

func (p pace) compare(o pace) int {
	return cmp.Or(cmp.Compare(p.cycle, o.cycle), cmp.Compare(p.units, o.units))
}

func (s *sum) add(i account.Interval, planned bool) {
	s.seen = true
	s.total.Add(i)
	run := i.States[record.Execute]
	s.productionMs += run
	if planned {
		s.busyMs += i.Observed().Milliseconds()
	} else {
		s.overtimeMs += run
		s.busyMs += run
	}
	if n := i.Produced - i.Late; n != 0 {
		if s.paced == nil {
			s.paced = map[pace]int64{}
		}
		s.paced[pace{i.PlannedCycle, i.UnitsPerCycle}] += n
	}
}

// made tells whether there is anything to show beside time in which nothing was planned.
func (s *sum) made() bool {
	return s.total.Produced != 0 || s.total.Good != 0 || s.total.Scrap != 0 || s.total.Rework != 0 || s.total.Suspect != 0 || s.overtimeMs != 0 || s.total.EnergyJ != 0
}

// idealS is the time in seconds that the units made in observed time were meant to take; ok is false
// where a product has no planned cycle.
func (s *sum) idealS() (seconds float64, ok bool) {
	// In order, because the order of a sum of floats decides its last digit.
	for _, p := range slices.SortedFunc(maps.Keys(s.paced), pace.compare) {
		if p.cycle <= 0 || p.units <= 0 {
			return 0, false
		}
		seconds += p.cycle.Seconds() * float64(s.paced[p]) / float64(p.units)
	}
	return seconds, true
}

func (s *sum) finish(by By) Row {
	r := s.row
	r.PlannedBusyTimeS = seconds(s.plannedMs + s.overtimeMs)
	r.ObservedBusyTimeS = seconds(s.busyMs)
	r.OvertimeS = seconds(s.overtimeMs)
	r.ActualProductionTimeS = seconds(s.productionMs)
	r.StateS = map[string]float64{}
	for state, ms := range s.total.States {
		if ms != 0 {
			r.StateS[record.State(state).String()] = seconds(ms)
		}
	}
	if by != ByProduct {
		r.Coverage = ratio(float64(s.busyMs), float64(s.plannedMs+s.overtimeMs))
	}
	if !s.seen {
		return r
	}
	r.UncertainTimeS, r.TimeErrorS = seconds(s.total.UncertainMs), seconds(s.total.TimeErrorMs)
	r.ProducedQuantity, r.GoodQuantity, r.ScrapQuantity, r.ReworkQuantity = &s.total.Produced, &s.total.Good, &s.total.Scrap, &s.total.Rework
	r.ScrapByReason, r.LateQuantity, r.SuspectQuantity = s.total.ScrapBy, s.total.Late, s.total.Suspect
	r.Availability = ratio(float64(s.productionMs), float64(s.busyMs))
	if ideal, ok := s.idealS(); ok {
		r.Effectiveness = ratio(ideal, seconds(s.productionMs))
	}
	r.QualityRatio = ratio(float64(s.total.Good), float64(s.total.Produced))
	r.ScrapRatio = ratio(float64(s.total.Scrap), float64(s.total.Produced))
	if r.Availability != nil && r.Effectiveness != nil && r.QualityRatio != nil {
		oee := *r.Availability * *r.Effectiveness * *r.QualityRatio
		r.OEE = &oee
	}
	if s.total.Metered {
		kwh := float64(s.total.EnergyJ) / joulesPerKWh
		r.EnergyKWh = &kwh
		r.EnergyPerUnitKWh = ratio(kwh, float64(s.total.Produced))
	}
	r.Flags = s.flags(r)
	r.Explain = s.explain(r)
	return r
}

const joulesPerKWh = 3.6e6

// vagueTimeMs is from when on the times are too vague for figures by the hour.
const vagueTimeMs = 60_000

// manyUnits is from how many units on a quality of exactly 100 % is more likely an unmeasured reject than luck.
const manyUnits = 1000

func (s *sum) flags(r Row) (flags []string) {
	flag := func(name string, is bool) {
		if is {
			flags = append(flags, name)
		}
	}
	flag("oee_over_1", r.OEE != nil && *r.OEE > 1)
	flag("quality_exactly_1", s.total.Scrap == 0 && s.total.Good == s.total.Produced && s.total.Produced >= manyUnits)
	flag("suspect_counts", s.total.Suspect != 0)
	flag("counter_reset", s.total.Resets != 0)
	flag("time_uncertain", s.total.UncertainMs != 0 || s.total.TimeErrorMs > vagueTimeMs)
	return flags
}

func seconds(ms int64) float64 { return float64(ms) / 1000 }

func ratio(a, b float64) *float64 {
	if b == 0 {
		return nil
	}
	q := a / b
	return &q
}
