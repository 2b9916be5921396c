package record

import "testing"

func TestCalibrationFindsWhatMakesItUnusable(t *testing.T) {
	sound := func() Calibration {
		return Calibration{By: "Nguyễn Văn An", At: "2026-11-20", Points: []CalibrationPoint{{12345, 0}, {98765, 20}}}
	}
	for _, test := range []struct {
		name   string
		change func(*Calibration)
		want   string
	}{
		{"sound", func(*Calibration) {}, ""},
		{"nobody", func(c *Calibration) { c.By = "" }, "`by` does not say who calibrated"},
		{"no day", func(c *Calibration) { c.At = "20/11/2026" }, "`at` is no day: \"20/11/2026\": write it as 2026-11-20"},
		{"a clock that was never set", func(c *Calibration) { c.At = "1970-01-01" }, "`at` is no day: \"1970-01-01\": write it as 2026-11-20"},
		{"one point", func(c *Calibration) { c.Points = c.Points[:1] }, "1 `points`: give two, {raw: 12345, value: 0} and {raw: 98765, value: 20}"},
		{"the same raw value", func(c *Calibration) { c.Points[1].Raw = 12345 }, "both `points` have the raw value 12345: the sensor has to show a difference"},
		{"the same value", func(c *Calibration) { c.Points[1].Value = 0 }, "both `points` have the value 0: use two different known values"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := sound()
			test.change(&c)
			got := ""
			if err := c.Check(); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestCalibrationLineGoesThroughBothPointsAndTheTare(t *testing.T) {
	c := Calibration{Points: []CalibrationPoint{{1000, 0}, {3000, 20}}}
	if scale, offset := c.Line(); scale != 0.01 || offset != -10 {
		t.Errorf("got %v and %v, want 0.01 and -10", scale, offset)
	}
	tare := 1200.0
	c.Tare = &tare
	if scale, offset := c.Line(); scale != 0.01 || offset != -12 {
		t.Errorf("with a tare got %v and %v, want 0.01 and -12", scale, offset)
	}
}
