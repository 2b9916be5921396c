package sensor

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"testing"

	"github.com/lineproof/lineproof/record"
)

func TestInputs(t *testing.T) {
	loop := input{kind: input4to20, shunt: 150, divider: 1}
	for _, test := range []struct {
		name  string
		in    input
		volts float64
		want  float64
		err   string
	}{
		{"4 mA", loop, 0.6, 4, ""},
		{"20 mA", loop, 3.0, 20, ""},
		{"the least that is a measurement", loop, 0.5400001, 3.6000006667, ""},
		{"a broken wire", loop, 0.5399, 0, "3.60 mA is below 3.6 mA: the wire is broken or the sensor has no supply"},
		{"a broken wire and noise below 0", loop, -0.001, 0, "0.00 mA is below 3.6 mA: the wire is broken or the sensor has no supply"},
		{"the most that is a measurement", loop, 3.1499, 20.999333333, ""},
		{"a fault", loop, 3.1515, 0, "21.01 mA is above 21 mA: the sensor reports a fault or its wires touch"},
		{"0-20 mA at its beginning", input{kind: input0to20, shunt: 100, divider: 1}, 0, 0, ""},
		{"10 V over a divider", input{kind: input10V, divider: 3}, 10.0 / 3, 10, ""},
		{"11 V over a divider", input{kind: input10V, divider: 3}, 11.0 / 3, 0, "11.00 V is outside of 0-10 V: check the wiring and the divider"},
		{"24 V over a divider", input{kind: inputVoltage, divider: 8}, 3, 24, ""},
		{"no input at all", input{}, 25.5, 25.5, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.in.convert(test.volts)
			switch {
			case test.err == "" && (err != nil || math.Abs(got-test.want) > 1e-6):
				t.Errorf("got %v, %v; want %v", got, err, test.want)
			case test.err != "" && (err == nil || err.Error() != test.err):
				t.Errorf("got %v, want %s", err, test.err)
			}
		})
	}
}

func TestHints(t *testing.T) {
	for word, want := range map[string]string{
		"ADS-1115": "did you mean ads1115?", "ads": "did you mean ads1115?", "hm": "use one of ads1115, ina219", "": "use one of ads1115, ina219",
	} {
		if got := OneOf(word, []string{"ads1115", "ina219"}); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

// flaky is a chip that fails as a test wants it.
type flaky struct {
	begins, closes int
	begin, measure error
	one            Measurement
}

func (f *flaky) Begin(context.Context) error {
	f.begins++
	return f.begin
}

func (f *flaky) Measure(context.Context, []Point) ([]Measurement, error) {
	return []Measurement{f.one}, f.measure
}

func (f *flaky) Close() error {
	f.closes++
	return nil
}

func TestAChipIsBegunAnewAfterAFailureAndOnlyThen(t *testing.T) {
	chip := &flaky{one: Measurement{Raw: []byte{1}, Value: 21}}
	var found Mistakes
	points := Compile(&found, nil, Model{Name: "flaky", Quantities: []Quantity{{At: "temperature", Unit: "°C", Min: 0, Max: 50}}})
	d := NewDriver("bus 1 flaky", points, func() (Chip, error) { return chip, nil })
	read := func(wantBegins, wantCloses int, wantErr string) {
		t.Helper()
		readings, err := d.Read(t.Context())
		text := ""
		if err != nil {
			text = err.Error()
		}
		if text != wantErr || chip.begins != wantBegins || chip.closes != wantCloses || len(readings) != 1 || (readings[0].Quality == record.Good) != (err == nil) {
			t.Errorf("%v, begun %d times, closed %d times, error %q; want %d, %d, %q", readings, chip.begins, chip.closes, text, wantBegins, wantCloses, wantErr)
		}
	}
	read(1, 0, "")
	read(1, 0, "")
	chip.one.Value = 51
	read(1, 0, "temperature: 51 °C is outside of what it can measure, 0 to 50: a bad contact or a broken chip")
	chip.one.Value, chip.measure = 21, errors.New("no answer")
	read(1, 1, "bus 1 flaky: no answer")
	chip.measure, chip.begin = nil, errors.New("not a flaky")
	read(2, 2, "bus 1 flaky: not a flaky")
	chip.begin = nil
	read(3, 2, "")
	if err := d.Close(); err != nil || chip.closes != 3 {
		t.Errorf("closed %d times, %v", chip.closes, err)
	}
}

func TestUsable(t *testing.T) {
	err := Usable(filepath.Join("/dev", "i2c-250"), "switch it on", "i2c")
	if want := "there is no /dev/i2c-250: switch it on"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := Usable("/dev/null", "", ""); err != nil {
		t.Error(err)
	}
}
