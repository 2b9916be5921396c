// Package gpio counts pulses and watches states at the pins of the computer: photo-eyes, reed contacts, S0
// outputs of meters, relays.
//
// It guarantees that every edge that the kernel saw is counted once: the kernel debounces, keeps what nobody
// has taken yet and numbers the edges, so that those it had to drop are noticed, counted and told, as are
// more of them than the machine can make. Such a value is Uncertain; a pin that is gone is Missing.
//
// A counter begins at 0 with each start of the agent, has 64 bits, and its first reading says 0: whoever adds
// up takes that for a reset and goes on from there. What happened while no agent ran was not seen.
package gpio

import (
	"cmp"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/gpio/chardev"
	"github.com/lineproof/lineproof/drivers/sensor"
	"github.com/lineproof/lineproof/record"
)

// Names of the signals.
const (
	pulses = "pulses" // counts edges
	on     = "on"     // the level
)

// Config is one pin's section of the agent's configuration.
type Config struct {
	Pin      string           `yaml:"pin"`      // the line's name, such as GPIO17
	Edge     string           `yaml:"edge"`     // rising, falling or both at the pin: count them as `pulses`; empty: tell only the level
	Level    bool             `yaml:"level"`    // tell the level, too, as `on`
	Active   string           `yaml:"active"`   // high or low: the level at the pin that is `on`
	Pull     string           `yaml:"pull"`     // up, down or none; as it was when empty
	Debounce record.Duration  `yaml:"debounce"` // how long a level has to stand
	MaxRate  float64          `yaml:"max_rate"` // the most pulses a second that are believed; 0: not known
	PerUnit  float64          `yaml:"per_unit"` // pulses that make one of Unit, such as 1000 for a meter of 1000 imp/kWh
	Unit     string           `yaml:"unit"`     // of the count, such as kWh
	States   map[int64]string `yaml:"states"`   // PackML names of off, 0, and on, 1
	Every    record.Duration  `yaml:"every"`    // how often what did not change is looked at again

	open func(pin string, s chardev.Settings) (line, error)
}

// line is an input that was requested from the kernel.
type line interface {
	On() (bool, error)
	Edges(buf []chardev.Edge) (n int, err error)
	Close() error
}

// New makes the configuration of a pin with its defaults.
func New() drivers.Device {
	return &Config{
		Active: "high", Debounce: record.Duration(5 * time.Millisecond), Every: record.Duration(time.Second),
		open: func(pin string, s chardev.Settings) (line, error) { return chardev.Open(pin, s) },
	}
}

var _ drivers.Device = (*Config)(nil)

var (
	edges   = []string{"rising", "falling", "both"}
	pullups = map[string]chardev.Pull{"": chardev.PullAsIs, "up": chardev.PullUp, "down": chardev.PullDown, "none": chardev.PullNone}
)

// Validate names every mistake.
func (c *Config) Validate() []drivers.Problem {
	var m sensor.Mistakes
	m.Require(c.Pin != "", []string{"pin"}, "such as GPIO17; `gpioinfo` lists the names", "no pin")
	m.Require(c.Edge == "" || slices.Contains(edges, c.Edge), []string{"edge"}, sensor.OneOf(c.Edge, edges), "unknown edge %q", c.Edge)
	m.Require(c.Active == "high" || c.Active == "low", []string{"active"}, "use high or low", "unknown level %q", c.Active)
	_, known := pullups[c.Pull]
	m.Require(known, []string{"pull"}, "use up, down or none", "unknown pull %q", c.Pull)
	m.Require(c.Debounce >= 0 && c.Debounce.D() <= 10*time.Second, []string{"debounce"}, "use 0s to 10s, such as 5ms", "debounce %s is out of range", c.Debounce.D())
	m.Require(c.Every.D() >= 100*time.Millisecond, []string{"every"}, "use 100ms or more: edges are told at once anyway", "every %s is too often", c.Every.D())
	c.checkCount(&m)
	for _, raw := range slices.Sorted(maps.Keys(c.States)) {
		path := []string{"states", strconv.FormatInt(raw, 10)}
		m.Require(raw == 0 || raw == 1, path, "a pin has 0, off, and 1, on", "a pin has no state %d", raw)
		if _, err := record.ParseState(c.States[raw]); err != nil {
			m.Add(path, sensor.OneOf(c.States[raw], record.StateNames()), "unknown state %q", c.States[raw])
		}
	}
	return m
}

