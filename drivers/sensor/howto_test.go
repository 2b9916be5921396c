package sensor_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/gpio"
	"github.com/lineproof/lineproof/drivers/hx711"
	"github.com/lineproof/lineproof/drivers/i2c"
	"github.com/lineproof/lineproof/drivers/onewire"
	"github.com/lineproof/lineproof/drivers/spi"
	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/record"
)

var kinds = map[string]drivers.Kind{"gpio": gpio.New, "hx711": hx711.New, "i2c": i2c.New, "onewire": onewire.New, "spi": spi.New}

const gateway = `
gateway: huu-lung-01
site: tan-thinh-phat
timezone: Asia/Ho_Chi_Minh
dir: /var/lib/lineproof-edge
uplink: {broker: "tcp://127.0.0.1:1883"}
lines:
  block-line:
    machines:
      press: {state: press-on.on, energy: meter.pulses, produced: {from: line-off.pulses}}
devices:
`

// load reads the devices of all configurations on the page docs/how-to/sensors.md.
func load(t *testing.T) *edge.Config {
	t.Helper()
	page, err := os.ReadFile("../../docs/how-to/sensors.md")
	if err != nil {
		t.Fatal(err)
	}
	snippets := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	var devices strings.Builder
	for _, s := range snippets {
		for line := range strings.Lines(s[1]) {
			devices.WriteString("  " + line)
		}
	}
	c, err := edge.Parse("sensors.md", []byte(gateway+devices.String()), kinds)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestThePageShowsEveryChip(t *testing.T) {
	sources := ""
	for _, s := range load(t).Catalogue().Signals {
		sources += s.Driver + " " + s.Source + "\n"
	}
	for _, want := range []string{
		"ads1115", "mcp3008", "ina219", "bme280", "bmp280", "aht20", "mcp9808", "tmp102", "bh1750", "scd4x", "ds18b20", "hx711",
		"GPIO17 active high debounced 5ms edge falling",
	} {
		if !strings.Contains(sources, want) {
			t.Errorf("the page configures no %s:\n%s", want, sources)
		}
	}
}

func TestACalibrationIsSealedWithTheCatalogue(t *testing.T) {
	encoded, err := load(t).Catalogue().Encode()
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := record.DecodeCatalogue(encoded)
	if err != nil {
		t.Fatal(err)
	}
	weight := decoded.Signals["hopper.weight"]
	c := weight.Calibration
	if c == nil || c.By != "Nguyễn Văn An" || c.At != "2026-11-20" || len(c.Points) != 2 || c.Points[1] != (record.CalibrationPoint{Raw: 98765, Value: 20}) || *c.Tare != 12410 {
		t.Errorf("%+v", c)
	}
	if weight.Unit != "kg" || weight.Scale == 0 || weight.Offset != -weight.Scale*12410 {
		t.Errorf("%+v", weight)
	}
}
