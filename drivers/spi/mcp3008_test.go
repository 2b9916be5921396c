package spi

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3"
	"periph.io/x/conn/v3/conntest"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
	"periph.io/x/conn/v3/spi/spitest"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/drivertest"
	"github.com/lineproof/lineproof/drivers/sensor"
	"github.com/lineproof/lineproof/record"
)

func configured(signals map[string]sensor.Signal) *Config {
	c := New().(*Config)
	c.Chip, c.Points = "mcp3008", signals
	return c
}

func TestMCP3008(t *testing.T) {
	loop := sensor.Signal{At: "channel 7", Input: "4-20mA", Shunt: 100, From: []float64{4, 20}, To: []float64{0, 100}, Unit: "%"}
	for _, test := range []struct {
		name    string
		signals map[string]sensor.Signal
		ops     []conntest.IO
		want    []string
		err     string
	}{
		// DS21295D, equation 4-2: code = 1024 * Vin / Vref; what comes before the ten bits is not defined.
		{"half of the reference", map[string]sensor.Signal{"v": {At: "channel 0"}}, []conntest.IO{{W: []byte{1, 0x80, 0}, R: []byte{0xff, 0xfa, 0x00}}}, []string{"v=1.65 good"}, ""},
		{"one step", map[string]sensor.Signal{"v": {At: "channel 5"}}, []conntest.IO{{W: []byte{1, 0xd0, 0}, R: []byte{0x00, 0x00, 0x01}}}, []string{"v=0.00322265625 good"}, ""},
		{"a loop at 12.09 mA", map[string]sensor.Signal{"level": loop}, []conntest.IO{{W: []byte{1, 0xf0, 0}, R: []byte{0x00, 0x01, 0x77}}}, []string{"level=50.531005859375 good"}, ""},
		{"a wire that is broken", map[string]sensor.Signal{"level": loop}, []conntest.IO{{W: []byte{1, 0xf0, 0}, R: []byte{0x00, 0x00, 0x00}}}, []string{"level=- missing"},
			"level: 0.00 mA is below 3.6 mA: the wire is broken or the sensor has no supply"},
		{"a pin at the reference", map[string]sensor.Signal{"v": {At: "channel 0"}}, []conntest.IO{{W: []byte{1, 0x80, 0}, R: []byte{0x00, 0x03, 0xff}}}, []string{"v=- missing"},
			"v: the pin is at or beyond the reference of 3.3 V: check the wiring, divider or shunt"},
		{"nobody there", map[string]sensor.Signal{"v": {At: "channel 0"}}, []conntest.IO{{W: []byte{1, 0x80, 0}, R: []byte{0xff, 0xff, 0xff}}}, []string{"v=- missing"},
			"/dev/spidev0.0 mcp3008: nobody answers: the bit before the value is not 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := configured(test.signals)
			port := &spitest.Playback{Playback: conntest.Playback{Ops: test.ops, DontPanic: true}}
			c.open = func(int, int) (spi.PortCloser, error) { return port, nil }
			d, err := c.Open(drivers.Options{})
			if err != nil {
				t.Fatal(err)
			}
			readings, err := d.Read(t.Context())
			var got []string
			for _, r := range readings {
				got = append(got, fmt.Sprintf("%s=%s %s", r.Signal, r.Value, r.Quality))
			}
			if text := strings.TrimSpace(fmt.Sprint(err)); err != nil && text != test.err || err == nil && test.err != "" {
				t.Errorf("error %v, want %q", err, test.err)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestValidateNamesEveryMistake(t *testing.T) {
	c := &Config{Chip: "mcp3008", Bus: -1, Select: -1, Points: map[string]sensor.Signal{"v": {At: "channel 8"}}}
	var got []string
	for _, p := range append(c.Validate(), (&Config{Chip: "mcp3208"}).Validate()...) {
		got = append(got, fmt.Sprintf("%s: %s | %s", strings.Join(p.Path, "."), p.Message, p.Hint))
	}
	want := []string{
		"bus: bus -1 does not exist | use the first number of /dev/spidev0.0",
		"select: select -1 does not exist | use the second number of /dev/spidev0.0",
		"reference: reference 0 is not within 0.25 to 5.5 V | give the volts at the pin VREF, such as 3.3",
		"every: period 0s is not above 0 | use a time such as 1s",
		`signals.v.at: the mcp3008 measures no "channel 8" | use one of channel 0, channel 1, channel 2, channel 3, channel 4, channel 5, channel 6, channel 7`,
		`chip: unknown chip "mcp3208" | use one of mcp3008`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// converter is an MCP3008 with half of its reference at every channel.
type converter struct{ gone atomic.Bool }

func (c *converter) Connect(physic.Frequency, spi.Mode, int) (spi.Conn, error) { return c, nil }
func (c *converter) TxPackets([]spi.Packet) error                              { return errors.New("not used") }
func (c *converter) Duplex() conn.Duplex                                       { return conn.Full }
func (c *converter) LimitSpeed(physic.Frequency) error                         { return nil }
func (c *converter) String() string                                            { return "mcp3008" }
func (c *converter) Close() error                                              { return nil }

func (c *converter) Tx(_, r []byte) error {
	copy(r, []byte{0xff, 0xfa, 0x00})
	if c.gone.Load() {
		copy(r, []byte{0xff, 0xff, 0xff})
	}
	return nil
}

func TestConformance(t *testing.T) {
	chip := &converter{}
	c := configured(map[string]sensor.Signal{"v": {At: "channel 0"}})
	c.open = func(int, int) (spi.PortCloser, error) { return chip, nil }
	drivertest.Run(t, drivertest.Harness{
		Device: c, Want: map[string]record.Value{"v": record.FloatValue(1.65)},
		Cut: func(testing.TB) { chip.gone.Store(true) }, Restore: func(testing.TB) { chip.gone.Store(false) },
		Timeout: time.Second, Recovery: time.Second,
	})
}

func TestABusThatIsNotThereSaysWhatToDo(t *testing.T) {
	_, err := openPort(9, 9)
	want := "there is no /dev/spidev9.9: switch SPI on, on a Raspberry Pi with dtparam=spi=on or raspi-config"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
