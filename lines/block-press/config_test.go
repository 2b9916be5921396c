package blockpress

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/goburrow/modbus"
	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/record"
)

// agentConfig is as much of the agent's configuration as the plant has to agree with.
type agentConfig struct {
	Gateway  string                 `yaml:"gateway"`
	Site     string                 `yaml:"site"`
	Timezone string                 `yaml:"timezone"`
	Dir      string                 `yaml:"dir"`
	Uplink   map[string]string      `yaml:"uplink"`
	Devices  map[string]device      `yaml:"devices"`
	Lines    map[string]record.Line `yaml:"lines"`
}

type device struct {
	Driver  string            `yaml:"driver"`
	URL     string            `yaml:"url"`
	Unit    uint8             `yaml:"unit"`
	Every   string            `yaml:"every"`
	Timeout string            `yaml:"timeout"`
	Signals map[string]signal `yaml:"signals"`
}

type signal struct {
	At       string                 `yaml:"at"`
	Type     string                 `yaml:"type"`
	Order    string                 `yaml:"order"`
	Unit     string                 `yaml:"unit"`
	Counter  bool                   `yaml:"counter"`
	Scale    float64                `yaml:"scale"`
	MaxRate  float64                `yaml:"max_rate"`
	Deadband float64                `yaml:"deadband"`
	Window   string                 `yaml:"window"`
	States   map[int64]record.State `yaml:"states"`
}

func load(t *testing.T, text []byte) agentConfig {
	t.Helper()
	var c agentConfig
	if err := yaml.UnmarshalWithOptions(text, &c, yaml.Strict()); err != nil {
		t.Fatal(yaml.FormatError(err, false, true))
	}
	return c
}

// TestConfigurationsDifferInTheProductAlone keeps the two files from drifting apart.
func TestConfigurationsDifferInTheProductAlone(t *testing.T) {
	after, before := load(t, Config()), load(t, ConfigBefore())
	product := func(c agentConfig) *record.Product { return c.Lines[LineID].Machines[Press].Product }
	plan := func(c agentConfig) *record.Plan { return c.Lines[LineID].Plan }
	if got := product(after).Units(); got != int64(automatic.units) {
		t.Errorf("line.yaml: %d units a cycle, the plant makes %d", got, automatic.units)
	}
	if got := product(before).Units(); got != int64(manual.units) {
		t.Errorf("before.yaml: %d units a cycle, the plant makes %d", got, manual.units)
	}
	*product(before) = *product(after)
	*plan(before) = *plan(after)
	if diff := cmp.Diff(after, before); diff != "" {
		t.Errorf("(-line.yaml +before.yaml)\n%s", diff)
	}
}

// TestLineNamesWhatThePlantHas reads every signal of line.yaml from the plant over TCP.
func TestLineNamesWhatThePlantHas(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := newTestPlant(t, 1, monday)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- plc.Serve(ctx, ln, p.Units()) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	for name, d := range load(t, Config()).Devices {
		h := modbus.NewTCPClientHandler(ln.Addr().String())
		h.SlaveId, h.IdleTimeout = d.Unit, 0
		defer h.Close()
		for id, s := range d.Signals {
			got, err := readSignal(modbus.NewClient(h), s)
			if err != nil {
				t.Errorf("%s.%s: %v", name, id, err)
			}
			if want, ok := first[name+"."+id]; ok && got != want {
				t.Errorf("%s.%s at %s: got %s, want %s", name, id, s.At, got, want)
			}
		}
	}
}

// first is what some signals say before anything has happened, high byte first.
var first = map[string]string{
	"press.cycles":        fmt.Sprintf("%04x%04x", firstCycles&0xffff, firstCycles>>16),
	"press.rejects":       fmt.Sprintf("%04x", firstRejects),
	"press.state":         "0004",
	"press.mould":         "0001",
	"press.motor_on":      "00",
	"press.pressure":      "41700000", // 15 MPa
	"mixer.state":         "0004",
	"mixer.batches":       fmt.Sprintf("%04x", firstBatches),
	"meter.energy_import": fmt.Sprintf("%08x", firstEnergy),
	"meter.power":         "3e99999a", // 0.3 kW
}

func readSignal(c modbus.Client, s signal) (string, error) {
	var table string
	var at uint16
	if _, err := fmt.Sscanf(s.At, "%s %d", &table, &at); err != nil {
		return "", fmt.Errorf("at %q: %w", s.At, err)
	}
	count := uint16(1)
	if strings.HasSuffix(s.Type, "32") {
		count = 2
	}
	read := map[string]func(uint16, uint16) ([]byte, error){
		"coil": c.ReadCoils, "holding": c.ReadHoldingRegisters, "input": c.ReadInputRegisters,
	}[table]
	if read == nil {
		return "", fmt.Errorf("table %q", table)
	}
	b, err := read(at, count)
	return fmt.Sprintf("%x", b), err
}

// TestStatesAreThoseOfThePlant holds the numbers of both sides against each other.
func TestStatesAreThoseOfThePlant(t *testing.T) {
	devices := load(t, Config()).Devices
	for _, tt := range []struct {
		machine string
		does    []record.State
	}{
		{Press, []record.State{record.Stopped, record.Execute, record.Starting, record.Idle, record.Suspended, record.Stopping, record.Aborted, record.Held}},
		{Mixer, []record.State{record.Execute, record.Idle}},
	} {
		t.Run(tt.machine, func(t *testing.T) {
			want := map[int64]record.State{}
			for _, s := range tt.does {
				want[int64(stateNumbers[s])] = s
			}
			if diff := cmp.Diff(want, devices[tt.machine].Signals["state"].States); diff != "" {
				t.Errorf("(-plant +line.yaml)\n%s", diff)
			}
		})
	}
}
