// Package hx711 reads load cells through an HX711, which is wired to two pins of the computer.
//
// It guarantees that a weight is one whole conversion of 24 bits, shifted out in time: where the computer was
// busy elsewhere for so long that the chip may have switched itself off or lost its place, the conversion is
// dropped and the next one is taken. Input A with gain 128 is read, four times a second at the most.
//
// Without a calibration it gives the converter's number, from which a calibration is made: one with the empty
// scale, one with a known weight.
package hx711

import (
	"errors"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/gpio/chardev"
	"github.com/lineproof/lineproof/drivers/sensor"
	"github.com/lineproof/lineproof/record"
)

// Config is one load cell's section of the agent's configuration.
type Config struct {
	SCK    string                   `yaml:"sck"`     // the line that drives the chip's clock, such as GPIO5
	DT     string                   `yaml:"dt"`      // the line that reads the chip's data, such as GPIO6
	Every  record.Duration          `yaml:"every"`   // poll period
	Points map[string]sensor.Signal `yaml:"signals"` // weight when empty

	open  func(sck, dt string) (wires, error)
	pause sensor.Pause
	now   func() time.Time
}

// wires are the two lines to the chip.
type wires interface {
	Set(on bool) error // the clock
	On() (bool, error) // the data
	Close() error
}

// New makes the configuration of a load cell with its defaults.
func New() drivers.Device {
	return &Config{Every: record.Duration(time.Second), open: openWires, pause: sensor.Sleep, now: time.Now}
}

var _ drivers.Device = (*Config)(nil)

var model = sensor.Model{Name: "hx711", Fastest: 250 * time.Millisecond, Quantities: []sensor.Quantity{
	{At: "weight", Unit: "", Min: -1 << 23, Max: 1<<23 - 1},
}}

// pins are wires of the kernel's.
type pins struct{ clock, data *chardev.Line }

func (p pins) Set(on bool) error { return p.clock.Set(on) }
func (p pins) On() (bool, error) { return p.data.On() }

func (p pins) Close() error {
	return errors.Join(p.clock.Close(), p.data.Close())
}

func openWires(sck, dt string) (wires, error) {
	out, err := chardev.Open(sck, chardev.Settings{Output: true})
	if err != nil {
		return nil, err
	}
	in, err := chardev.Open(dt, chardev.Settings{Pull: chardev.PullUp}) // a loose wire reads high, which is: not ready
	if err != nil {
		return nil, errors.Join(err, out.Close())
	}
	return pins{out, in}, nil
}

func (c *Config) compile() ([]sensor.Point, []drivers.Problem) {
	var found sensor.Mistakes
	found.Require(c.SCK != "", []string{"sck"}, "the line at SCK, such as GPIO5", "no sck")
	found.Require(c.DT != "", []string{"dt"}, "the line at DT, such as GPIO6", "no dt")
	found.Require(c.SCK == "" || c.SCK != c.DT, []string{"dt"}, "", "sck and dt are the same line, %s", c.DT)
	sensor.Every(&found, c.Every.D(), model)
	return sensor.Compile(&found, c.Points, model), found
}

// Validate names every mistake: lines, period, and what the signals say.
func (c *Config) Validate() []drivers.Problem {
	_, problems := c.compile()
	return problems
}

// Signals describes the signals.
func (c *Config) Signals() map[string]record.Signal {
	points, _ := c.compile()
	return sensor.Describe(c.source(), c.Points, points)
}

func (c *Config) source() string { return fmt.Sprintf("%s hx711", c.Port()) }

// Port is the two lines: they are shared with nobody.
func (c *Config) Port() string { return c.SCK + " " + c.DT }

// Period is how often the load cell is to be polled.
func (c *Config) Period() time.Duration { return c.Every.D() }

// Open prepares the driver; the first Read requests the lines. It fails if the configuration has mistakes.
func (c *Config) Open(opts drivers.Options) (drivers.Driver, error) {
	points, problems := c.compile()
	if len(problems) > 0 {
		return nil, fmt.Errorf("open %s: %s", opts.Name, problems[0])
	}
	return sensor.NewDriver(c.source(), points, func() (sensor.Chip, error) {
		w, err := c.open(c.SCK, c.DT)
		if err != nil {
			return nil, err
		}
		return &chip{wires: w, pause: c.pause, now: c.now}, nil
	}), nil
}
