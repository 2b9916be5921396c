package i2c

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/i2c"

	"github.com/lineproof/lineproof/drivers/drivertest"
	"github.com/lineproof/lineproof/drivers/sensor"
	"github.com/lineproof/lineproof/record"
)

func TestValidateNamesEveryMistake(t *testing.T) {
	sound := record.Calibration{By: "An", At: "2026-11-20", Points: []record.CalibrationPoint{{Raw: 20, Value: 20.4}, {Raw: 60, Value: 60.1}}}
	beyond := sound
	beyond.Points = []record.CalibrationPoint{{Raw: 20, Value: 20.4}, {Raw: 300, Value: 60.1}}
	nobody := sound
	nobody.By = ""
	for _, test := range []struct {
		name string
		c    *Config
		want []string
	}{
		{"a chip that is not known", configured("bme-280", nil), []string{"chip: unknown chip \"bme-280\" | did you mean bme280?"}},
		{"no chip", configured("", nil), []string{"chip: unknown chip \"\" | use one of ads1115, ina219, bme280, bmp280, aht20, mcp9808, tmp102, bh1750, scd4x"}},
		{"wrong bus, address and period", &Config{Chip: "bmp280", Bus: -1, Address: 0x40}, []string{
			"bus: bus -1 does not exist | use the number of /dev/i2c-1",
			"address: a bmp280 never has address 0x40 | it can be 0x76 or 0x77",
			"every: period 0s is not above 0 | use a time such as 1s",
		}},
		{"too fast", &Config{Chip: "scd4x", Every: record.Duration(time.Second)}, []string{"every: the scd4x measures no faster than every 6s | use 6s or more"}},
		{"a resistor that is not given", &Config{Chip: "ina219", Every: record.Duration(time.Second)}, []string{
			"shunt: shunt 0 is no resistance | give the ohms that are printed on the resistor, such as 0.1 for R100"}},
		{"an ADC without signals", configured("ads1115", nil), []string{
			"signals: no signals | name at least one, such as pressure: {at: channel 0, input: 4-20mA, shunt: 150}"}},
		{"signals of an ADC", configured("ads1115", map[string]sensor.Signal{
			"a": {At: "channel 4"},
			"b": {At: "channel 0", Input: "4-20 mA"},
			"c": {At: "channel 0", Input: "4-20mA"},
			"d": {At: "channel 0", Input: "4-20mA", Shunt: 500},
			"e": {At: "channel 0", Input: "0-10V"},
			"f": {At: "channel 0", Input: "4-20mA", Shunt: 150, From: []float64{4, 4}, To: []float64{0, 16}},
			"g": {At: "channel 0", Input: "4-20mA", Shunt: 150, From: []float64{4, 200}, To: []float64{0, 16}},
			"h": {At: "channel 0", Unit: "bar", Deadband: -1},
		}), []string{
			"signals.a.at: the ads1115 measures no \"channel 4\" | use one of channel 0-1, channel 0-3, channel 1-3, channel 2-3, channel 0, channel 1, channel 2, channel 3",
			"signals.b.input: unknown input \"4-20 mA\" | did you mean 4-20mA?",
			"signals.c.shunt: shunt 0 is no resistance | give the ohms that the current flows through, such as 150",
			"signals.d.input: 4-20mA would put 11 V on a pin that measures up to 5 V | use a greater divider or a smaller shunt",
			"signals.e.input: 0-10V would put 10.5 V on a pin that measures up to 5 V | use a greater divider or a smaller shunt",
			"signals.f.from: from and to take two different numbers each | such as from: [4, 20], to: [0, 16]",
			"signals.g.from: 200 mA is outside of what channel 0 can be: 0 to 22 | ",
			"signals.h.unit: channel 0 is measured in V, and nothing says how that becomes bar | give from and to, or a calibration, or leave unit out",
			"signals.h.deadband: deadband -1 is not a distance | use 0 or more, in the unit of the value",
		}},
		{"calibrations", configured("tmp102", map[string]sensor.Signal{
			"a": {At: "temperature", Calibration: &nobody},
			"b": {At: "temperature", Calibration: &beyond},
			"c": {At: "temperature", Calibration: &sound, From: []float64{0, 1}, To: []float64{1, 2}},
		}), []string{
			"signals.a.calibration: `by` does not say who calibrated | ",
			"signals.b.calibration: 300 °C is outside of what temperature can be: -55 to 128 | ",
			"signals.c.calibration: from, to and a calibration do not go together | its points say what the values stand for: remove from and to",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, p := range test.c.Validate() {
				got = append(got, fmt.Sprintf("%s: %s | %s", strings.Join(p.Path, "."), p.Message, p.Hint))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSignalsTellTheCatalogueAll(t *testing.T) {
	calibration := &record.Calibration{By: "An", At: "2026-11-20", Points: []record.CalibrationPoint{{Raw: 4, Value: 0}, {Raw: 20, Value: 16}}}
	c := configured("ads1115", map[string]sensor.Signal{
		"oil":  {At: "channel 0", Input: "4-20mA", Shunt: 150, Unit: "bar", Calibration: calibration, Deadband: 0.1},
		"volt": {At: "channel 1", Divider: 3},
	})
	want := map[string]record.Signal{
		"oil": {Source: "/dev/i2c-1 address 0x48 ads1115 channel 0 4-20mA over 150 Ω", Unit: "bar", Scale: 1, Offset: -4,
			Deadband: 0.1, Calibration: calibration},
		"volt": {Source: "/dev/i2c-1 address 0x48 ads1115 channel 1 voltage divided by 3", Unit: "V"},
	}
	if diff := cmp.Diff(want, c.Signals()); diff != "" {
		t.Error(diff)
	}
	if c.Port() != "/dev/i2c-1" || c.Period() != 10*time.Second {
		t.Errorf("port %s, period %s", c.Port(), c.Period())
	}
}

func TestConformance(t *testing.T) {
	var gone atomic.Bool
	chip := &registers{address: 0x48, wide: true, gone: gone.Load}
	chip.put(0, 0x19, 0x00)
	c := configured("tmp102", map[string]sensor.Signal{"oven": {At: "temperature"}})
	c.open = func(int) (i2c.BusCloser, error) { return chip, nil }
	drivertest.Run(t, drivertest.Harness{
		Device: c, Want: map[string]record.Value{"oven": record.FloatValue(25)},
		Cut: func(testing.TB) { gone.Store(true) }, Restore: func(testing.TB) { gone.Store(false) },
		Timeout: time.Second, Recovery: 5 * time.Second,
	})
}

func TestABusThatIsNotThereSaysWhatToDo(t *testing.T) {
	_, err := openBus(250)
	want := "there is no /dev/i2c-250: switch I²C on, on a Raspberry Pi with dtparam=i2c_arm=on or raspi-config"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
