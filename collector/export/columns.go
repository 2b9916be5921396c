// Package export writes KPI rows as a table that other programs open: CSV for those that compute, whose header is the
// names of the interface, and XLSX for people, in their language. The figures are those of the rows, unrounded; what
// is not known stays empty, never 0.
package export

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/kpi"
)

// kind is how a column is to be read.
type kind int

const (
	text kind = iota
	moment
	whole
	number
	share // a ratio, shown in percent
)

// column is one figure of a row by its name in the interface.
type column struct {
	name string
	kind kind
}

// figures are the columns in the order of the table.
var figures = []column{
	{"shift", text}, {"machine", text}, {"product", text}, {"order", text}, {"from", moment}, {"to", moment},
	{"produced_quantity", whole}, {"good_quantity", whole}, {"scrap_quantity", whole}, {"rework_quantity", whole},
	{"late_quantity", whole}, {"suspect_quantity", whole},
	{"quality_ratio", share}, {"scrap_ratio", share}, {"rework_ratio", share}, {"first_pass_yield", share},
	{"coverage", share}, {"availability", share}, {"effectiveness", share}, {"oee", share}, {"nee", share},
	{"setup_ratio", share}, {"technical_efficiency", share}, {"allocation_efficiency", share}, {"utilisation_efficiency", share},
	{"throughput_per_hour", number},
	{"attended_hours", number}, {"worked_hours", number}, {"labour_productivity", number}, {"worker_efficiency", share},
	{"planned_busy_time_s", number}, {"observed_busy_time_s", number}, {"logged_busy_time_s", number}, {"actual_production_time_s", number},
	{"actual_unit_setup_time_s", number}, {"actual_unit_delay_time_s", number}, {"overtime_s", number},
	{"failures", whole}, {"stops", whole}, {"micro_stops", whole}, {"micro_stop_s", number}, {"mtbf_s", number}, {"mttr_s", number},
	{"energy_kwh", number}, {"energy_per_unit_kwh", number}, {"energy_per_good_unit_kwh", number},
	{"material_in_kg", number}, {"product_out_kg", number}, {"material_yield", share},
	{"uncertain_time_s", number}, {"time_error_s", number}, {"flags", text},
}

// table is rows with their columns; a cell is nil where nothing is known.
type table struct {
	columns []column
	cells   [][]any // string, time.Time or json.Number
}

// tableOf reads the rows as the interface sends them. Names that no row has get no column.
func tableOf(rows []kpi.Row, zone *time.Location) (t table, err error) {
	var decoded []map[string]any
	text, err := json.Marshal(rows)
	if err == nil {
		decode := json.NewDecoder(strings.NewReader(string(text)))
		decode.UseNumber()
		err = decode.Decode(&decoded)
	}
	if err != nil {
		return t, fmt.Errorf("rows: %w", err)
	}
	for _, c := range figures {
		known := func(row map[string]any) bool { return row[c.name] != nil }
		if c.kind != 0 || slices.ContainsFunc(decoded, known) {
			t.columns = append(t.columns, c)
		}
	}
	for _, row := range decoded {
		var cells []any
		for _, c := range t.columns {
			cell := row[c.name]
			switch list, isList := cell.([]any); {
			case isList:
				cell = strings.Trim(fmt.Sprint(list), "[]")
			case c.kind == moment:
				at, err := time.Parse(time.RFC3339, cell.(string))
				if err != nil {
					return t, fmt.Errorf("rows: %w", err)
				}
				cell = at.In(zone)
			}
			cells = append(cells, cell)
		}
		t.cells = append(t.cells, cells)
	}
	return t, nil
}
