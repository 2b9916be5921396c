package kpi

// explain writes down the arithmetic of a row, in the order in which a person would ask for it.
func (s *sum) explain(r Row) []Explanation {
	pq, gq, sq := count(s.total.Produced), count(s.total.Good), count(s.total.Scrap)
	apt := Term{"actual_production_time", &r.ActualProductionTimeS, "s"}
	obt := Term{"observed_busy_time", &r.ObservedBusyTimeS, "s"}
	produced := Explanation{KPI: "produced_quantity", Formula: "produced_quantity", Terms: []Term{{"produced_quantity", pq, "unit"}}, Value: pq}
	effectiveness := Explanation{KPI: "effectiveness", Formula: "planned_run_time / actual_production_time", Value: r.Effectiveness}
	ideal, known := s.idealS()
	if known {
		effectiveness.Terms = []Term{{"planned_run_time", &ideal, "s"}, apt}
	} else {
		effectiveness.Terms = []Term{{"planned_run_time", nil, "s"}, apt}
	}
	if p, one := s.onePace(); one && p.units > 0 {
		perItem := p.cycle.Seconds() / float64(p.units)
		if p.cycle > 0 {
			effectiveness.Formula = "planned_run_time_per_item * (produced_quantity - late_quantity) / actual_production_time"
			effectiveness.Terms = []Term{
				{"planned_run_time_per_item", &perItem, "s/unit"}, {"produced_quantity", pq, "unit"},
				{"late_quantity", count(s.total.Late), "unit"}, apt,
			}
		}
		if s.total.Produced%p.units == 0 {
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
	all = append(all, s.explainUse(r, pq, gq)...)
	if s.total.Good == s.total.Produced-s.total.Scrap {
		all[1].Formula = "produced_quantity - scrap_quantity"
		all[1].Terms = []Term{{"produced_quantity", pq, "unit"}, {"scrap_quantity", sq, "unit"}}
	}
	if r.Coverage != nil {
		all = append(all, Explanation{"coverage", "observed_busy_time / planned_busy_time", []Term{obt, {"planned_busy_time", &r.PlannedBusyTimeS, "s"}}, r.Coverage})
	}
	return all
}

func (s *sum) explainTimes(r Row, apt, obt Term) []Explanation {
	aust, adet := Term{"actual_unit_setup_time", &r.ActualUnitSetupTimeS, "s"}, Term{"actual_unit_delay_time", &r.ActualUnitDelayTimeS, "s"}
	observed, repair, failures := inHours(s.busyMs), seconds(s.repairMs), Term{"failures", count(s.total.Failures), "1"}
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
			{"produced_quantity", count(s.total.Produced), "unit"}, {"late_quantity", count(s.total.Late), "unit"}, {"observed_busy_time", &observed, "h"},
		}, r.ThroughputPerHour},
		{"mtbf_s", "actual_production_time / failures", []Term{apt, failures}, r.MTBFS},
		{"mttr_s", "repair_time / failures", []Term{{"repair_time", &repair, "s"}, failures}, r.MTTRS},
	}
}

func (s *sum) explainUse(r Row, pq, gq *float64) (all []Explanation) {
	if r.ReworkRatio != nil {
		sq, rq := Term{"scrap_quantity", count(s.total.Scrap), "unit"}, Term{"rework_quantity", count(s.total.Rework), "unit"}
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
	if r.MaterialInKg != nil {
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

func count(n int64) *float64 {
	f := float64(n)
	return &f
}
