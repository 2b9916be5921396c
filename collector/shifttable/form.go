package shifttable

import (
	"embed"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/cells"
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
	temperature   = "temperature"
	plannedHours  = "planned_hours"
	coverage      = "coverage"
	cluster       = "cluster"
	comment       = "comment"
)

// columns are those of a log in the order in which they are written.
var columns = []cells.Column[Row]{
	{Name: shiftStart, Moment: func(r *Row) *time.Time { return &r.Start }},
	{Name: shiftEnd, Moment: func(r *Row) *time.Time { return &r.Entry.ShiftEnd }},
	{Name: machine, Text: func(r *Row) *string { return &r.Entry.Machine }},
	{Name: product, Text: func(r *Row) *string { return &r.Entry.Product }},
	{Name: order, Text: func(r *Row) *string { return &r.Entry.Order }},
	{Name: produced, Whole: func(r *Row) **int64 { return &r.Entry.Produced }},
	{Name: good, Whole: func(r *Row) **int64 { return &r.Entry.Good }},
	{Name: scrap, Whole: func(r *Row) **int64 { return &r.Entry.Scrap }},
	{Name: rework, Whole: func(r *Row) **int64 { return &r.Entry.Rework }},
	{Name: workers, Whole: func(r *Row) **int64 { return &r.Entry.Workers }},
	{Name: attendedHours, Number: func(r *Row) **float64 { return &r.Entry.AttendedHours }},
	{Name: workedHours, Number: func(r *Row) **float64 { return &r.Entry.WorkedHours }},
	{Name: energyKWh, Number: func(r *Row) **float64 { return &r.Entry.EnergyKWh }},
	{Name: materialInKg, Number: func(r *Row) **float64 { return &r.Entry.MaterialInKg }},
	{Name: productOutKg, Number: func(r *Row) **float64 { return &r.Entry.ProductOutKg }},
	{Name: temperature, Number: func(r *Row) **float64 { return &r.Entry.Temperature }},
	{Name: plannedHours, Number: func(r *Row) **float64 { return &r.Entry.PlannedHours }},
	{Name: coverage, Number: func(r *Row) **float64 { return &r.Entry.Coverage }, Share: true},
	{Name: cluster, Text: func(r *Row) *string { return &r.Entry.Cluster }},
	{Name: comment, Text: func(r *Row) *string { return &r.Entry.Comment }, Long: true},
}

//go:embed headings.yaml
var headings []byte

//go:embed vi.yaml en.yaml
var texts embed.FS

// form is a shift log.
var form = cells.Form[Row]{
	Noun: "shift log", Columns: columns, Headings: headings, Texts: texts, Required: []string{shiftStart, shiftEnd},
	Check: func(r Row) []Mistake { return Check(r.Start, r.Entry) },
	Once:  cells.Once[Row]{Column: shiftStart, Code: SameShift, Message: "The same shift, machine, product and order stand in row %d.", Key: key},
	Hints: hints,
	Place: func(r *Row, source string, row int) { r.Number, r.Entry.Source = row, source },
}

// key is what tells shifts apart.
func key(r Row) string {
	if r.Start.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d %q %q %q", r.Start.UnixNano(), r.Entry.Machine, r.Entry.Product, r.Entry.Order)
}
