package edge

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/edge/publish"
	"github.com/lineproof/lineproof/internal/strictyaml"
	"github.com/lineproof/lineproof/record"
)

// Config is the agent's configuration, checked.
type Config struct {
	Gateway  string
	Site     string
	Timezone string // IANA name
	Dir      string // key, spool and lock
	Uplink   Uplink
	Page     Page
	Devices  []Device  // by name
	Derived  []Derived // by name
	Lines    map[string]record.Line
}

// Uplink says where the sealed batches go.
type Uplink struct {
	Broker       string          `yaml:"broker"` // mqtts://HOST:PORT, ssl:// or tcp://
	Username     string          `yaml:"username"`
	PasswordFile string          `yaml:"password_file"`
	CA           string          `yaml:"ca"` // PEM file; the system's authorities when empty
	Cert         string          `yaml:"cert"`
	Key          string          `yaml:"key"`
	Insecure     bool            `yaml:"insecure"` // allows tcp:// to another machine
	Batch        record.Duration `yaml:"batch"`    // how often a batch is sealed
	CatchUp      float64         `yaml:"catch_up"` // batches a second at the most, of those that waited for the network
}

// Page is the agent's own page, which shows what `lineproof-edge doctor` does.
type Page struct {
	Listen string `yaml:"listen"` // host and port; no page when empty
	Open   bool   `yaml:"open"`   // allows an address that other machines reach
}

// Device is one device, and what the agent does with it beside reading.
type Device struct {
	Name    string
	Driver  string
	Config  drivers.Device
	Signals map[string]record.Signal // by the signal's name within the device; complete
	Clock   *DeviceClock             // nil: readings are dated by the agent
	Report  Report
}

// DeviceClock is a device that says itself when its values were taken.
type DeviceClock struct {
	Signal string          `yaml:"signal"` // its value is the time since 1970
	Unit   string          `yaml:"unit"`   // s or ms
	Gap    record.Duration `yaml:"gap"`    // two values further apart were not watched in between
}

// Report is when an unchanged signal is reported again.
type Report struct {
	AtLeastEvery record.Duration `yaml:"at_least_every"`
}

// document is the configuration as it stands in the file.
type document struct {
	Gateway  string                        `yaml:"gateway"`
	Site     string                        `yaml:"site"`
	Timezone string                        `yaml:"timezone"`
	Dir      string                        `yaml:"dir"`
	Uplink   strictyaml.Section            `yaml:"uplink"`
	Page     Page                          `yaml:"page"`
	Devices  map[string]strictyaml.Section `yaml:"devices"`
	Derived  map[string]strictyaml.Section `yaml:"derived"`
	Lines    map[string]record.Line        `yaml:"lines"`
}

// Load reads a configuration file. kinds are the drivers that there are, by name. An error of the content
// is a *strictyaml.Error that lists every mistake.
func Load(file string, kinds map[string]drivers.Kind) (*Config, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(file, src, kinds)
}

// Parse is Load for content that is at hand; file is the name by which mistakes are reported.
func Parse(file string, src []byte, kinds map[string]drivers.Kind) (*Config, error) {
	parsed := strictyaml.Parse(file, src)
	if err := parsed.Err(); err != nil {
		return nil, err
	}
	root := parsed.Root()
	var doc document
	root.Decode(&doc)
	v := validator{root: root}
	c := &Config{
		Gateway: doc.Gateway, Site: doc.Site, Timezone: doc.Timezone, Dir: doc.Dir, Page: doc.Page, Lines: doc.Lines,
		Uplink: Uplink{Batch: record.Duration(10 * time.Second), CatchUp: publish.DefaultCatchUp},
	}
	doc.Uplink.Decode(&c.Uplink)
	v.gateway(c)
	v.uplink(c.Uplink)
	v.page(doc.Page)
	broken := map[string]bool{} // devices whose signals are not known
	for _, name := range slices.Sorted(maps.Keys(doc.Devices)) {
		d, ok := decodeDevice(name, doc.Devices[name], kinds)
		if ok {
			c.Devices = append(c.Devices, d)
		} else {
			broken[name] = true
		}
	}
	v.devices(doc.Devices, c.Devices)
	v.ports(c.Ports())
	v.derived(c, doc.Derived, broken)
	v.lines(c, broken)
	if err := parsed.Err(); err != nil {
		return nil, err
	}
	c.fillRates()
	return c, nil
}

// Catalogue is what the gateway says of itself in its batches.
func (c *Config) Catalogue() record.Catalogue {
	signals := map[string]record.Signal{}
	for _, d := range c.Devices {
		for name, s := range d.Signals {
			signals[d.Name+"."+name] = s
		}
	}
	for _, d := range c.Derived {
		signals[d.ID()] = d.Description
	}
	return record.Catalogue{Gateway: c.Gateway, Site: c.Site, Timezone: c.Timezone, Signals: signals, Lines: c.Lines}
}

// Signal finds a signal by device.signal.
func (c *Config) Signal(id string) (s record.Signal, ok bool) {
	device, name, _ := strings.Cut(id, ".")
	for _, d := range c.Devices {
		if d.Name == device {
			s, ok = d.Signals[name]
		}
	}
	for _, d := range c.Derived {
		if d.ID() == id {
			return d.Description, true
		}
	}
	return s, ok
}

// Sleepers is how many goroutines of an agent with this configuration sleep on its clock: one for each
// port that is polled, and the one that seals batches. A virtual clock has to be made for so many.
func (c *Config) Sleepers() int {
	ports := map[string]bool{}
	for _, d := range c.Devices {
		if d.Config.Period() > 0 {
			ports[d.Config.Port()] = true
		}
	}
	return len(ports) + 1
}
