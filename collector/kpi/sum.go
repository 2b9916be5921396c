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

	logged              logged // what people wrote down of shifts of which nothing was metered
	attended            bool   // whether people's hours are known
	attendedH, workedH  float64
	workedOfH           float64 // part of attendedH of which workedH is known
	attendedGood        int64   // good units made in shifts whose hours are known
	attendedGoodUnknown bool    // of one of these nobody wrote down how many were good
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
	return s.total.Produced != 0 || s.total.Good != 0 || s.total.Scrap != 0 || s.total.Rework != 0 || s.total.Suspect != 0 || s.overtimeMs != 0 || s.total.EnergyJ != 0 || s.total.MaterialG != 0 || s.total.OutputG != 0 || s.logged.n != 0 || s.attended
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
	r.ObservedBusyTimeS, r.LoggedBusyTimeS = seconds(s.busyMs), seconds(s.logged.ms)
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
		r.Coverage = ratio(float64(s.busyMs+s.logged.ms), float64(s.plannedMs+s.overtimeMs))
	}
	s.people(&r)
	if !s.seen && s.logged.n == 0 {
		return r
	}
	r.UncertainTimeS, r.TimeErrorS = seconds(s.total.UncertainMs), seconds(s.total.TimeErrorMs)
	s.quantities(&r)
	s.times(&r)
	if ideal, ok := s.idealS(); ok {
		r.Effectiveness = ratio(ideal, seconds(s.productionMs))
	}
	s.quality(&r, reworked)
	if r.Availability != nil && r.Effectiveness != nil && r.QualityRatio != nil && s.logged.n == 0 {
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
	if r.ProducedQuantity != nil {
		r.ThroughputPerHour = ratio(float64(*r.ProducedQuantity-s.total.Late), inHours(s.busyMs+s.logged.ms))
	}
	r.Failures, r.Stops, r.MicroStops, r.MicroStopS = s.total.Failures, s.total.Stops, s.total.MicroStops, seconds(s.total.MicroStopMs)
	r.MTBFS = ratio(seconds(s.productionMs), float64(s.total.Failures))
	r.MTTRS = ratio(seconds(s.repairMs), float64(s.total.Failures))
}

// quality sets what follows from counts alone.
func (s *sum) quality(r *Row, reworked bool) {
	r.QualityRatio = share(r.GoodQuantity, r.ProducedQuantity)
	r.ScrapRatio = share(r.ScrapQuantity, r.ProducedQuantity)
	if counted := reworked && s.seen || s.logged.n > 0; counted {
		r.ReworkRatio = share(r.ReworkQuantity, r.ProducedQuantity)
		if r.ScrapQuantity != nil && r.ReworkQuantity != nil && r.ProducedQuantity != nil {
			first := *r.ProducedQuantity - *r.ScrapQuantity - *r.ReworkQuantity
			r.FirstPassYield = share(&first, r.ProducedQuantity)
		}
	}
}

// quantities sets what was counted, by meters or by people; nil where part of it is not known.
func (s *sum) quantities(r *Row) {
	l := s.logged
	r.ProducedQuantity = l.produced.with(s.total.Produced, true)
	r.GoodQuantity = l.good.with(s.total.Good, true)
	r.ScrapQuantity = l.scrap.with(s.total.Scrap, true)
	r.ReworkQuantity = l.rework.with(s.total.Rework, true)
	r.ScrapByReason, r.LateQuantity, r.SuspectQuantity = s.total.ScrapBy, s.total.Late, s.total.Suspect
}

// used sets what follows from energy and material.
func (s *sum) used(r *Row) {
	l := s.logged
	if joules := l.energyJ.with(s.total.EnergyJ, s.total.Metered || !s.seen); joules != nil {
		kwh := KWh(*joules)
		r.EnergyKWh = &kwh
		r.EnergyPerUnitKWh = perUnit(*r.EnergyKWh, r.ProducedQuantity)
		r.EnergyPerGoodUnitKWh = perUnit(*r.EnergyKWh, r.GoodQuantity)
	}
	weighed := s.total.Weighed || !s.seen
	if in := l.inG.with(s.total.MaterialG, weighed); in != nil {
		kg := Kg(*in)
		r.MaterialInKg = &kg
	}
	if out := l.outG.with(s.total.OutputG, weighed); out != nil {
		kg := Kg(*out)
		r.ProductOutKg = &kg
	}
	if r.MaterialInKg != nil && r.ProductOutKg != nil {
		r.MaterialYield = ratio(*r.ProductOutKg, *r.MaterialInKg)
	}
}

// people sets what follows from the hours of those who attended.
func (s *sum) people(r *Row) {
	if !s.attended {
		return
	}
	r.AttendedHours = &s.attendedH
	if !s.attendedGoodUnknown {
		r.LabourProductivity = ratio(float64(s.attendedGood), s.attendedH)
	}
	if s.workedOfH > 0 {
		r.WorkedHours = &s.workedH
		r.WorkerEfficiency = ratio(s.workedH, s.workedOfH)
	}
}

// losses is planned busy time, step by step down to the time that the good units were meant to take. The seconds of all
// steps add up to it. Without a planned cycle it ends with the time of production.
func (s *sum) losses(r Row) []Loss {
	all := []Loss{
		{"unobserved", r.PlannedBusyTimeS - r.ObservedBusyTimeS - r.LoggedBusyTimeS},
		{"logged", r.LoggedBusyTimeS},
		{"idle", seconds(s.busyMs - s.productionMs - s.setupMs - s.delayMs)},
		{"repair", seconds(s.repairMs)},
		{"delay", seconds(s.delayMs - s.repairMs)},
		{"setup", seconds(s.setupMs)},
	}
	ideal, ok := s.idealS()
	quality := ratio(float64(s.total.Good), float64(s.total.Produced))
	if !ok || quality == nil {
		return append(all, Loss{"production", seconds(s.productionMs)})
	}
	good := ideal * *quality
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
	flag("from_shift_log", s.logged.n > 0)
	flag("not_countersigned", s.logged.unsigned)
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

// share is a ratio of two counts, nil where one is not known.
func share(part, of *int64) *float64 {
	if part == nil || of == nil {
		return nil
	}
	return ratio(float64(*part), float64(*of))
}

// perUnit is what falls to one unit.
func perUnit(amount float64, units *int64) *float64 {
	if units == nil {
		return nil
	}
	return ratio(amount, float64(*units))
}

func ratio(a, b float64) *float64 {
	if b == 0 {
		return nil
	}
	q := a / b
	return &q
}
