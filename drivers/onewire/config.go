// Package onewire reads DS18B20 thermometers on 1-Wire buses: those of the kernel (driver w1_therm, on a
// Raspberry Pi dtoverlay=w1-gpio), which need no rights of the agent, and those behind a DS2482 on I²C, which
// drives long wires.
//
// It guarantees that a temperature is that of the thermometer with the configured address, that its checksum
// fits, and that it is not the 85 °C that a thermometer holds before it has measured. It stores nothing in a
// thermometer: the resolution is the one that it was given before.
package onewire

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/onewire"
	"periph.io/x/devices/v3/ds248x"
	"periph.io/x/host/v3/sysfs"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/sensor"
	"github.com/lineproof/lineproof/record"
)

// Config is one thermometer's section of the agent's configuration.
type Config struct {
	Chip    string                   `yaml:"chip"`    // ds18b20
	Address string                   `yaml:"address"` // as the kernel writes it: 28-0316a2794bff
	Via     *Bridge                  `yaml:"via"`     // nil: the kernel's bus
	Every   record.Duration          `yaml:"every"`   // poll period
	Points  map[string]sensor.Signal `yaml:"signals"` // temperature when empty

	folder string // of the kernel's 1-Wire devices
	open   func(Bridge) (onewire.BusCloser, error)
	pause  sensor.Pause
}

// Bridge is a DS2482-100 or DS2483 on an I²C bus.
type Bridge struct {
	Bus     int `yaml:"bus"`     // number N of /dev/i2c-N
	Address int `yaml:"address"` // 0x18 or 0x19
}

// New makes the configuration of a thermometer with its defaults.
func New() drivers.Device {
	return &Config{Chip: chipName, Every: record.Duration(10 * time.Second), folder: "/sys/bus/w1/devices", open: openBridge, pause: sensor.Sleep}
}

var _ drivers.Device = (*Config)(nil)

const chipName = "ds18b20"

// model is what a DS18B20 measures. It needs 750 ms with 12 bits.
var model = sensor.Model{Name: chipName, Fastest: time.Second, Quantities: []sensor.Quantity{
	{At: "temperature", Unit: "°C", Min: -55, Max: 125},
}}

// bridged is a 1-Wire bus with the I²C bus beneath it.
type bridged struct {
	*ds248x.Dev
	below i2c.BusCloser
}

// Close lets go of the I²C bus.
func (b bridged) Close() error { return b.below.Close() }

func openBridge(b Bridge) (onewire.BusCloser, error) {
	file := fmt.Sprintf("/dev/i2c-%d", b.Bus)
	if err := sensor.Usable(file, "switch I²C on, on a Raspberry Pi with dtparam=i2c_arm=on or raspi-config", "i2c"); err != nil {
		return nil, err
	}
	below, err := sysfs.NewI2C(b.Bus)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	return over(below, b.Address)
}

// over finds the bridge on its bus, which it closes where there is none.
func over(below i2c.BusCloser, address int) (onewire.BusCloser, error) {
	above, err := ds248x.New(below, uint16(address), &ds248x.DefaultOpts)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("no DS2482 at 0x%02x: %w", address, err), below.Close())
	}
	return bridged{above, below}, nil
}

func (c *Config) compile() ([]sensor.Point, []drivers.Problem) {
	var found sensor.Mistakes
	found.Require(strings.ToLower(c.Chip) == chipName, []string{"chip"}, sensor.OneOf(c.Chip, []string{chipName}), "unknown chip %q", c.Chip)
	if _, err := parseAddress(c.Address); err != nil {
		found.Add([]string{"address"}, "`ls /sys/bus/w1/devices` lists the thermometers that are there", "%s", err)
	}
	if c.Via != nil {
		found.Require(c.Via.Bus >= 0, []string{"via", "bus"}, "use the number of /dev/i2c-1", "bus %d does not exist", c.Via.Bus)
		found.Require(c.Via.Address >= 0x18 && c.Via.Address <= 0x19, []string{"via", "address"}, "it can be 0x18 or 0x19",
			"a DS2482 is not used at address 0x%02x", c.Via.Address)
	}
	sensor.Every(&found, c.Every.D(), model)
	return sensor.Compile(&found, c.Points, model), found
}

// Validate names every mistake: chip, address, bridge, and what the signals say.
func (c *Config) Validate() []drivers.Problem {
	_, problems := c.compile()
	return problems
}

// Signals describes the signals.
func (c *Config) Signals() map[string]record.Signal {
	points, _ := c.compile()
	return sensor.Describe(c.source(), c.Points, points)
}

func (c *Config) source() string { return fmt.Sprintf("%s %s %s", c.Port(), chipName, c.Address) }

// Port is the bus: the kernel's, or the I²C bus that the bridge sits on.
func (c *Config) Port() string {
	if c.Via != nil {
		return fmt.Sprintf("/dev/i2c-%d", c.Via.Bus)
	}
	return "1-wire"
}

// Period is how often the thermometer is to be polled.
func (c *Config) Period() time.Duration { return c.Every.D() }

// Open prepares the driver; the first Read opens the bus. It fails if the configuration has mistakes.
func (c *Config) Open(opts drivers.Options) (drivers.Driver, error) {
	points, problems := c.compile()
	if len(problems) > 0 {
		return nil, fmt.Errorf("open %s: %s", opts.Name, problems[0])
	}
	address, _ := parseAddress(c.Address) // it was validated
	return sensor.NewDriver(c.source(), points, func() (sensor.Chip, error) {
		if c.Via == nil {
			return &kernel{folder: c.folder, name: c.Address}, nil
		}
		bus, err := c.open(*c.Via)
		if err != nil {
			return nil, err
		}
		return &bridge{bus: bus, address: address, pause: c.pause}, nil
	}), nil
}
