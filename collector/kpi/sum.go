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
	setupMs, delayMs, repairMs                  int64            // while planned
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
		s.lost(i)
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

// lost adds up planned time in which the machine did not produce.
func (s *sum) lost(i account.Interval) {
	for n, ms := range i.States {
		state := record.State(n)
		switch partOf(state) {
		case setup:
			s.setupMs += ms
		case delay:
			s.delayMs += ms
		}
		if repair(state) {
			s.repairMs += ms
		}
	}
}

// made tells whether there is anything to show beside time in which nothing was planned.
func (s *sum) made() bool {
	return s.total.Produced != 0 || s.total.Good != 0 || s.total.Scrap != 0 || s.total.Rework != 0 || s.total.Suspect != 0 || s.overtimeMs != 0 || s.total.EnergyJ != 0 || s.total.MaterialG != 0 || s.total.OutputG != 0
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

func (s *sum) finish(by By, reworked bool) Row {
	r := s.row
	r.PlannedBusyTimeS = seconds(s.plannedMs + s.overtimeMs)
	r.ObservedBusyTimeS = seconds(s.busyMs)
	r.OvertimeS = seconds(s.overtimeMs)
	r.ActualProductionTimeS = seconds(s.productionMs)
	r.ActualUnitSetupTimeS, r.ActualUnitDelayTimeS = seconds(s.setupMs), seconds(s.delayMs)
	r.StateS = map[string]float64{}
	for state, ms := range s.total.States {
		if ms != 0 {
			r.StateS[record.State(state).String()] = seconds(ms)
		}
	}
	if by != ByProduct && by != ByOrder {
		r.Coverage = ratio(float64(s.busyMs), float64(s.plannedMs+s.overtimeMs))
	}
	if !s.seen {
		return r
	}
	r.UncertainTimeS, r.TimeErrorS = seconds(s.total.UncertainMs), seconds(s.total.TimeErrorMs)
	r.ProducedQuantity, r.GoodQuantity, r.ScrapQuantity, r.ReworkQuantity = &s.total.Produced, &s.total.Good, &s.total.Scrap, &s.total.Rework
	r.ScrapByReason, r.LateQuantity, r.SuspectQuantity = s.total.ScrapBy, s.total.Late, s.total.Suspect
	s.times(&r)
	if ideal, ok := s.idealS(); ok {
		r.Effectiveness = ratio(ideal, seconds(s.productionMs))
	}
	s.quality(&r, reworked)
	if r.Availability != nil && r.Effectiveness != nil && r.QualityRatio != nil {
		oee := *r.Availability * *r.Effectiveness * *r.QualityRatio
		r.OEE = &oee
		nee := *ratio(float64(s.productionMs+s.setupMs), float64(s.busyMs)) * *r.Effectiveness * *r.QualityRatio
		r.NEE = &nee
	}
	s.used(&r)
	r.Flags = s.flags(r)
	r.Losses = s.losses(r)
	r.Explain = s.explain(r)
	return r
}

// times sets what follows from times alone.
func (s *sum) times(r *Row) {
	apt, aust, adet := float64(s.productionMs), float64(s.setupMs), float64(s.delayMs)
	r.Availability = ratio(apt, float64(s.busyMs))
	r.SetupRatio = ratio(aust, apt+aust)
	r.TechnicalEfficiency = ratio(apt, apt+adet)
	r.AllocationEfficiency = ratio(apt+aust+adet, float64(s.busyMs))
	r.UtilisationEfficiency = ratio(apt, apt+aust+adet)
	r.ThroughputPerHour = ratio(float64(s.total.Produced-s.total.Late), inHours(s.busyMs))
	r.Failures, r.Stops, r.MicroStops, r.MicroStopS = s.total.Failures, s.total.Stops, s.total.MicroStops, seconds(s.total.MicroStopMs)
	r.MTBFS = ratio(seconds(s.productionMs), float64(s.total.Failures))
	r.MTTRS = ratio(seconds(s.repairMs), float64(s.total.Failures))
}

// quality sets what follows from counts alone.
func (s *sum) quality(r *Row, reworked bool) {
	produced := float64(s.total.Produced)
	r.QualityRatio = ratio(float64(s.total.Good), produced)
	r.ScrapRatio = ratio(float64(s.total.Scrap), produced)
	if reworked {
		r.ReworkRatio = ratio(float64(s.total.Rework), produced)
		r.FirstPassYield = ratio(float64(s.total.Produced-s.total.Scrap-s.total.Rework), produced)
	}
}

// used sets what follows from energy and material.
func (s *sum) used(r *Row) {
	if s.total.Metered {
		kwh := KWh(s.total.EnergyJ)
		r.EnergyKWh = &kwh
		r.EnergyPerUnitKWh = ratio(kwh, float64(s.total.Produced))
		r.EnergyPerGoodUnitKWh = ratio(kwh, float64(s.total.Good))
	}
	if s.total.Weighed {
		in, out := Kg(s.total.MaterialG), Kg(s.total.OutputG)
		r.MaterialInKg, r.ProductOutKg = &in, &out
		r.MaterialYield = ratio(out, in)
	}
}

// losses is planned busy time, step by step down to the time that the good units were meant to take. The seconds of all
// steps add up to it. Without a planned cycle it ends with the time of production.
func (s *sum) losses(r Row) []Loss {
	all := []Loss{
		{"unobserved", r.PlannedBusyTimeS - r.ObservedBusyTimeS},
		{"idle", seconds(s.busyMs - s.productionMs - s.setupMs - s.delayMs)},
		{"repair", seconds(s.repairMs)},
		{"delay", seconds(s.delayMs - s.repairMs)},
		{"setup", seconds(s.setupMs)},
	}
	ideal, ok := s.idealS()
	if !ok || r.QualityRatio == nil {
		return append(all, Loss{"production", seconds(s.productionMs)})
	}
	good := ideal * *r.QualityRatio
	return append(all, Loss{"speed", seconds(s.productionMs) - ideal}, Loss{"scrap", ideal - good}, Loss{"good", good})
}

const (
	joulesPerKWh = 3.6e6
	gramsPerKg   = 1000
)

// vagueTimeMs is from when on the times are too vague for figures by the hour.
const vagueTimeMs = 60_000

// manyUnits is from how many units on a quality of exactly 100 % is more likely an unmeasured reject than luck.
const manyUnits = 1000

// muchEnergyJ is from when on energy is more than what lamps and a control use for a while: 10 kWh.
const muchEnergyJ = 10 * joulesPerKWh

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
	flag("energy_without_output", s.total.EnergyJ >= muchEnergyJ && s.productionMs == 0 && s.total.Produced == 0)
	flag("output_without_energy", s.total.Metered && s.total.EnergyJ == 0 && s.total.Produced >= manyUnits)
	flag("time_uncertain", s.total.UncertainMs != 0 || s.total.TimeErrorMs > vagueTimeMs)
	return flags
}

// Seconds, KWh and Kg turn the whole numbers of intervals into the units of a Row.
func Seconds(ms int64) float64 { return float64(ms) / 1000 }

// KWh is of joules.
func KWh(joules int64) float64 { return float64(joules) / joulesPerKWh }

// Kg is of grams.
func Kg(grams int64) float64 { return float64(grams) / gramsPerKg }

func seconds(ms int64) float64 { return Seconds(ms) }

func inHours(ms int64) float64 { return float64(ms) / 3.6e6 }

func ratio(a, b float64) *float64 {
	if b == 0 {
		return nil
	}
	q := a / b
	return &q
}
