package record

import "time"

// LongestShift is the longest that a ShiftEntry can be of.
const LongestShift = 24 * time.Hour

// ShiftEntry is what a person wrote down of one shift of one line, or of one machine or product of it. What is nil
// was not written down, which is not 0.
type ShiftEntry struct {
	ShiftEnd time.Time `json:"shift_end"`
	Machine  string    `json:"machine,omitempty"`
	Product  string    `json:"product,omitempty"` // its code
	Order    string    `json:"order,omitempty"`   // production order

	Produced *int64 `json:"produced,omitempty"` // PQ, units
	Good     *int64 `json:"good,omitempty"`     // GQ
	Scrap    *int64 `json:"scrap,omitempty"`    // SQ
	Rework   *int64 `json:"rework,omitempty"`   // RQ

	Workers       *int64   `json:"workers,omitempty"`        // people who attended
	AttendedHours *float64 `json:"attended_hours,omitempty"` // of all of them together, APAT
	WorkedHours   *float64 `json:"worked_hours,omitempty"`   // part of AttendedHours spent on the line's work, APWT
	EnergyKWh     *float64 `json:"energy_kwh,omitempty"`
	MaterialInKg  *float64 `json:"material_in_kg,omitempty"`
	ProductOutKg  *float64 `json:"product_out_kg,omitempty"`

	Temperature  *float64 `json:"temperature,omitempty"`   // mean of the shift, °C, of what a study's baseline explains energy by
	PlannedHours *float64 `json:"planned_hours,omitempty"` // that the line was meant to run in the shift, without breaks; its length where nil

	Coverage *float64 `json:"coverage,omitempty"` // part of the shift that the figures are of, 0 to 1
	Cluster  string   `json:"cluster,omitempty"`  // what the shift is grouped by in a study
	Comment  string   `json:"comment,omitempty"`

	Replaces string `json:"replaces,omitempty"` // ID of the entry that this one corrects
	Source   string `json:"source,omitempty"`   // file and row that it was read from; empty when typed
}

// Signature is what a second person says of a shift's entry.
type Signature struct {
	Entry   string `json:"entry"` // its ID
	Hash    Hash   `json:"hash"`  // SHA-256 of the body that they saw
	Agrees  bool   `json:"agrees"`
	Comment string `json:"comment,omitempty"`
}
