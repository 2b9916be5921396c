package hx711

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"
	periph "periph.io/x/devices/v3/hx711"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/drivertest"
	"github.com/lineproof/lineproof/drivers/sensor"
	"github.com/lineproof/lineproof/record"
)

// cell is an HX711 as its data sheet describes it, in a time of its own: a conversion is ready 100 ms after
// the last one was fetched, and is shifted out with the clock.
type cell struct {
	code    int32
	gone    atomic.Bool
	time    time.Duration
	ready   time.Duration // when the next conversion is
	clock   bool
	pulse   int // of the conversion that is being shifted out
	data    bool
	stalls  []time.Duration // how long the clock stays high for, pulse by pulse; then no time at all
	offs    int             // times that it was switched off
	noPulse bool            // the data never goes high: something else is wired there
	dead    bool            // without supply the data stays high
}

func (c *cell) Set(on bool) error {
	if c.gone.Load() {
		return errors.New("no such device")
	}
	switch {
	case on && !c.clock:
		c.pulse++
		c.data = c.pulse > bits || c.code>>(bits-c.pulse)&1 != 0
		if len(c.stalls) > 0 {
			c.time += c.stalls[0]
			c.stalls = c.stalls[1:]
		}
	case !on && c.pulse > bits:
		c.pulse, c.ready = 0, c.time+period
	}
	c.clock = on
	return nil
}

func (c *cell) On() (bool, error) {
	switch {
	case c.gone.Load():
		return false, errors.New("no such device")
	case c.noPulse || c.dead:
		return c.dead, nil
	case c.pulse > 0:
		return c.data, nil
	}
	return c.time < c.ready, nil
}

func (c *cell) Close() error { return nil }

// wait passes the time, which switches the chip off where the clock is high meanwhile.
func (c *cell) wait(ctx context.Context, d time.Duration) error {
	c.time += d
	if c.clock && d >= switchOff {
		c.offs++
		c.pulse, c.ready = 0, c.time+settling
	}
	return ctx.Err()
}

func configured(c *cell, signals map[string]sensor.Signal) *Config {
	config := New().(*Config)
	config.SCK, config.DT, config.Points = "GPIO5", "GPIO6", signals
	config.open = func(string, string) (wires, error) { return c, nil }
	config.pause = c.wait
	config.now = func() time.Time { return time.Time{}.Add(c.time) }
	return config
}

func read(t *testing.T, c *Config) (string, error) {
	t.Helper()
	d, err := c.Open(drivers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	readings, err := d.Read(t.Context())
	return fmt.Sprintf("%s %s", readings[0].Value, readings[0].Quality), err
}

func TestConversions(t *testing.T) {
	for _, code := range []int32{0, 1, -1, 12345, -8388607, 8388606, 0x2aaaaa, -0x555555} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			if got, err := read(t, configured(&cell{code: code}, nil)); got != fmt.Sprintf("%s good", record.FloatValue(float64(code))) || err != nil {
				t.Errorf("got %s, %v", got, err)
			}
			chip := &cell{code: code}
			theirs, err := periph.New(clockPin{&gpiotest.Pin{N: "clock"}, chip}, dataPin{&gpiotest.Pin{N: "data", EdgesChan: make(chan gpio.Level)}, chip})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := theirs.Read(); err != nil || got.Raw != code {
				t.Errorf("periph says %d, %v", got.Raw, err)
			}
		})
	}
}

// clockPin and dataPin give the cell to periph's driver.
type clockPin struct {
	*gpiotest.Pin
	cell *cell
}

func (p clockPin) Out(l gpio.Level) error { return p.cell.Set(bool(l)) }

type dataPin struct {
	*gpiotest.Pin
	cell *cell
}

func (p dataPin) Read() gpio.Level {
	on, err := p.cell.On()
	return err == nil && gpio.Level(on)
}

func TestAScaleIsCalibratedAndTared(t *testing.T) {
	tare := 22345.0
	for _, test := range []struct {
		name string
		tare *float64
		want string
	}{
		{"as it was calibrated", nil, "10 good"},
		{"with another pan, which shows 22345 when it is empty", &tare, "7.5 good"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := configured(&cell{code: 52345}, map[string]sensor.Signal{"bag": {At: "weight", Unit: "kg", Calibration: &record.Calibration{
				By: "Nguyễn Văn An", At: "2026-11-20", Points: []record.CalibrationPoint{{Raw: 12345, Value: 0}, {Raw: 92345, Value: 20}}, Tare: test.tare,
			}}})
			if got, err := read(t, c); got != test.want || err != nil {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
			if got := c.Signals()["bag"]; got.Unit != "kg" || got.Calibration.By != "Nguyễn Văn An" || got.Scale != 0.00025 || got.Source != "GPIO5 GPIO6 hx711 weight" {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestAConversionThatTookTooLongIsTakenAgain(t *testing.T) {
	late := make([]time.Duration, bits+gain128+12) // in the middle of the second conversion, as the first is dropped
	late[len(late)-1] = 70 * time.Microsecond
	chip := &cell{code: 4711, stalls: late, ready: settling - period}
	if got, err := read(t, configured(chip, nil)); got != "4711 good" || err != nil || chip.offs != 2 {
		t.Errorf("got %s, %v after it was switched off %d times; want it once more", got, err, chip.offs)
	}
	for range 200 {
		late = append(late, 70*time.Microsecond)
	}
	got, err := read(t, configured(&cell{stalls: late}, nil))
	if want := "GPIO5 GPIO6 hx711: the computer was too busy to read it in time"; got != "- missing" || err == nil || err.Error() != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

func TestWhatIsNoWeight(t *testing.T) {
	for _, test := range []struct {
		name string
		cell *cell
		want string
	}{
		{"overload", &cell{code: full}, "weight: the load cell gives more than the chip can measure: overload, or a broken wire to the cell"},
		{"a broken wire to the cell", &cell{code: empty}, "weight: the load cell gives more than the chip can measure: overload, or a broken wire to the cell"},
		{"no supply", &cell{dead: true}, "GPIO5 GPIO6 hx711: no conversion within 300ms: check its supply and both wires"},
		{"something else", &cell{noPulse: true}, "GPIO5 GPIO6 hx711: its data did not go high after the last bit: it is not an hx711, or it lost its place"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, err := read(t, configured(test.cell, nil)); got != "- missing" || err == nil || err.Error() != test.want {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
		})
	}
}

func TestConformance(t *testing.T) {
	chip := &cell{code: 12345}
	drivertest.Run(t, drivertest.Harness{
		Device: configured(chip, nil), Want: map[string]record.Value{"weight": record.FloatValue(12345)},
		Cut: func(testing.TB) { chip.gone.Store(true) }, Restore: func(testing.TB) { chip.gone.Store(false) },
		Timeout: time.Second, Recovery: time.Second,
	})
}

func TestValidateNamesEveryMistake(t *testing.T) {
	var got []string
	for _, c := range []Config{{}, {SCK: "GPIO5", DT: "GPIO5", Every: record.Duration(time.Millisecond)}} {
		for _, p := range c.Validate() {
			got = append(got, fmt.Sprintf("%s: %s | %s", strings.Join(p.Path, "."), p.Message, p.Hint))
		}
	}
	want := []string{
		"sck: no sck | the line at SCK, such as GPIO5",
		"dt: no dt | the line at DT, such as GPIO6",
		"every: period 0s is not above 0 | use a time such as 1s",
		"dt: sck and dt are the same line, GPIO5 | ",
		"every: the hx711 measures no faster than every 250ms | use 250ms or more",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
