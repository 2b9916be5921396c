package edge_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/lineproof/lineproof/edge"
)

// TestTheCalendarOfTheLineModelLoads reads the page docs/how-to/line-model.md as the agent would.
func TestTheCalendarOfTheLineModelLoads(t *testing.T) {
	page, err := os.ReadFile("../docs/how-to/line-model.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n# Calendar\n")
	snippet := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindStringSubmatch(section)
	if snippet == nil {
		t.Fatal("the page shows no calendar")
	}
	const gateway = `
gateway: huu-lung-01
site: tan-thinh-phat
timezone: Asia/Ho_Chi_Minh
dir: /var/lib/lineproof-edge
uplink: {broker: "tcp://127.0.0.1:1883"}
devices:
  press: {driver: modbus, url: "tcp://127.0.0.1:502", unit: 1, every: 1s, signals: {cycles: {at: holding 100, type: uint32, counter: true}}}
`
	c, err := edge.Parse("line-model.md", []byte(gateway+snippet[1]+"    machines: {press: {produced: {from: press.cycles}}}\n"), kinds())
	if err != nil {
		t.Fatal(err)
	}
	cal := c.Catalogue().Lines["block-line"].Calendar
	if cal == nil || len(cal.Shifts) != 2 || len(cal.Shifts[0].Days) != 6 || cal.Public != "vn" || len(cal.Working) != 1 || len(cal.Holidays) != 1 || len(cal.Extra) != 1 {
		t.Errorf("%+v", cal)
	}
}
