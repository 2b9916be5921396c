package kpi

import "slices"

// explain writes down the arithmetic of a row, in the order in which a person would ask for it.
func (s *sum) explain(r Row) []Explanation {
	pq, gq, sq := known(r.ProducedQuantity), known(r.GoodQuantity), known(r.ScrapQuantity)
	apt := Term{"actual_production_time", &r.ActualProductionTimeS, "s"}
	obt := Term{"observed_busy_time", &r.ObservedBusyTimeS, "s"}
	produced := Explanation{KPI: "produced_quantity", Formula: "produced_quantity", Terms: []Term{{"produced_quantity", pq, "unit"}}, Value: pq}
	effectiveness := Explanation{KPI: "effectiveness", Formula: "planned_run_time / actual_production_time", Value: r.Effectiveness}
	ideal, ok := s.idealS()
	if ok {
		effectiveness.Terms = []Term{{"planned_run_time", &ideal, "s"}, apt}
	} else {
		effectiveness.Terms = []Term{{"planned_run_time", nil, "s"}, apt}
	}
	if p, one := s.onePace(); one && p.units > 0 {
		perItem := p.cycle.Seconds() / float64(p.units)
		if p.cycle > 0 {
			effectiveness.Formula = "planned_run_time_per_item * (produced_quantity - late_quantity) / actual_production_time"
			effectiveness.Terms = []Term{
				{"planned_run_time_per_item", &perItem, "s/unit"}, {"produced_quantity", count(s.total.Produced), "unit"},
				{"late_quantity", count(s.total.Late), "unit"}, apt,
			}
		}
		if s.total.Produced%p.units == 0 && s.logged.n == 0 {
			produced.Formula = "cycles * units_per_cycle"
			produced.Terms = []Term{{"cycles", count(s.total.Produced / p.units), "cycle"}, {"units_per_cycle", count(p.units), "unit/cycle"}}
		}
	}
	all := []Explanation{
		produced,
		{"good_quantity", "good_quantity", []Term{{"good_quantity", gq, "unit"}}, gq},
		{"scrap_ratio", "scrap_quantity / produced_quantity", []Term{{"scrap_quantity", sq, "unit"}, {"produced_quantity", pq, "unit"}}, r.ScrapRatio},
		{"quality_ratio", "good_quantity / produced_quantity", []Term{{"good_quantity", gq, "unit"}, {"produced_quantity", pq, "unit"}}, r.QualityRatio},
		{"availability", "actual_production_time / observed_busy_time", []Term{apt, obt}, r.Availability},
		effectiveness,
		{"oee", "availability * effectiveness * quality_ratio", []Term{
			{"availability", r.Availability, "1"}, {"effectiveness", r.Effectiveness, "1"}, {"quality_ratio", r.QualityRatio, "1"},
		}, r.OEE},
	}
	all = append(all, s.explainTimes(r, apt, obt)...)
	if s.logged.n > 0 { // what is of machines' time and what is of people's cannot be multiplied
		all = slices.DeleteFunc(all, func(e Explanation) bool { return e.KPI == "oee" || e.KPI == "nee" })
	}
	all = append(all, s.explainUse(r, pq, gq)...)
	if s.logged.n == 0 && s.total.Good == s.total.Produced-s.total.Scrap {
		all[1].Formula = "produced_quantity - scrap_quantity"
		all[1].Terms = []Term{{"produced_quantity", pq, "unit"}, {"scrap_quantity", sq, "unit"}}
	}
	if r.Coverage != nil {
		coverage := Explanation{"coverage", "observed_busy_time / planned_busy_time", []Term{obt, {"planned_busy_time", &r.PlannedBusyTimeS, "s"}}, r.Coverage}
		if s.logged.n > 0 {
			coverage.Formula = "(observed_busy_time + logged_busy_time) / planned_busy_time"
			coverage.Terms = slices.Insert(coverage.Terms, 1, Term{"logged_busy_time", &r.LoggedBusyTimeS, "s"})
		}
		all = append(all, coverage)
	}
	return all
}

