package modbus

import (
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

func TestAGatewayThatTakesOneClient(t *testing.T) {
	for _, scheme := range []string{schemeTCP, schemeRTUOverTCP} {
		t.Run(scheme, func(t *testing.T) {
			w := newWatcher(t, startPLC(t, scheme))
			w.single = true
			w.start(t)
			unitOf := func(kind drivers.Kind, unit int) drivers.Driver {
				c := kind().(*Config)
				c.URL, c.Unit, c.Timeout, c.Points = scheme+"://"+w.address(), unit, patient, map[string]Signal{"a": holdingAt(1000)}
				return open(t, c)
			}
			kind := Kind()
			for range 3 {
				for unit := range 3 {
					if _, err := unitOf(kind, unit+1).Read(t.Context()); err != nil {
						t.Errorf("unit %d: %v", unit+1, err)
					}
				}
			}
			_, err := unitOf(Kind(), 1).Read(t.Context()) // another program
			const want = "hint: many gateways take one client only: does another program hold the connection?"
			if err == nil || !strings.Contains(err.Error(), "connected, but turned away at once: ") || !strings.HasSuffix(err.Error(), want) {
				t.Errorf("the second client: %v", err)
			}
			if _, err := unitOf(kind, 1).Read(t.Context()); err != nil {
				t.Errorf("the first one after it: %v", err)
			}
		})
	}
}

// TestSeveralConnections: units are dealt out over as many connections as the host takes, and what has the
// same port is what shares one.
func TestSeveralConnections(t *testing.T) {
	w := newWatcher(t, startPLC(t, schemeTCP))
	w.start(t)
	kind := Kind()
	ports := map[string]bool{}
	for unit := range 3 {
		c := kind().(*Config)
		c.URL, c.Unit, c.Connections, c.Points = "tcp://"+w.address(), unit+1, 2, map[string]Signal{"a": holdingAt(1000)}
		ports[strings.TrimPrefix(c.Port(), "tcp://"+w.address())] = true
		if _, err := open(t, c).Read(t.Context()); err != nil {
			t.Error(err)
		}
		if got, want := c.Signals()["a"].Source, "tcp://"+w.address()+" unit "; !strings.HasPrefix(got, want) {
			t.Errorf("source %q does not begin with %q", got, want)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.clients != 2 || len(ports) != 2 || !ports[""] || !ports[" connection 2"] {
		t.Errorf("%d connections over ports %v", w.clients, ports)
	}
}

// TestTurnaroundKeepsTheLineQuiet after each answer, whoever asks next.
func TestTurnaroundKeepsTheLineQuiet(t *testing.T) {
	w := newWatcher(t, startPLC(t, schemeTCP))
	w.start(t)
	kind := Kind()
	const pause = 60 * time.Millisecond
	configure := func(unit int, pause time.Duration) drivers.Driver {
		c := kind().(*Config)
		c.URL, c.Unit, c.Turnaround = "tcp://"+w.address(), unit, record.Duration(pause)
		c.Points = map[string]Signal{"a": holdingAt(1000), "b": holdingAt(1100)}
		return open(t, c)
	}
	slow, quick := configure(1, pause), configure(2, 0)
	for _, d := range []drivers.Driver{slow, quick} {
		if _, err := d.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []time.Duration{pause, pause, 0} {
		if got := w.times[i+1].Sub(w.times[i]); got < want || want == 0 && got > pause {
			t.Errorf("request %d came %s after the one before, want %s", i+2, got, want)
		}
	}
}

func TestPlanOfADevice(t *testing.T) {
	for _, test := range []struct {
		name, url  string
		turnaround time.Duration
		want       drivers.Plan
	}{
		{"TCP is to be measured", "tcp://10.0.0.5", 0, drivers.Plan{Requests: 2}},
		{"pauses are known", "tcp://10.0.0.5", 20 * time.Millisecond, drivers.Plan{Requests: 2, WireTime: 40 * time.Millisecond}},
		// 8 + 5 + 4 characters for two registers and 8 + 5 + 1 for a bit, and 4 silences of 3.5 characters.
		{"9600 baud, 11 bits", "rtu:///dev/x?baud=9600", 0, drivers.Plan{Requests: 2, WireTime: 51_562_490}},
		{"9600 baud, 10 bits", "rtu:///dev/x?baud=9600&parity=none", 0, drivers.Plan{Requests: 2, WireTime: 48_333_310}},
		{"with pauses", "rtu:///dev/x?baud=9600", 5 * time.Millisecond, drivers.Plan{Requests: 2, WireTime: 61_562_490}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := device(test.url, map[string]Signal{"a": holdingAt(1), "b": holdingAt(2), "c": {At: "coil 1"}})
			c.Turnaround = record.Duration(test.turnaround)
			if got := c.Plan(); got.Requests != test.want.Requests || (got.WireTime-test.want.WireTime).Abs() > time.Microsecond {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
