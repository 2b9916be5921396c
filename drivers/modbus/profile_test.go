package modbus

import (
	"context"
	"flag"
	"maps"
	"math"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	meter "github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/record"
)

var update = flag.Bool("update", false, "write docs/how-to/profiles.md")

// recorded is a file of profiles/testdata: what a device's registers hold, and what that means.
type recorded struct {
	Registers map[string]map[uint16]string `yaml:"registers"` // table, first address, words in hexadecimal
	Want      map[string]any               `yaml:"want"`
}

func readRecorded(t *testing.T, name string) recorded {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("profiles", "testdata", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var r recorded
	if err := yaml.UnmarshalWithOptions(src, &r, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return r
}

// image has the registers, and holes between them.
func (r recorded) image(t *testing.T) *meter.Image {
	t.Helper()
	tables := map[string]meter.Table{"coil": meter.Coils, "discrete": meter.Discrete, "input": meter.Input, "holding": meter.Holding}
	image := new(meter.Image)
	for name, blocks := range r.Registers {
		where, known := tables[name]
		if !known {
			t.Fatalf("no table %q", name)
		}
		for first, words := range blocks {
			for i, w := range strings.Fields(words) {
				v, err := parseNumber("0x" + w)
				if err != nil {
					t.Fatal(err)
				}
				image.Put(where, first+uint16(i), uint16(v))
			}
		}
	}
	return image
}

// serve answers for the image until the test ends; it gives the url.
func serve(t *testing.T, unit uint8, image *meter.Image) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- meter.Serve(ctx, ln, map[uint8]meter.Unit{unit: image}) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return "tcp://" + ln.Addr().String()
}

func profiled(url, profile string) *Config {
	c := New().(*Config)
	c.URL, c.Profile = url, profile
	return c
}

// TestProfilesRead reads every signal of every profile from a device that holds what testdata says.
func TestProfilesRead(t *testing.T) {
	for _, name := range profileNames() {
		t.Run(name, func(t *testing.T) {
			r := readRecorded(t, name)
			c := profiled(serve(t, 1, r.image(t)), name)
			d := open(t, c)
			readings, err := d.Read(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			got := byName(readings)
			if want := slices.Sorted(maps.Keys(r.Want)); !slices.Equal(slices.Sorted(maps.Keys(got)), want) {
				t.Errorf("signals %v, want %v", slices.Sorted(maps.Keys(got)), want)
			}
			for signal, want := range r.Want {
				if v := got[signal]; v.Quality != record.Good || !same(v.Value, want) {
					t.Errorf("%s is %v (%v), want %v", signal, v.Value, v.Quality, want)
				}
			}
		})
	}
}

// same allows for the digits that a float32 has not.
func same(v record.Value, want any) bool {
	switch want := want.(type) {
	case bool:
		return v.Kind() == record.Bool && v.Bool() == want
	case uint64:
		return v.Kind() != record.Float && v.Float() == float64(want)
	case int64:
		return v.Kind() != record.Float && v.Float() == float64(want)
	case float64:
		return v.Kind() == record.Float && math.Abs(v.Float()-want) <= 1e-6*math.Abs(want)
	}
	return false
}

// TestProfilesTell checks what people and other commands rely on in each profile.
func TestProfilesTell(t *testing.T) {
	list := Profiles()
	if len(list) < 30 {
		t.Errorf("%d profiles, want 30 at the least", len(list))
	}
	if names := profileNames(); len(list) != len(names) || !slices.IsSorted(names) {
		t.Errorf("%d profiles of %d files, sorted: %v", len(list), len(names), slices.IsSorted(names))
	}
	kinds := []string{"meter", "drive", "controller", "counter", "plc", "weighing"}
	slug := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$|^[a-z0-9]+$`)
	for i, name := range profileNames() {
		t.Run(name, func(t *testing.T) {
			p, err := loadProfile(name)
			if err != nil {
				t.Fatal(err)
			}
			if p.Name != name || !slug.MatchString(name) || list[i].Name != name {
				t.Errorf("its name is %q, and %q in the list", p.Name, list[i].Name)
			}
			if p.Maker == "" || p.Model == "" || p.Title.VI == "" || p.Title.EN == "" || !slices.Contains(kinds, p.Kind) {
				t.Errorf("maker %q, model %q, title %q, kind %q", p.Maker, p.Model, p.Title, p.Kind)
			}
			if p.Confirmed == (p.Unconfirmed != "") {
				t.Errorf("confirmed is %v, and unconfirmed %q", p.Confirmed, p.Unconfirmed)
			}
			if p.Confirmed && len(p.Source) < 2 || len(p.Source) == 0 {
				t.Errorf("%d sources, confirmed: %v", len(p.Source), p.Confirmed)
			}
			for _, s := range p.Source {
				if s.Manual == "" || s.URL == "" {
					t.Errorf("source %+v cannot be found again", s)
				}
			}
			checkLine(t, p.Defaults.Line)
			for signal := range p.Signals {
				if err := record.CheckName(signal); err != nil {
					t.Error(err)
				}
			}
			checkEnergy(t, p)
		})
	}
}

func checkLine(t *testing.T, l Line) {
	t.Helper()
	if l.Baud != 0 && !slices.Contains(baudRates(), l.Baud) || !slices.Contains([]string{"", "none", "even", "odd"}, l.Parity) ||
		l.Stop < 0 || l.Stop > 2 || l.Unit < 1 || l.Unit > 247 {
		t.Errorf("line %+v", l)
	}
}

// checkEnergy holds meters to what is made of them: energy and power, in units that can be added up.
func checkEnergy(t *testing.T, p *profile) {
	t.Helper()
	units := map[string][]string{"energy_import": {"Wh", "kWh", "MWh"}, "energy_export": {"Wh", "kWh", "MWh"}, "power": {"W", "kW"}}
	for role, fitting := range units {
		signal, has := p.Roles[role]
		if p.Kind == "meter" && role != "energy_export" && !has {
			t.Errorf("a meter without %s", role)
		}
		if has && !slices.Contains(fitting, p.Signals[signal].Unit) {
			t.Errorf("%s is in %q", role, p.Signals[signal].Unit)
		}
	}
}

// TestProfilesPlan keeps a poll of any profile short on a serial line.
func TestProfilesPlan(t *testing.T) {
	for _, info := range Profiles() {
		t.Run(info.Name, func(t *testing.T) {
			c := profiled("rtu:///dev/ttyUSB0?baud=9600&parity=none", info.Name)
			c.Every = record.Duration(5 * time.Second)
			compiled, problems := c.compile()
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if n := len(compiled.plan); n > 11 {
				t.Errorf("%d requests: %v", n, compiled.plan)
			}
			p, err := loadProfile(info.Name)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range compiled.plan {
				if limit := p.Defaults.MaxRegisters; limit > 0 && !s.table.bits() && s.count > limit {
					t.Errorf("%v is more than %d registers", s, limit)
				}
			}
		})
	}
}