func (s *sum) explainTimes(r Row, apt, obt Term) []Explanation {
	aust, adet := Term{"actual_unit_setup_time", &r.ActualUnitSetupTimeS, "s"}, Term{"actual_unit_delay_time", &r.ActualUnitDelayTimeS, "s"}
	observed, repair, failures := inHours(s.busyMs+s.logged.ms), seconds(s.repairMs), Term{"failures", count(s.total.Failures), "1"}
	return []Explanation{
		{"nee", "(actual_production_time + actual_unit_setup_time) / observed_busy_time * effectiveness * quality_ratio", []Term{
			apt, aust, obt, {"effectiveness", r.Effectiveness, "1"}, {"quality_ratio", r.QualityRatio, "1"},
		}, r.NEE},
		{"setup_ratio", "actual_unit_setup_time / (actual_production_time + actual_unit_setup_time)", []Term{aust, apt}, r.SetupRatio},
		{"technical_efficiency", "actual_production_time / (actual_production_time + actual_unit_delay_time)", []Term{apt, adet}, r.TechnicalEfficiency},
		{"allocation_efficiency", "(actual_production_time + actual_unit_setup_time + actual_unit_delay_time) / observed_busy_time",
			[]Term{apt, aust, adet, obt}, r.AllocationEfficiency},
		{"utilisation_efficiency", "actual_production_time / (actual_production_time + actual_unit_setup_time + actual_unit_delay_time)",
			[]Term{apt, aust, adet}, r.UtilisationEfficiency},
		{"throughput_per_hour", "(produced_quantity - late_quantity) / observed_busy_time", []Term{
			{"produced_quantity", known(r.ProducedQuantity), "unit"}, {"late_quantity", count(s.total.Late), "unit"}, {"observed_busy_time", &observed, "h"},
		}, r.ThroughputPerHour},
		{"mtbf_s", "actual_production_time / failures", []Term{apt, failures}, r.MTBFS},
		{"mttr_s", "repair_time / failures", []Term{{"repair_time", &repair, "s"}, failures}, r.MTTRS},
	}
}

func (s *sum) explainUse(r Row, pq, gq *float64) (all []Explanation) {
	if r.ReworkRatio != nil {
		sq, rq := Term{"scrap_quantity", known(r.ScrapQuantity), "unit"}, Term{"rework_quantity", known(r.ReworkQuantity), "unit"}
		all = append(all,
			Explanation{"rework_ratio", "rework_quantity / produced_quantity", []Term{rq, {"produced_quantity", pq, "unit"}}, r.ReworkRatio},
			Explanation{"first_pass_yield", "(produced_quantity - scrap_quantity - rework_quantity) / produced_quantity",
				[]Term{{"produced_quantity", pq, "unit"}, sq, rq}, r.FirstPassYield})
	}
	if r.EnergyKWh != nil {
		energy := Term{"energy", r.EnergyKWh, "kWh"}
		all = append(all,
			Explanation{"energy_per_unit_kwh", "energy / produced_quantity", []Term{energy, {"produced_quantity", pq, "unit"}}, r.EnergyPerUnitKWh},
			Explanation{"energy_per_good_unit_kwh", "energy / good_quantity", []Term{energy, {"good_quantity", gq, "unit"}}, r.EnergyPerGoodUnitKWh})
	}
	if r.AttendedHours != nil {
		good := count(s.attendedGood)
		if s.attendedGoodUnknown {
			good = nil
		}
		all = append(all, Explanation{"labour_productivity", "good_quantity_attended / attended_hours",
			[]Term{{"good_quantity_attended", good, "unit"}, {"attended_hours", r.AttendedHours, "h"}}, r.LabourProductivity})
	}
	if r.WorkedHours != nil {
		all = append(all, Explanation{"worker_efficiency", "worked_hours / attended_hours",
			[]Term{{"worked_hours", r.WorkedHours, "h"}, {"attended_hours", &s.workedOfH, "h"}}, r.WorkerEfficiency})
	}
	if r.MaterialInKg != nil && r.ProductOutKg != nil {
		all = append(all, Explanation{"material_yield", "product_out / material_in",
			[]Term{{"product_out", r.ProductOutKg, "kg"}, {"material_in", r.MaterialInKg, "kg"}}, r.MaterialYield})
	}
	return all
}

// onePace gives the planned run time per item where all units had the same.
func (s *sum) onePace() (p pace, one bool) {
	for p = range s.paced {
		return p, len(s.paced) == 1
	}
	return p, false
}

// known is a count that may not be.
func known(n *int64) *float64 {
	if n == nil {
		return nil
	}
	return count(*n)
}

func count(n int64) *float64 {
	f := float64(n)
	return &f
}
