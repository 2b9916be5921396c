package record

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Calibration says who compared a sensor with two known values, when, and what the sensor showed at them.
// It is sealed with the catalogue, so that every change of it is on record.
type Calibration struct {
	By     string             `json:"by"`             // a person or laboratory
	At     string             `json:"at"`             // the day, such as 2026-11-20
	Points []CalibrationPoint `json:"points"`         // two
	Tare   *float64           `json:"tare,omitempty"` // what the empty scale shows now, which stands for 0
}

// CalibrationPoint is what a sensor showed at a known value.
type CalibrationPoint struct {
	Raw   float64 `json:"raw"`   // before the calibration, as `lineproof-edge read` shows it without one
	Value float64 `json:"value"` // known, in the signal's unit
}

// Check finds what makes a calibration unusable.
func (c Calibration) Check() error {
	if c.By == "" {
		return errors.New("`by` does not say who calibrated")
	}
	if day, err := time.Parse(time.DateOnly, c.At); err != nil || day.Year() < 2000 {
		return fmt.Errorf("`at` is no day: %q: write it as 2026-11-20", c.At)
	}
	if len(c.Points) != 2 {
		return fmt.Errorf("%d `points`: give two, {raw: 12345, value: 0} and {raw: 98765, value: 20}", len(c.Points))
	}
	a, b := c.Points[0], c.Points[1]
	for _, f := range []float64{a.Raw, a.Value, b.Raw, b.Value} {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("`points` hold %v, which is no number", f)
		}
	}
	switch {
	case a.Raw == b.Raw:
		return fmt.Errorf("both `points` have the raw value %v: the sensor has to show a difference", a.Raw)
	case a.Value == b.Value:
		return fmt.Errorf("both `points` have the value %v: use two different known values", a.Value)
	case c.Tare != nil && (math.IsNaN(*c.Tare) || math.IsInf(*c.Tare, 0)):
		return fmt.Errorf("`tare` is %v, which is no number", *c.Tare)
	}
	return nil
}

// Line is the straight line through both points, moved to 0 at the tare: value = raw * scale + offset. It is
// of use only where Check found nothing.
func (c Calibration) Line() (scale, offset float64) {
	a, b := c.Points[0], c.Points[1]
	scale = (b.Value - a.Value) / (b.Raw - a.Raw)
	if c.Tare != nil {
		return scale, -scale * *c.Tare
	}
	return scale, a.Value - float64(scale*a.Raw) // rounded twice on every processor
}
