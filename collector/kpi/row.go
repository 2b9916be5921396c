// Package kpi computes the key performance indicators of ISO 22400-2 from intervals. It does no I/O. It
// is the one engine behind page, interface and report, so that they cannot disagree.
//
// Sums come first, then one division; ratios are never averaged. A ratio whose denominator is 0 is
// undefined and comes out as null. Time that nobody observed is neither running nor stopped: it is taken
// out of both sides of every ratio of times, and Coverage says how much it was.
package kpi

import "time"

// Row is the KPIs of one group of intervals. Quantities are units, times seconds to the millisecond,
// ratios fractions (0.97, not 97). Null means undefined or not known, never 0.
type Row struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Machine string    `json:"machine,omitempty"`
	Product string    `json:"product,omitempty"`
	Order   string    `json:"order,omitempty" doc:"production order"`
	Shift   string    `json:"shift,omitempty"`

	ProducedQuantity *int64           `json:"produced_quantity" doc:"PQ"`
	GoodQuantity     *int64           `json:"good_quantity" doc:"GQ"`
	ScrapQuantity    *int64           `json:"scrap_quantity" doc:"SQ"`
	ReworkQuantity   *int64           `json:"rework_quantity" doc:"RQ"`
	ScrapByReason    map[string]int64 `json:"scrap_by_reason,omitempty"`
	LateQuantity     int64            `json:"late_quantity" doc:"part of PQ that was made while nobody looked, counted at the next look; not in effectiveness and OEE"`
	SuspectQuantity  int64            `json:"suspect_quantity" doc:"units by which a counter rose faster than its machine can; not in PQ"`

	PlannedBusyTimeS      float64            `json:"planned_busy_time_s" doc:"PBT: planned by the calendar, without breaks, plus work outside it"`
	ObservedBusyTimeS     float64            `json:"observed_busy_time_s" doc:"part of PBT during which the machine was observed"`
	LoggedBusyTimeS       float64            `json:"logged_busy_time_s" doc:"part of PBT of which nothing was observed and people wrote down what was made"`
	OvertimeS             float64            `json:"overtime_s" doc:"part of PBT that was worked outside the calendar"`
	ActualProductionTimeS float64            `json:"actual_production_time_s" doc:"APT: seconds in state execute"`
	ActualUnitSetupTimeS  float64            `json:"actual_unit_setup_time_s" doc:"AUST: observed planned seconds in starting, resetting, unholding, unsuspending, completing"`
	ActualUnitDelayTimeS  float64            `json:"actual_unit_delay_time_s" doc:"ADET: observed planned seconds in which there was work and it was not done: all states but those of APT and AUST, idle and complete"`
	StateS                map[string]float64 `json:"state_s" doc:"observed seconds by PackML state, planned or not"`

	Availability  *float64 `json:"availability" doc:"APT / observed PBT"`
	Effectiveness *float64 `json:"effectiveness" doc:"PRI * PQ / APT"`
	QualityRatio  *float64 `json:"quality_ratio" doc:"GQ / PQ"`
	OEE           *float64 `json:"oee" doc:"availability * effectiveness * quality ratio; null where part of the quantities is known from the shift log alone"`
	ScrapRatio    *float64 `json:"scrap_ratio" doc:"SQ / PQ"`
	NEE           *float64 `json:"nee" doc:"net equipment effectiveness: (APT + AUST) / observed PBT * effectiveness * quality ratio"`

	ReworkRatio           *float64 `json:"rework_ratio" doc:"RQ / PQ; null where no rework is counted"`
	FirstPassYield        *float64 `json:"first_pass_yield" doc:"(PQ - SQ - RQ) / PQ; null where no rework is counted"`
	SetupRatio            *float64 `json:"setup_ratio" doc:"AUST / (APT + AUST)"`
	TechnicalEfficiency   *float64 `json:"technical_efficiency" doc:"APT / (APT + ADET)"`
	AllocationEfficiency  *float64 `json:"allocation_efficiency" doc:"AUBT / observed PBT, with AUBT = APT + AUST + ADET"`
	UtilisationEfficiency *float64 `json:"utilisation_efficiency" doc:"APT / AUBT"`
	ThroughputPerHour     *float64 `json:"throughput_per_hour" doc:"units made while observed or written down / observed and logged PBT in hours"`

	Failures   int64    `json:"failures" doc:"stops in which the machine was aborted, where they became so"`
	Stops      int64    `json:"stops" doc:"stops that ended here, micro-stops not counted"`
	MicroStops int64    `json:"micro_stops" doc:"stops that ended here and were shorter than the line's limit"`
	MicroStopS float64  `json:"micro_stop_s" doc:"how long the micro-stops were"`
	MTBFS      *float64 `json:"mtbf_s" doc:"APT / failures"`
	MTTRS      *float64 `json:"mttr_s" doc:"planned seconds in aborting, aborted and clearing / failures"`

	EnergyKWh        *float64 `json:"energy_kwh"`
	EnergyPerUnitKWh *float64 `json:"energy_per_unit_kwh" doc:"energy / PQ"`

	EnergyPerGoodUnitKWh *float64 `json:"energy_per_good_unit_kwh" doc:"energy / GQ"`
	MaterialInKg         *float64 `json:"material_in_kg"`
	ProductOutKg         *float64 `json:"product_out_kg"`
	MaterialYield        *float64 `json:"material_yield" doc:"product out / material in"`

	AttendedHours      *float64 `json:"attended_hours" doc:"APAT: hours of all who attended, from the shift log, spread evenly over each shift; in rows by time"`
	WorkedHours        *float64 `json:"worked_hours" doc:"APWT: part of the attended hours spent on the line's work, where it was written down"`
	LabourProductivity *float64 `json:"labour_productivity" doc:"good units made in shifts with known hours / attended hours"`
	WorkerEfficiency   *float64 `json:"worker_efficiency" doc:"APWT / APAT, of the shifts of which both are known"`

	Coverage       *float64 `json:"coverage" doc:"observed and logged PBT / PBT"`
	UncertainTimeS float64  `json:"uncertain_time_s" doc:"observed seconds whose date is a guess between two known times, as long as nobody knew the time"`
	TimeErrorS     float64  `json:"time_error_s" doc:"how far the times behind this row may be wrong at the most"`

	Flags   []string      `json:"flags,omitempty" nullable:"false" doc:"figures that cannot be right: oee_over_1, quality_exactly_1, suspect_counts, counter_reset, energy_without_output, output_without_energy, from_shift_log, not_countersigned, time_uncertain"`
	Losses  []Loss        `json:"losses,omitempty" nullable:"false" doc:"planned busy time, step by step down to the time that the good units were meant to take, when asked for with explain=true"`
	Explain []Explanation `json:"explain,omitempty" nullable:"false" doc:"the arithmetic behind each figure, when asked for with explain=true"`
}

// Explanation is the arithmetic of one figure: the formula in ISO 22400's words and each term's value.
type Explanation struct {
	KPI     string   `json:"kpi" doc:"the figure's name in the row"`
	Formula string   `json:"formula" doc:"in the names of the terms"`
	Terms   []Term   `json:"terms" nullable:"false"`
	Value   *float64 `json:"value"`
}

// Loss is one step of the waterfall from planned time to good units.
type Loss struct {
	Name    string  `json:"name" enum:"unobserved,logged,idle,repair,delay,setup,speed,scrap,good,production"`
	Seconds float64 `json:"seconds" doc:"less than 0 for speed where the machine ran faster than planned"`
}

// Term is one input of a formula.
type Term struct {
	Name  string   `json:"name"`
	Value *float64 `json:"value"`
	Unit  string   `json:"unit" enum:"s,h,unit,cycle,unit/cycle,s/unit,unit/h,kWh,kg,1"`
}
