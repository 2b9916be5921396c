package replay

import (
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/record"
)

// TestConfigNamesEveryAsset decodes the configuration strictly and looks at what differs by asset.
func TestConfigNamesEveryAsset(t *testing.T) {
	type device struct {
		Driver  string                    `yaml:"driver"`
		URL     string                    `yaml:"url"`
		Unit    int                       `yaml:"unit"`
		Every   string                    `yaml:"every"`
		Clock   map[string]string         `yaml:"clock"`
		Signals map[string]map[string]any `yaml:"signals"`
	}
	var got struct {
		Gateway  string                 `yaml:"gateway"`
		Site     string                 `yaml:"site"`
		Timezone string                 `yaml:"timezone"`
		Dir      string                 `yaml:"dir"`
		Uplink   map[string]string      `yaml:"uplink"`
		Devices  map[string]device      `yaml:"devices"`
		Lines    map[string]record.Line `yaml:"lines"`
	}
	text := open(t, "testdata/small.csv", Options{}).Config("127.0.0.1:1502")
	if err := yaml.UnmarshalWithOptions(text, &got, yaml.Strict()); err != nil {
		t.Fatal(yaml.FormatError(err, false, true))
	}
	for name, unit := range map[string]int{"asset-0": 1, "asset-2": 3} {
		d := got.Devices[name]
		if d.Driver != "modbus" || d.URL != "tcp://127.0.0.1:1502" || d.Unit != unit || d.Every != "2ms" {
			t.Errorf("%s: %+v", name, d)
		}
		if diff := cmp.Diff(map[string]string{"signal": "recorded", "unit": "s", "gap": "2m"}, d.Clock); diff != "" {
			t.Errorf("%s: clock (-want +got)\n%s", name, diff)
		}
		if d.Signals["items"]["counter"] != true {
			t.Errorf("%s: items are no counter: %v", name, d.Signals["items"])
		}
		want := record.Machine{
			Name:     record.Names{"vi": "Máy " + name[6:], "en": "Machine " + name[6:]},
			Produced: &record.Count{From: name + ".items"},
			State:    name + ".status",
		}
		if diff := cmp.Diff(want, got.Lines["workshop"].Machines[name]); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	if len(got.Devices) != 2 || len(got.Lines["workshop"].Machines) != 2 {
		t.Errorf("%d devices and %d machines, want 2", len(got.Devices), len(got.Lines["workshop"].Machines))
	}
}
