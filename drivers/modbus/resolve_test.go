package modbus

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/drivers"
	meter "github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/record"
)

func TestProfileOverrides(t *testing.T) {
	tenth := 0.1
	c := profiled("tcp://192.0.2.1", "eastron-sdm630")
	c.Only = []string{"power", "energy_import", "voltage_l1"}
	c.OneBased = true
	c.Points = map[string]Signal{
		"power":      {Deadband: 5, Window: record.Duration(10 * time.Second)}, // the profile's, and a deadband
		"voltage_l1": {At: "holding 100", Type: "uint16", Scale: &tenth},       // another place altogether
		"door":       {At: "discrete 3"},                                       // one more
	}
	if problems := c.Validate(); len(problems) > 0 {
		t.Fatal(problems)
	}
	got := map[string]string{}
	signals := c.Signals()
	for name, s := range signals {
		got[name] = s.Source
	}
	want := map[string]string{
		"power":         "tcp://192.0.2.1:502 unit 1 input 52 float32 ABCD",
		"energy_import": "tcp://192.0.2.1:502 unit 1 input 72 float32 ABCD",
		"voltage_l1":    "tcp://192.0.2.1:502 unit 1 holding 99 uint16",
		"door":          "tcp://192.0.2.1:502 unit 1 discrete 2 bool",
	}
	if !maps.Equal(got, want) {
		t.Errorf("signals\n%v, want\n%v", got, want)
	}
	if s := signals["power"]; s.Deadband != 5 || s.Unit != "W" || s.Window != record.Duration(10*time.Second) {
		t.Errorf("power is %+v", s)
	}
}

// TestProfileLimits has the smaller of both limits hold. Without one the meter's currents and powers, 12
// registers, would be one request.
func TestProfileLimits(t *testing.T) {
	for _, tc := range []struct {
		name      string
		own, most int
	}{
		{name: "the profile's", own: maxRegisters, most: 11},
		{name: "the configuration's", own: 4, most: 4},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := profiled("tcp://192.0.2.1", "carlo-gavazzi-em24")
			c.MaxRegisters = tc.own
			compiled, problems := c.compile()
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			for _, s := range compiled.plan {
				if s.count > tc.most {
					t.Errorf("%v is %d registers, more than %d", s, s.count, tc.most)
				}
			}
		})
	}
}

// TestProfileGap keeps the driver off what lies between a device's values.
func TestProfileGap(t *testing.T) {
	for _, tc := range []struct {
		name     string
		defaults string
		want     int // requests
	}{
		{name: "as the configuration says", defaults: "{}", want: 1},
		{name: "nothing in between", defaults: "{gap: 0}", want: 2},
		{name: "more than the configuration", defaults: "{gap: 50}", want: 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "device.yaml")
			src := "defaults: " + tc.defaults + "\nsignals: {a: {at: holding 1}, b: {at: holding 3}}\n"
			if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
				t.Fatal(err)
			}
			c := profiled("tcp://192.0.2.1", file)
			c.Gap = 1
			compiled, problems := c.compile()
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if len(compiled.plan) != tc.want {
				t.Errorf("%d requests, want %d: %v", len(compiled.plan), tc.want, compiled.plan)
			}
		})
	}
}

