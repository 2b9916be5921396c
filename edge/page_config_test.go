package edge_test

import (
	"strings"
	"testing"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/edge"
)

// TestThePageStaysOnThisMachine unless it is asked to be seen.
func TestThePageStaysOnThisMachine(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"loopback", "{listen: 127.0.0.1:8082}", ""},
		{"loopback of IPv6", "{listen: '[::1]:8082'}", ""},
		{"by name", "{listen: localhost:8082}", ""},
		{"open", "{listen: 0.0.0.0:8082, open: true}", ""},
		{"everybody", "{listen: 0.0.0.0:8082}", "everybody in this network could see the page"},
		{"every address", "{listen: ':8082'}", "everybody in this network could see the page"},
		{"no port", "{listen: 127.0.0.1}", "listen `127.0.0.1` is no host and port"},
		{"a port that is not", "{listen: 127.0.0.1:http}", "listen `127.0.0.1:http` is no host and port"},
		{"open to nothing", "{open: true}", "`open` without `listen`"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "gateway: g\nsite: s\ntimezone: Asia/Ho_Chi_Minh\ndir: d\nuplink: {broker: 'tcp://127.0.0.1:1'}\npage: " + c.page +
				"\ndevices: {press: {driver: modbus, url: 'tcp://127.0.0.1:1', signals: {cycles: {at: holding 100}}}}\n"
			_, err := edge.Parse("agent.yaml", []byte(text), map[string]drivers.Kind{"modbus": modbus.Kind()})
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), "agent.yaml:6:") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
