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

	seen, metered                                bool
	produced, good, scrap, rework, late, suspect int64
	resets                                       int64
	scrapBy                                      map[string]int64
	plannedMs, busyMs, overtimeMs, productionMs  int64 // busyMs: observed while planned, or worked outside the plan
	states                                       [record.NumStates]int64
	energyJ                                      int64
	paced                                        map[pace]int64 // units made in observed time, by how fast they were meant to be made
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
	s.produced += i.Produced
	s.good += i.Good
	s.scrap += i.Scrap
	s.rework += i.Rework
	s.late += i.Late
	s.suspect += i.Suspect
	s.resets += i.Resets
	for reason, n := range i.ScrapBy {
		if s.scrapBy == nil {
			s.scrapBy = map[string]int64{}
		}
		s.scrapBy[reason] += n
	}
	for state, ms := range i.States {
		s.states[state] += ms
	}
	run := i.States[record.Execute]
	s.productionMs += run
	if planned {
		s.busyMs += i.Observed().Milliseconds()
	} else {
		s.overtimeMs += run
		s.busyMs += run
	}
	if i.EnergyJ != 0 || i.Metered {
		s.metered = true
		s.energyJ += i.EnergyJ
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
	return s.produced != 0 || s.good != 0 || s.scrap != 0 || s.rework != 0 || s.suspect != 0 || s.overtimeMs != 0 || s.energyJ != 0
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
	for state, ms := range s.states {
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
	r.ProducedQuantity, r.GoodQuantity, r.ScrapQuantity, r.ReworkQuantity = &s.produced, &s.good, &s.scrap, &s.rework
	r.ScrapByReason, r.LateQuantity, r.SuspectQuantity = s.scrapBy, s.late, s.suspect
	r.Availability = ratio(float64(s.productionMs), float64(s.busyMs))
	if ideal, ok := s.idealS(); ok {
		r.Effectiveness = ratio(ideal, seconds(s.productionMs))
	}
	r.QualityRatio = ratio(float64(s.good), float64(s.produced))
	r.ScrapRatio = ratio(float64(s.scrap), float64(s.produced))
	if r.Availability != nil && r.Effectiveness != nil && r.QualityRatio != nil {
		oee := *r.Availability * *r.Effectiveness * *r.QualityRatio
		r.OEE = &oee
	}
	if s.metered {
		kwh := float64(s.energyJ) / joulesPerKWh
		r.EnergyKWh = &kwh
		r.EnergyPerUnitKWh = ratio(kwh, float64(s.produced))
	}
	r.Flags = s.flags(r)
	r.Explain = s.explain(r)
	return r
}

const joulesPerKWh = 3.6e6

// manyUnits is from how many units on a quality of exactly 100 % is more likely an unmeasured reject than luck.
const manyUnits = 1000

func (s *sum) flags(r Row) (flags []string) {
	flag := func(name string, is bool) {
		if is {
			flags = append(flags, name)
		}
	}
	flag("oee_over_1", r.OEE != nil && *r.OEE > 1)
	flag("quality_exactly_1", s.scrap == 0 && s.good == s.produced && s.produced >= manyUnits)
	flag("suspect_counts", s.suspect != 0)
	flag("counter_reset", s.resets != 0)
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
