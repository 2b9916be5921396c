package shifttable

import (
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// The columns by our names.
const (
	shiftStart    = "shift_start"
	shiftEnd      = "shift_end"
	machine       = "machine"
	product       = "product"
	order         = "order"
	produced      = "produced"
	good          = "good"
	scrap         = "scrap"
	rework        = "rework"
	workers       = "workers"
	attendedHours = "attended_hours"
	workedHours   = "worked_hours"
	energyKWh     = "energy_kwh"
	materialInKg  = "material_in_kg"
	productOutKg  = "product_out_kg"
	plannedHours  = "planned_hours"
	coverage      = "coverage"
	cluster       = "cluster"
	comment       = "comment"
)

// column is one column of a log. Exactly one of its four places is set.
type column struct {
	name   string
	moment func(*Row) *time.Time
	text   func(*record.ShiftEntry) *string
	whole  func(*record.ShiftEntry) **int64
	number func(*record.ShiftEntry) **float64
}

// columns are those of a log in the order in which they are written.
var columns = []column{
	{name: shiftStart, moment: func(r *Row) *time.Time { return &r.Start }},
	{name: shiftEnd, moment: func(r *Row) *time.Time { return &r.Entry.ShiftEnd }},
	{name: machine, text: func(e *record.ShiftEntry) *string { return &e.Machine }},
	{name: product, text: func(e *record.ShiftEntry) *string { return &e.Product }},
	{name: order, text: func(e *record.ShiftEntry) *string { return &e.Order }},
	{name: produced, whole: func(e *record.ShiftEntry) **int64 { return &e.Produced }},
	{name: good, whole: func(e *record.ShiftEntry) **int64 { return &e.Good }},
	{name: scrap, whole: func(e *record.ShiftEntry) **int64 { return &e.Scrap }},
	{name: rework, whole: func(e *record.ShiftEntry) **int64 { return &e.Rework }},
	{name: workers, whole: func(e *record.ShiftEntry) **int64 { return &e.Workers }},
	{name: attendedHours, number: func(e *record.ShiftEntry) **float64 { return &e.AttendedHours }},
	{name: workedHours, number: func(e *record.ShiftEntry) **float64 { return &e.WorkedHours }},
	{name: energyKWh, number: func(e *record.ShiftEntry) **float64 { return &e.EnergyKWh }},
	{name: materialInKg, number: func(e *record.ShiftEntry) **float64 { return &e.MaterialInKg }},
	{name: productOutKg, number: func(e *record.ShiftEntry) **float64 { return &e.ProductOutKg }},
	{name: plannedHours, number: func(e *record.ShiftEntry) **float64 { return &e.PlannedHours }},
	{name: coverage, number: func(e *record.ShiftEntry) **float64 { return &e.Coverage }},
	{name: cluster, text: func(e *record.ShiftEntry) *string { return &e.Cluster }},
	{name: comment, text: func(e *record.ShiftEntry) *string { return &e.Comment }},
}

// columnNamed finds a column that there is.
func columnNamed(name string) column {
	return columns[slices.IndexFunc(columns, func(c column) bool { return c.name == name })]
}