func TestProfileMistakes(t *testing.T) {
	broken := func(src string) string {
		file := filepath.Join(t.TempDir(), "device.yaml")
		if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for _, tc := range []struct {
		name    string
		profile string
		only    []string
		signals map[string]Signal
		want    []string // each within path, message and hint
	}{
		{
			name: "near miss", profile: "eastron-smd630", signals: map[string]Signal{"power": {Deadband: 5}},
			want: []string{`[profile]: unknown profile "eastron-smd630" (did you mean eastron-sdm630?)`},
		},
		{
			name: "nothing like it", profile: "acme-rocket-skates-9000",
			want: []string{`[profile]: unknown profile "acme-rocket-skates-9000" (docs/how-to/profiles.md lists them; ` +
				`a file of your own has a slash in its name, such as ./acme-rocket-skates-9000.yaml)`},
		},
		{
			name: "unknown in only", profile: "eastron-sdm630", only: []string{"power", "energy_inport", "power"},
			want: []string{
				`[only 1]: eastron-sdm630 has no signal "energy_inport" (did you mean energy_import?)`,
				`[only 2]: signal "power" is named twice ()`,
			},
		},
		{
			name: "only without a profile", only: []string{"power"}, signals: map[string]Signal{"power": holdingAt(1)},
			want: []string{`[only]: there is no profile to choose signals of (add profile: and its name)`},
		},
		{
			name: "no such file", profile: "./nowhere.yaml",
			want: []string{`[profile]: profile: open ./nowhere.yaml: no such file or directory ` +
				`(a file's name is taken from the folder in which the agent runs; one that begins with / is not)`},
		},
		{name: "no signals", profile: broken("name: mine\n"), want: []string{`it has no signals (see docs/how-to/profiles.md)`}},
		{name: "unknown key", profile: broken("name: mine\nregisters: 3\n"), want: []string{`unknown field "registers"`}},
		{name: "not yaml", profile: broken("signals: {a: [}\n"), want: []string{`(see docs/how-to/profiles.md)`}},
		{
			name: "bad address", profile: broken("signals: {a: {at: holdng 1}}\n"),
			want: []string{`signals.a.at: unknown table "holdng" (see docs/how-to/profiles.md)`},
		},
		{
			name: "bad role", profile: broken("signals: {a: {at: holding 1}}\nroles: {powr: a}\n"),
			want: []string{`roles: unknown role "powr", did you mean power?`},
		},
		{
			name: "role of no signal", profile: broken("signals: {a: {at: holding 1}}\nroles: {power: b}\n"),
			want: []string{`roles: power is signal "b", which it has not`},
		},
		{
			name: "match of nothing", profile: broken("signals: {a: {at: holding 1}}\nmatch: [{at: holding 7}]\n"),
			want: []string{`match 1: needs vendor or product, or else at and equals`},
		},
		{
			name: "bad gap", profile: broken("signals: {a: {at: holding 1}}\ndefaults: {gap: 125}\n"),
			want: []string{`gap 125 is not within 0 to 124`},
		},
		{
			name: "bad max_registers", profile: broken("signals: {a: {at: holding 1}}\ndefaults: {max_registers: 126}\n"),
			want: []string{`max_registers 126 is not within 1 to 125`},
		},
		{
			name: "bad order", profile: broken("signals: {a: {at: holding 1}}\ndefaults: {order: ACBD}\n"),
			want: []string{`order "ACBD" is none of ABCD, CDAB, BADC, DCBA`},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := profiled("tcp://192.0.2.1", tc.profile)
			c.Only, c.Points = tc.only, tc.signals
			problems := c.Validate()
			if len(problems) != len(tc.want) {
				t.Fatalf("%d problems, want %d: %v", len(problems), len(tc.want), problems)
			}
			for i, p := range problems {
				if text := written(p); !strings.Contains(text, tc.want[i]) {
					t.Errorf("got  %s\nwant %s", text, tc.want[i])
				}
			}
		})
	}
}

func written(p drivers.Problem) string { return p.String() + " (" + p.Hint + ")" }

// TestProfileOfOnesOwn reads a device through the file that the documentation shows.
func TestProfileOfOnesOwn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "my-device.yaml")
	if err := os.WriteFile(file, []byte(ownProfile), 0o600); err != nil {
		t.Fatal(err)
	}
	image := new(meter.Image)
	image.Put32(meter.Holding, 99, 123456, meter.CDAB)
	image.Put(meter.Holding, 101, 2)
	readings, err := open(t, profiled(serve(t, 1, image), file)).Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got := byName(readings)
	if got["energy"].Value.Float() != 12345.6 || got["state"].Value.Int() != 2 {
		t.Errorf("read %v", readings)
	}
}
