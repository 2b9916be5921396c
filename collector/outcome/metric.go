package outcome

import (
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Metric is a ratio of sums that a study can be about.
type Metric struct {
	Name          string
	LowerIsBetter bool
	Share         bool     // a part of 1, so that over 1 something is wrong
	Needs         []string // columns of a shift log, by their names
	PerHour       bool     // x are the hours of the shift, once, whatever number of rows it has
	Baseline      bool     // judged by a regression baseline: y is its energy, x the output that explains it
	Covariate     string   // column that explains y beside x; "": none. Of Baseline only

	y, x func(record.ShiftEntry) *float64
}

// Metrics there are. Output is in good units an hour, energy in kWh for each unit produced, good or not.
func Metrics() []Metric {
	return []Metric{
		{Name: "quality_ratio", Share: true, Needs: []string{"good", "produced"}, y: good, x: produced},
		{Name: "output_per_hour", Needs: []string{"good"}, PerHour: true, y: good},
		{Name: "labour_productivity", Needs: []string{"good", "attended_hours"}, y: good, x: func(e record.ShiftEntry) *float64 { return e.AttendedHours }},
		{Name: "energy_per_unit", LowerIsBetter: true, Needs: []string{"energy_kwh", "produced"}, y: energy, x: produced},
		{Name: "avoided_energy", LowerIsBetter: true, Baseline: true, Needs: []string{"energy_kwh", "produced"}, y: energy, x: produced},
		{Name: "material_yield", Share: true, Needs: []string{"product_out_kg", "material_in_kg"}, y: func(e record.ShiftEntry) *float64 { return e.ProductOutKg }, x: func(e record.ShiftEntry) *float64 { return e.MaterialInKg }},
		{Name: "oee", Share: true, Needs: []string{"good"}, PerHour: true, y: good},
		{Name: "scrap_ratio", LowerIsBetter: true, Share: true, Needs: []string{"scrap", "produced"}, y: func(e record.ShiftEntry) *float64 { return whole(e.Scrap) }, x: produced},
	}
}

// Temperature is the column that can explain energy beside output.
const Temperature = "temperature"

// With is the metric with a column that explains it beside output.
func (m Metric) With(covariate string) Metric {
	if m.Baseline && covariate != "" {
		m.Covariate, m.Needs = covariate, append(slices.Clone(m.Needs), covariate)
	}
	return m
}

// Shown is the metric in which a side is shown: energy saved is nothing that one side has.
func (m Metric) Shown() Metric {
	if m.Baseline {
		m, _ = MetricNamed("energy_per_unit")
	}
	return m
}

// Energy is what the rows of one shift used; nil where one does not know it.
func (m Metric) Energy(rows []record.ShiftEntry) *float64 {
	all := 0.
	for _, e := range rows {
		if e.EnergyKWh == nil || !m.Baseline {
			return nil
		}
		all += *e.EnergyKWh
	}
	return &all
}

// MetricNamed finds one.
func MetricNamed(name string) (Metric, bool) {
	all := Metrics()
	i := slices.IndexFunc(all, func(m Metric) bool { return m.Name == name })
	if i < 0 {
		return Metric{}, false
	}
	return all[i], true
}

func whole(n *int64) *float64 {
	if n == nil {
		return nil
	}
	v := float64(*n)
	return &v
}

func good(e record.ShiftEntry) *float64     { return whole(e.Good) }
func energy(e record.ShiftEntry) *float64   { return e.EnergyKWh }
func produced(e record.ShiftEntry) *float64 { return whole(e.Produced) }

// Of makes the metric's pair of the rows of one shift. OEE is PRI·GQ/PBT, with the planned run time of a unit and the
// shift's length. Hours are those that the coverage is of. Not ok where any row does not know what the metric needs:
// a sum over the others would take it for 0.
func (m Metric) Of(rows []record.ShiftEntry, length time.Duration, coverage float64, planned time.Duration) (Pair, bool) {
	var p Pair
	for _, e := range rows {
		y := m.y(e)
		if y == nil {
			return Pair{}, false
		}
		p.Y += *y
		if m.x == nil {
			continue
		}
		x := m.x(e)
		if x == nil {
			return Pair{}, false
		}
		p.X += *x
	}
	if m.PerHour {
		p.X = length.Hours() * coverage
	}
	if m.Name == "oee" {
		p.Y *= planned.Hours()
	}
	return p, true
}
