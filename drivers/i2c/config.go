// Package i2c reads sensors on the buses /dev/i2c-*: ADS1115, INA219, BME280, BMP280, AHT20, MCP9808, TMP102,
// BH1750 and SCD4x, each in the file of its name.
//
// It guarantees that a value comes whole from one measurement that the poll itself asked for, or, of chips
// that measure on their own, from their latest one; that checksums fit where a chip has them; and that the
// chip is the one of the configuration where chips can be told apart. It sets chips up for measuring, in
// registers that are lost with their supply, and stores nothing in them.
//
// What it cannot see: I²C has no checksum of its own, and BH1750 and ADS1115 have no identity. A bus is fit for
// some decimetres of wire, not for a workshop.
package i2c

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/host/v3/sysfs"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/sensor"
	"github.com/lineproof/lineproof/record"
)

// Config is one sensor's section of the agent's configuration.
type Config struct {
	Chip    string                   `yaml:"chip"`    // ads1115, bme280, ...
	Bus     int                      `yaml:"bus"`     // number N of /dev/i2c-N
	Address int                      `yaml:"address"` // 7 bits, such as 0x48; the chip's usual one when 0
	Every   record.Duration          `yaml:"every"`   // poll period
	Shunt   float64                  `yaml:"shunt"`   // ohms of the resistor that an INA219 measures over
	Points  map[string]sensor.Signal `yaml:"signals"` // all that the chip measures when empty

	open  func(bus int) (i2c.BusCloser, error)
	pause sensor.Pause
}

// New makes the configuration of a sensor with its defaults: bus 1, as on a Raspberry Pi's pins 3 and 5.
func New() drivers.Device {
	return &Config{Bus: 1, Every: record.Duration(10 * time.Second), open: openBus, pause: sensor.Sleep}
}

var _ drivers.Device = (*Config)(nil)

func openBus(bus int) (i2c.BusCloser, error) {
	file := fmt.Sprintf("/dev/i2c-%d", bus)
	if err := sensor.Usable(file, "switch I²C on, on a Raspberry Pi with dtparam=i2c_arm=on or raspi-config", "i2c"); err != nil {
		return nil, err
	}
	b, err := sysfs.NewI2C(bus)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	return b, nil
}

// model is a chip with what I²C needs to know of it.
type model struct {
	sensor.Model
	addresses []int // that its pins can give it; the first is the usual one
	begin     func(device, *Config) sensor.Chip
}

// models are the chips that there are, in the order in which a person is told of them.
func (c *Config) models() []model {
	return []model{
		ads1115Model(), ina219Model(c.Shunt), bme280Model(), bmp280Model(), aht20Model(),
		mcp9808Model(), tmp102Model(), bh1750Model(), scd4xModel(),
	}
}

func (c *Config) model() (m model, ok bool) {
	for _, m := range c.models() {
		if m.Name == strings.ToLower(c.Chip) {
			return m, true
		}
	}
	return m, false
}

func (c *Config) address(m model) int {
	if c.Address == 0 {
		return m.addresses[0]
	}
	return c.Address
}

func (c *Config) compile() (model, []sensor.Point, []drivers.Problem) {
	var found sensor.Mistakes
	m, ok := c.model()
	if !ok {
		var names []string
		for _, one := range c.models() {
			names = append(names, one.Name)
		}
		found.Add([]string{"chip"}, sensor.OneOf(c.Chip, names), "unknown chip %q", c.Chip)
		return m, nil, found
	}
	found.Require(c.Bus >= 0, []string{"bus"}, "use the number of /dev/i2c-1", "bus %d does not exist", c.Bus)
	if !slices.Contains(m.addresses, c.address(m)) {
		found.Add([]string{"address"}, "it can be "+addresses(m.addresses), "a %s never has address 0x%02x", m.Name, c.Address)
	}
	if m.Name == "ina219" {
		found.Require(c.Shunt > 0, []string{"shunt"}, "give the ohms that are printed on the resistor, such as 0.1 for R100", "shunt %v is no resistance", c.Shunt)
	} else {
		found.Require(c.Shunt == 0, []string{"shunt"}, "of a 4-20 mA loop, it belongs to the signal", "a %s has no shunt of its own", m.Name)
	}
	sensor.Every(&found, c.Every.D(), m.Model)
	points := sensor.Compile(&found, c.Points, m.Model)
	return m, points, found
}

func addresses(list []int) string {
	if len(list) > 3 {
		return fmt.Sprintf("0x%02x to 0x%02x", list[0], list[len(list)-1])
	}
	var texts []string
	for _, a := range list {
		texts = append(texts, fmt.Sprintf("0x%02x", a))
	}
	return strings.Join(texts, " or ")
}

// Validate names every mistake: chip, address, and what the signals say.
func (c *Config) Validate() []drivers.Problem {
	_, _, problems := c.compile()
	return problems
}

// Signals describes the signals.
func (c *Config) Signals() map[string]record.Signal {
	m, points, _ := c.compile()
	return sensor.Describe(c.source(m), c.Points, points)
}

func (c *Config) source(m model) string {
	return fmt.Sprintf("%s address 0x%02x %s", c.Port(), c.address(m), m.Name)
}

// Port is the bus.
func (c *Config) Port() string { return fmt.Sprintf("/dev/i2c-%d", c.Bus) }

// Period is how often the sensor is to be polled.
func (c *Config) Period() time.Duration { return c.Every.D() }

// Open prepares the driver; the first Read opens the bus. It fails if the configuration has mistakes.
func (c *Config) Open(opts drivers.Options) (drivers.Driver, error) {
	m, points, problems := c.compile()
	if len(problems) > 0 {
		return nil, fmt.Errorf("open %s: %s", opts.Name, problems[0])
	}
	return sensor.NewDriver(c.source(m), points, func() (sensor.Chip, error) {
		bus, err := c.open(c.Bus)
		if err != nil {
			return nil, err
		}
		return m.begin(device{bus: bus, address: uint16(c.address(m)), pause: c.pause}, c), nil
	}), nil
}

// device is one address on an open bus.
type device struct {
	bus     i2c.BusCloser
	address uint16
	pause   sensor.Pause
}

// tx writes w and reads n bytes in one transaction. ctx is looked at before: a transaction is not cut off.
func (d device) tx(ctx context.Context, n int, w ...byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := make([]byte, n)
	if err := d.bus.Tx(d.address, w, r); err != nil {
		return nil, fmt.Errorf("no answer: %w", err)
	}
	return r, nil
}

// Close lets go of the bus.
func (d device) Close() error { return d.bus.Close() }

// between is every address from first to last.
func between(first, last int) []int {
	var all []int
	for a := first; a <= last; a++ {
		all = append(all, a)
	}
	return all
}
