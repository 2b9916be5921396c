package modbus

import (
	"cmp"
	"fmt"
	"log/slog"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

// Config is one Modbus device's section of the agent's configuration.
type Config struct {
	Driver       string            `yaml:"driver"`
	URL          string            `yaml:"url"`           // tcp://, rtu:/// or rtuovertcp://
	Unit         int               `yaml:"unit"`          // of the device on the line or behind the gateway, 0 to 247 or 255
	Every        record.Duration   `yaml:"every"`         // poll period
	Timeout      record.Duration   `yaml:"timeout"`       // of one answer; on a serial line the time on the wire comes on top
	OneBased     bool              `yaml:"one_based"`     // addresses count from 1, as in some manuals
	MaxRegisters int               `yaml:"max_registers"` // that the device gives in one answer, at most 125
	Gap          int               `yaml:"gap"`           // unwanted registers or bits that may be read between two wanted ones
	Turnaround   record.Duration   `yaml:"turnaround"`    // that the line is left alone after each answer of the device
	Connections  int               `yaml:"connections"`   // that its host takes at the same time; the units behind it are dealt out over them
	Profile      string            `yaml:"profile"`       // whose signals the device has, see Profiles; or a file's name with a slash
	Only         []string          `yaml:"only"`          // the profile's signals that are wanted; all of them if there is none
	Points       map[string]Signal `yaml:"signals"`       // beside the profile's, or instead of them

	bus *bus
}

// Signal is one value of the device.
type Signal struct {
	At       string           `yaml:"at"`    // holding 100, input 30, coil 7, discrete 3, or 40101
	Type     string           `yaml:"type"`  // bool, int16, uint16, ..., string(n), bits(from,to)
	Order    string           `yaml:"order"` // of the bytes: ABCD, CDAB, BADC, DCBA and the like
	Scale    *float64         `yaml:"scale"` // value = raw * scale + offset, a float
	Offset   *float64         `yaml:"offset"`
	Unit     string           `yaml:"unit"` // such as kWh
	Deadband float64          `yaml:"deadband"`
	Counter  bool             `yaml:"counter"`
	States   map[int64]string `yaml:"states"`   // PackML name by raw number
	MaxRate  float64          `yaml:"max_rate"` // of a counter, in its unit a second
	Window   record.Duration  `yaml:"window"`
}

// Kind makes configurations whose devices share connections: one for each serial port and each host and
// port, used by one device at a time. One Kind is meant to serve a whole agent.
func Kind() drivers.Kind {
	shared := newBus(time.Now)
	return func() drivers.Device { return newConfig(shared) }
}

// New makes the configuration, with its defaults, of a device that shares its connection with no other.
func New() drivers.Device { return newConfig(newBus(time.Now)) }

func newConfig(b *bus) *Config {
	return &Config{
		Unit:         1,
		Every:        record.Duration(time.Second),
		Timeout:      record.Duration(time.Second),
		MaxRegisters: maxRegisters,
		Gap:          defaultGap,
		Connections:  1,
		bus:          b,
	}
}

var (
	_ drivers.Device  = (*Config)(nil)
	_ drivers.Planner = (*Config)(nil)
)

// Validate names every mistake: addresses, types, orders, the url, and what does not go together.
func (c *Config) Validate() []drivers.Problem {
	_, problems := c.compile()
	return problems
}

// Signals describes the signals.
func (c *Config) Signals() map[string]record.Signal {
	compiled, _ := c.compile()
	signals := make(map[string]record.Signal, len(compiled.points))
	for _, p := range compiled.points {
		signals[p.name] = compiled.signals[p.name].describe(c.source(compiled.endpoint), p)
	}
	return signals
}

func (c *Config) source(e endpoint) string { return fmt.Sprintf("%s unit %d", e.port(), c.Unit) }

func (s Signal) describe(source string, p point) record.Signal {
	described := record.Signal{
		Source:   fmt.Sprintf("%s %s %s", source, p.at, describe(p.typ, p.order)),
		Unit:     s.Unit,
		Counter:  s.Counter,
		MaxRate:  s.MaxRate,
		Deadband: s.Deadband,
		Window:   s.Window,
	}
	if s.Counter {
		described.Width = 8 * p.typ.bytes
	}
	if p.scaled {
		described.Scale, described.Offset = p.scale, p.offset
	}
	if len(s.States) > 0 {
		described.States = make(map[int64]record.State, len(s.States))
	}
	for raw, name := range s.States {
		described.States[raw], _ = record.ParseState(name)
	}
	return described
}

// Port is the url without its options, and the number of the connection where the host takes several.
func (c *Config) Port() string {
	e, err := c.endpoint()
	if err != nil {
		return c.URL
	}
	return e.line()
}

// endpoint is where the device is reached: its unit number says over which of the connections.
func (c *Config) endpoint() (endpoint, error) {
	e, err := parseEndpoint(c.URL)
	if c.Connections > 1 {
		e.lane = max(c.Unit, 0) % c.Connections
	}
	return e, err
}

// Period is how often the device is to be polled.
func (c *Config) Period() time.Duration { return c.Every.D() }

// Open prepares the driver; the first Read connects. It fails if the configuration has mistakes, or if
// another device uses the same serial port with other settings.
func (c *Config) Open(opts drivers.Options) (drivers.Driver, error) {
	compiled, problems := c.compile()
	if len(problems) > 0 {
		return nil, fmt.Errorf("open %s: %s", opts.Name, problems[0])
	}
	shared := c.bus
	if shared == nil {
		shared = newBus(time.Now)
	}
	l, err := shared.join(compiled.endpoint)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", opts.Name, err)
	}
	d := &driver{
		source: c.source(compiled.endpoint),
		points: compiled.points,
		whole:  compiled.plan,
		plan:   compiled.plan,
		number: byte(c.Unit),
		unit:   unit{l, newPackager(compiled.endpoint.scheme, byte(c.Unit)), c.Timeout.D(), c.Turnaround.D()},
		leave:  func() error { return shared.leave(l) },
		now:    shared.now,
		log:    cmp.Or(opts.Logger, slog.New(slog.DiscardHandler)),
		turn:   make(turn, 1),
	}
	return d, nil
}
