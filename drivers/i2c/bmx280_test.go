package i2c

import (
	"context"
	"math"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"
	"periph.io/x/devices/v3/bmxx80"
	theirina "periph.io/x/devices/v3/ina219"
	theirmcp "periph.io/x/devices/v3/mcp9808"
	theirtmp "periph.io/x/devices/v3/tmp102"

	"github.com/lineproof/lineproof/drivers/sensor"
)

// trimmed is the trimming of the example in the BMP280's data sheet, BST-BMP280-DS001, section 3.12, with
// the humidity part of a BME280.
var trimmed = []byte{
	0x70, 0x6b, 0x43, 0x67, 0x18, 0xfc, // 27504, 26435, -1000
	0x7d, 0x8e, 0x43, 0xd6, 0xd0, 0x0b, 0x27, 0x0b, 0x8c, 0x00, 0xf9, 0xff, 0x8c, 0x3c, 0xf8, 0xc6, 0x70, 0x17, // 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000
	0x00, 0x4b,
}

var trimmedMore = []byte{0x6e, 0x01, 0x00, 0x13, 0x05, 0x00, 0x1e}

// sample is that example: 519888 and 415148, which are 25.08 °C and, in floating point, 100653.27 Pa. Bosch's
// whole numbers come within 0.02 Pa of it.
var sample = []byte{0x65, 0x5a, 0xc0, 0x7e, 0xed, 0x00}

func TestBMP280(t *testing.T) {
	begin := []poll{{w: []byte{0xd0}, r: []byte{0x58}}, {w: []byte{0x88}, r: trimmed}}
	after := func(more ...poll) []poll { return append(append([]poll{}, begin...), more...) }
	force, done := poll{w: []byte{0xf4, 0x25}}, poll{w: []byte{0xf3}, r: []byte{0x04}}
	busy := poll{w: []byte{0xf3}, r: []byte{0x0c}}
	for _, o := range []outcome{
		{"the data sheet's example", configured("bmp280", nil), after(force, done, poll{w: []byte{0xf7}, r: sample}), []string{"pressure=1006.5325390625 good", "temperature=25.08 good"}, ""},
		{"it takes a little longer", configured("bmp280", map[string]sensor.Signal{"temperature": {}}), after(force, busy, done, poll{w: []byte{0xf7}, r: sample}), []string{"temperature=25.08 good"}, ""},
		{"it never ends", configured("bmp280", map[string]sensor.Signal{"temperature": {}}), after(force, busy, busy, busy, busy, busy), []string{"temperature=- missing"},
			"/dev/i2c-1 address 0x76 bmp280: a measurement did not end within 50ms"},
		{"it did not measure", configured("bmp280", map[string]sensor.Signal{"temperature": {}}), after(force, done, poll{w: []byte{0xf7}, r: []byte{0x80, 0, 0, 0x80, 0, 0}}), []string{"temperature=- missing"},
			"temperature: it did not measure: it has lost its settings"},
		{"a bme280 instead", configured("bmp280", map[string]sensor.Signal{"temperature": {}}), []poll{{w: []byte{0xd0}, r: []byte{0x60}}}, []string{"temperature=- missing"},
			"/dev/i2c-1 address 0x76 bmp280: not a bmp280: its identity is 0x60, want 0x58 (a bme280)"},
		{"a broken trimming", configured("bmp280", map[string]sensor.Signal{"temperature": {}}), []poll{begin[0], {w: []byte{0x88}, r: make([]byte, 26)}}, []string{"temperature=- missing"},
			"/dev/i2c-1 address 0x76 bmp280: its trimming is empty: it was just switched on, or it is broken"},
		{"nobody at the address", configured("bmp280", map[string]sensor.Signal{"temperature": {}}), []poll{{err: errNack}}, []string{"temperature=- missing"},
			"/dev/i2c-1 address 0x76 bmp280: no answer: remote I/O error"},
	} {
		o.run(t)
	}
}

