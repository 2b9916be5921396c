package edge_test

import (
	"flag"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/edge/publish"
	"github.com/lineproof/lineproof/record"
)

var update = flag.Bool("update", false, "write the golden files")

func kinds() map[string]drivers.Kind { return map[string]drivers.Kind{"modbus": modbus.Kind()} }

func TestTheSampleConfigurationLoads(t *testing.T) {
	c, err := edge.Load("testdata/agent.yaml", kinds())
	if err != nil {
		t.Fatal(err)
	}
	wantUplink := edge.Uplink{
		Broker: "mqtts://collector.example:8883", Username: "huu-lung-01", PasswordFile: "/etc/lineproof/password",
		CA: "/etc/lineproof/ca.pem", Batch: record.Duration(10 * time.Second), CatchUp: publish.DefaultCatchUp,
	}
	if diff := cmp.Diff(wantUplink, c.Uplink); diff != "" {
		t.Error(diff)
	}
	oven := c.Devices[1]
	wantClock := &edge.DeviceClock{Signal: "written_at", Unit: "s", Gap: record.Duration(3 * time.Minute)}
	if diff := cmp.Diff(wantClock, oven.Clock); diff != "" || oven.Name != "oven" || oven.Report.AtLeastEvery.D() != 5*time.Minute {
		t.Errorf("%s: %+v: %s", oven.Name, oven.Report, diff)
	}
	cat := c.Catalogue()
	press := cat.Lines["block-line"].Machines["press"]
	if len(cat.Lines["block-line"].Output) != 1 || len(press.Scrap) != 1 || press.Scrap[0].Reason != "after-compression" {
		t.Errorf("a single value for a list: %+v, %+v", cat.Lines["block-line"].Output, press.Scrap)
	}
	cycles := cat.Signals["press.cycles"]
	if cycles.Device != "press" || cycles.Driver != "modbus" || cycles.Every.D() != time.Second || cycles.Width != 32 {
		t.Errorf("%+v", cycles)
	}
	if _, there := cat.Signals["oven.written_at"]; there {
		t.Error("a device's clock is no signal")
	}
	encoded, err := cat.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := record.DecodeCatalogue(encoded); err != nil {
		t.Error(err)
	}
}

func TestTheGreatestPlausibleRateFollowsFromTheProduct(t *testing.T) {
	c, err := edge.Load("testdata/agent.yaml", kinds())
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, signal string
		want         float64
	}{
		{"one step a cycle", "press.cycles", 4. / 15},
		{"every unit of a cycle may be scrap", "press.rejects", 4 * 26. / 15},
		{"units counted one by one", "oven.packs", 4 * 6. / 30},
		{"what was given stays", "meter.energy_import", 0.05},
		{"no role", "press.pressure", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, ok := c.Signal(test.signal)
			if got := s.MaxRate; !ok || got-test.want > 1e-9 || test.want-got > 1e-9 {
				t.Errorf("got %g, want %g", got, test.want)
			}
		})
	}
}

func TestABrokenConfigurationListsAllItsMistakes(t *testing.T) {
	_, err := edge.Load("testdata/broken.yaml", kinds())
	if err == nil {
		t.Fatal("no mistakes found")
	}
	if *update {
		if err := os.WriteFile("testdata/broken.txt", []byte(err.Error()+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, readErr := os.ReadFile("testdata/broken.txt")
	if readErr != nil {
		t.Fatal(readErr)
	}
	if diff := cmp.Diff(string(want), err.Error()+"\n"); diff != "" {
		t.Error(diff)
	}
}

func TestBrokers(t *testing.T) {
	tests := []struct {
		name, uplink string
		ok           bool
	}{
		{"TLS", "broker: mqtts://h:8883", true},
		{"TLS by its other name", "broker: ssl://h:8883", true},
		{"in the clear on this machine", "broker: tcp://127.0.0.1:1883", true},
		{"in the clear by name", "broker: tcp://localhost:1883", true},
		{"in the clear to another", "broker: tcp://10.0.0.5:1883", false},
		{"in the clear, meant so", "{broker: tcp://10.0.0.5:1883, insecure: true}", true},
		{"no scheme", "broker: h:1883", false},
		{"no port", "broker: mqtts://h", false},
		{"another scheme", "broker: http://h:80", false},
		{"half a key pair", "{broker: mqtts://h:8883, cert: a.pem}", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src := "gateway: g\nsite: s\ntimezone: UTC\ndir: d\nuplink:\n  " + test.uplink +
				"\ndevices: {p: {driver: modbus, url: 'tcp://h:502', signals: {a: {at: holding 1}}}}\n"
			if _, err := edge.Parse("a.yaml", []byte(src), kinds()); (err == nil) != test.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}
