// Package spi reads converters on the SPI buses /dev/spidev*: the MCP3008.
//
// It guarantees that a value comes whole from one conversion that the poll asked for. What it cannot see:
// SPI has neither checksum nor acknowledgement, and an MCP3008 has no identity. Where the wire from the chip is
// loose, all bits may read 1, which is noticed, or 0, which looks like 0 V; a 4-20 mA loop tells it.
package spi

import (
	"fmt"
	"strings"
	"time"

	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
	"periph.io/x/host/v3/sysfs"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/sensor"
	"github.com/lineproof/lineproof/record"
)

// Config is one converter's section of the agent's configuration.
type Config struct {
	Chip      string                   `yaml:"chip"`      // mcp3008
	Bus       int                      `yaml:"bus"`       // N of /dev/spidevN.M
	Select    int                      `yaml:"select"`    // M of /dev/spidevN.M
	Reference float64                  `yaml:"reference"` // volts at the chip's pin VREF
	Every     record.Duration          `yaml:"every"`     // poll period
	Points    map[string]sensor.Signal `yaml:"signals"`

	open func(bus, sel int) (spi.PortCloser, error)
}

// New makes the configuration of a converter with its defaults: /dev/spidev0.0, and 3.3 V for reference.
func New() drivers.Device {
	return &Config{Reference: 3.3, Every: record.Duration(time.Second), open: openPort}
}

var _ drivers.Device = (*Config)(nil)

func openPort(bus, sel int) (spi.PortCloser, error) {
	file := device(bus, sel)
	if err := sensor.Usable(file, "switch SPI on, on a Raspberry Pi with dtparam=spi=on or raspi-config", "spi"); err != nil {
		return nil, err
	}
	p, err := sysfs.NewSPI(bus, sel)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	return p, nil
}

func device(bus, sel int) string { return fmt.Sprintf("/dev/spidev%d.%d", bus, sel) }

func (c *Config) compile() (points []sensor.Point, found sensor.Mistakes) {
	if strings.ToLower(c.Chip) != mcp3008Name {
		found.Add([]string{"chip"}, sensor.OneOf(c.Chip, []string{mcp3008Name}), "unknown chip %q", c.Chip)
		return nil, found
	}
	found.Require(c.Bus >= 0, []string{"bus"}, "use the first number of /dev/spidev0.0", "bus %d does not exist", c.Bus)
	found.Require(c.Select >= 0, []string{"select"}, "use the second number of /dev/spidev0.0", "select %d does not exist", c.Select)
	found.Require(c.Reference >= 0.25 && c.Reference <= 5.5, []string{"reference"}, "give the volts at the pin VREF, such as 3.3",
		"reference %v is not within 0.25 to 5.5 V", c.Reference)
	model := mcp3008Model(c.Reference)
	sensor.Every(&found, c.Every.D(), model)
	return sensor.Compile(&found, c.Points, model), found
}

// Validate names every mistake: chip, bus, reference, and what the signals say.
func (c *Config) Validate() []drivers.Problem {
	_, problems := c.compile()
	return problems
}

// Signals describes the signals.
func (c *Config) Signals() map[string]record.Signal {
	points, _ := c.compile()
	return sensor.Describe(c.source(), c.Points, points)
}

func (c *Config) source() string { return device(c.Bus, c.Select) + " " + mcp3008Name }

// Port is the bus with the chip's own select line: what shares the bus is kept apart by the kernel.
func (c *Config) Port() string { return device(c.Bus, c.Select) }

// Period is how often the converter is to be polled.
func (c *Config) Period() time.Duration { return c.Every.D() }

// Open prepares the driver; the first Read opens the bus. It fails if the configuration has mistakes.
func (c *Config) Open(opts drivers.Options) (drivers.Driver, error) {
	points, problems := c.compile()
	if len(problems) > 0 {
		return nil, fmt.Errorf("open %s: %s", opts.Name, problems[0])
	}
	return sensor.NewDriver(c.source(), points, func() (sensor.Chip, error) {
		port, err := c.open(c.Bus, c.Select)
		if err != nil {
			return nil, err
		}
		return &mcp3008{port: port, reference: c.Reference}, nil
	}), nil
}

// connect sets the bus up for a chip that wants its clock low at rest.
func connect(port spi.Port) (spi.Conn, error) {
	conn, err := port.Connect(physic.MegaHertz, spi.Mode0, 8) // an MCP3008 takes 1.35 MHz at 2.7 V
	if err != nil {
		return nil, fmt.Errorf("set up the bus: %w", err)
	}
	return conn, nil
}