func (c *Config) checkCount(m *sensor.Mistakes) {
	number := func(v float64) bool { return v >= 0 && !math.IsInf(v, 0) }
	m.Require(number(c.MaxRate), []string{"max_rate"}, "use the most pulses a second that the machine can make", "max_rate %v is no rate", c.MaxRate)
	m.Require(number(c.PerUnit), []string{"per_unit"}, "use the pulses that make one unit, such as 1000", "per_unit %v is no number of pulses", c.PerUnit)
	if c.Edge == "" {
		m.Require(c.MaxRate == 0 && c.PerUnit == 0 && c.Unit == "", []string{"edge"}, "say which edge counts: rising, falling or both", "max_rate, per_unit and unit are for what is counted")
		return
	}
	m.Require(len(c.States) == 0 || c.Level, []string{"states"}, "add level: true", "states are for the level, which is not told")
	m.Require((c.PerUnit > 0) == (c.Unit != ""), []string{"per_unit"}, "such as per_unit: 1000, unit: kWh", "per_unit and unit go together")
	// Of a pulse that is on for as long as it is off, each level stands for half of its period.
	shortest := time.Duration(math.MaxInt64)
	if c.MaxRate > 0 {
		shortest = time.Duration(float64(time.Second) / c.MaxRate / 2)
	}
	m.Require(c.Debounce.D() <= shortest, []string{"debounce"}, fmt.Sprintf("use less than %s, or a smaller max_rate", shortest),
		"debounce %s swallows pulses that come %v times a second", c.Debounce.D(), c.MaxRate)
}

// Signals describes the counter, the level, or both.
func (c *Config) Signals() map[string]record.Signal {
	signals := map[string]record.Signal{}
	source := fmt.Sprintf("%s active %s", c.Pin, c.Active)
	if c.Debounce > 0 {
		source += " debounced " + c.Debounce.D().String()
	}
	if c.Edge != "" {
		s := record.Signal{Source: source + " edge " + c.Edge, Counter: true, Width: 64, MaxRate: c.MaxRate, Unit: c.Unit}
		if c.PerUnit > 0 {
			s.Scale = 1 / c.PerUnit
			s.MaxRate *= s.Scale
		}
		signals[pulses] = s
	}
	if c.told() {
		s := record.Signal{Source: source}
		if len(c.States) > 0 {
			s.States = map[int64]record.State{}
		}
		for raw, name := range c.States {
			s.States[raw], _ = record.ParseState(name)
		}
		signals[on] = s
	}
	return signals
}

// told tells whether the level is a signal.
func (c *Config) told() bool { return c.Level || c.Edge == "" }

// Port is the pin: it is shared with nobody.
func (c *Config) Port() string { return c.Pin }

// Period is 0: edges come by themselves.
func (c *Config) Period() time.Duration { return 0 }

// Open prepares the driver; its Watch or first Read requests the line. It fails if the configuration has
// mistakes.
func (c *Config) Open(opts drivers.Options) (drivers.Driver, error) {
	if problems := c.Validate(); len(problems) > 0 {
		return nil, fmt.Errorf("open %s: %s", opts.Name, problems[0])
	}
	return &driver{
		config: c, log: cmp.Or(opts.Logger, slog.New(slog.DiscardHandler)), changed: make(chan struct{}, 1),
		counter: counter{rising: c.counts(true), falling: c.counts(false), maxRate: c.MaxRate, told: c.settings()},
	}, nil
}

// counts tells whether an edge of `on`, or else of off, is counted. Configured edges are those at the pin.
func (c *Config) counts(rising bool) bool {
	if c.Active == "low" {
		rising = !rising
	}
	return c.Edge == "both" || rising && c.Edge == "rising" || !rising && c.Edge == "falling"
}

// settings asks the kernel for the edges that are counted, or for both where the level is told.
func (c *Config) settings() chardev.Settings {
	return chardev.Settings{
		ActiveLow: c.Active == "low", Pull: pullups[c.Pull], Debounce: c.Debounce.D(),
		Rising: c.told() || c.counts(true), Falling: c.told() || c.counts(false),
	}
}
