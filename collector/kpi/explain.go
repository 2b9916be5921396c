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
	if s.total.Good == s.total.Produced-s.total.Scrap {
		all[1].Formula = "produced_quantity - scrap_quantity"
		all[1].Terms = []Term{{"produced_quantity", pq, "unit"}, {"scrap_quantity", sq, "unit"}}
	}
	if r.EnergyKWh != nil {
		all = append(all, Explanation{"energy_per_unit_kwh", "energy / produced_quantity", []Term{{"energy", r.EnergyKWh, "kWh"}, {"produced_quantity", pq, "unit"}}, r.EnergyPerUnitKWh})
	}
	if r.Coverage != nil {
		all = append(all, Explanation{"coverage", "observed_busy_time / planned_busy_time", []Term{obt, {"planned_busy_time", &r.PlannedBusyTimeS, "s"}}, r.Coverage})
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