// TestLikePeriph has periph's own drivers read the same chips.
func TestLikePeriph(t *testing.T) {
	t.Run("bme280", func(t *testing.T) {
		for _, humidity := range []uint16{0x4000, 0x6a3c, 0x9d21} {
			chip := &registers{address: 0x76}
			chip.put(0xd0, 0x60)
			chip.put(0x88, trimmed...)
			chip.put(0xe1, trimmedMore...)
			chip.put(0xf7, append(sample[:6:6], byte(humidity>>8), byte(humidity))...)
			theirs, err := bmxx80.NewI2C(chip, 0x76, &bmxx80.DefaultOpts)
			if err != nil {
				t.Fatal(err)
			}
			var env physic.Env
			if err := theirs.Sense(&env); err != nil {
				t.Fatal(err)
			}
			got := values(t, configured("bme280", nil), chip)
			near(t, "temperature", got["temperature"], env.Temperature.Celsius())
			near(t, "pressure", got["pressure"], float64(env.Pressure)/float64(100*physic.Pascal))
			near(t, "humidity", got["humidity"], float64(env.Humidity)/float64(physic.PercentRH))
		}
	})
	t.Run("ina219", func(t *testing.T) {
		chip := &registers{address: 0x40, wide: true}
		chip.put(1, 0x07, 0xd0)
		chip.put(2, 0x5d, 0x98)
		theirs, err := theirina.New(chip, &theirina.Opts{Address: 0x40, SenseResistor: 2 * physic.MilliOhm, MaxCurrent: 20 * physic.Ampere})
		if err != nil {
			t.Fatal(err)
		}
		power, err := theirs.Sense()
		if err != nil {
			t.Fatal(err)
		}
		got := values(t, configured("ina219", nil), chip)
		near(t, "voltage", got["voltage"], float64(power.Voltage)/float64(physic.Volt))
		near(t, "current", got["current"], float64(power.Shunt)/float64(physic.Volt)/0.002)
	})
	t.Run("mcp9808", func(t *testing.T) {
		for _, raw := range []uint16{0x0000, 0x0194, 0x1fff, 0x1e74, 0xc7d0} {
			chip := &registers{address: 0x18, wide: true}
			chip.put(6, 0x00, 0x54, 0x04, 0x00)
			chip.put(5, byte(raw>>8), byte(raw))
			theirs, err := theirmcp.New(chip, &theirmcp.Opts{Addr: 0x18, Res: theirmcp.Maximum})
			if err != nil {
				t.Fatal(err)
			}
			celsius, err := theirs.SenseTemp()
			if err != nil {
				t.Fatal(err)
			}
			near(t, "temperature", values(t, configured("mcp9808", nil), chip)["temperature"], celsius.Celsius())
		}
	})
	t.Run("tmp102", func(t *testing.T) {
		for _, raw := range []uint16{0x0000, 0x1910, 0x7ff0, 0xffc0, 0xc900} {
			chip := &registers{address: 0x48, wide: true}
			chip.put(1, 0x60, 0xa0)
			chip.put(0, byte(raw>>8), byte(raw))
			theirs, err := theirtmp.NewI2C(chip, 0x48, nil)
			if err != nil {
				t.Fatal(err)
			}
			var env physic.Env
			if err := theirs.Sense(&env); err != nil {
				t.Fatal(err)
			}
			near(t, "temperature", values(t, configured("tmp102", nil), chip)["temperature"], env.Temperature.Celsius())
		}
	})
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 0.005 {
		t.Errorf("%s: got %v, periph says %v", what, got, want)
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	chip := &registers{address: 0x76}
	chip.put(0xd0, 0x60)
	chip.put(0x88, trimmed...)
	ctx, cancel := context.WithCancel(t.Context())
	d := open(t, configured("bme280", nil), chip, func(ctx context.Context, _ time.Duration) error {
		cancel()
		return sensor.Sleep(ctx, time.Hour)
	})
	readings, err := d.Read(ctx)
	if len(readings) != 3 || err == nil || err.Error() != "/dev/i2c-1 address 0x76 bme280: context canceled" {
		t.Errorf("%d readings, error %v", len(readings), err)
	}
}
