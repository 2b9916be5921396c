package modbus

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/record"
)

func number(v float64) *float64 { return &v }

func TestDefaults(t *testing.T) {
	c := device("tcp://10.0.0.5", map[string]Signal{"a": holdingAt(1)})
	if problems := c.Validate(); len(problems) > 0 {
		t.Errorf("a device of url and signals alone: %v", problems)
	}
	if c.Period() != time.Second || c.Timeout.D() != time.Second || c.Port() != "tcp://10.0.0.5:502" {
		t.Errorf("period %s, timeout %s, port %s", c.Period(), c.Timeout.D(), c.Port())
	}
}

func TestDeviceMistakes(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Config)
		want   string // path: message; hint
	}{
		{"no url", func(c *Config) { c.URL = "" }, "url: no url; " + urlHint},
		{"no scheme", func(c *Config) { c.URL = "10.0.0.5:502" }, `url: url "10.0.0.5:502" has no scheme; did you mean tcp://10.0.0.5:502?`},
		{"unknown scheme", func(c *Config) { c.URL = "tpc://h" }, `url: unknown scheme "tpc"; did you mean tcp?`},
		{"no host", func(c *Config) { c.URL = "tcp://:502" }, `url: url "tcp://:502" names no host; ` + urlHint},
		{"no such port", func(c *Config) { c.URL = "tcp://h:70000" }, "url: port 70000 does not exist; use 1 to 65535; Modbus has 502"},
		{"options on tcp", func(c *Config) { c.URL = "tcp://h?baud=9600" },
			`url: url "tcp://h?baud=9600" has more than a host and a port; baud, parity and stop belong to rtu:// only`},
		{"two slashes", func(c *Config) { c.URL = "rtu://dev/ttyUSB0" },
			`url: url "rtu://dev/ttyUSB0" names no serial port; the path follows three slashes: rtu:///dev/ttyUSB0`},
		{"baud", func(c *Config) { c.URL = "rtu:///dev/x?baud=9601" },
			`url: baud "9601" is not a rate of serial ports; use 1200, 2400, 4800, 9600, 19200, 38400, 57600 or 115200`},
		{"parity", func(c *Config) { c.URL = "rtu:///dev/x?parity=E" }, `url: parity "E" does not exist; use even, odd or none`},
		{"stop", func(c *Config) { c.URL = "rtu:///dev/x?stop=3" }, `url: stop "3" does not exist; use 1 or 2`},
		{"data", func(c *Config) { c.URL = "rtu:///dev/x?data=7" }, `url: RTU needs 8 data bits, not "7"; leave data out`},
		{"unknown option", func(c *Config) { c.URL = "rtu:///dev/x?party=even" }, `url: unknown option "party"; did you mean parity?`},
		{"option twice", func(c *Config) { c.URL = "rtu:///dev/x?stop=1&stop=2" }, "url: option stop is given twice; "},
		{"unit", func(c *Config) { c.Unit = 248 },
			"unit: unit 248 does not exist; use 1 to 247; devices on tcp that have none answer to 255, 1 or 0"},
		{"broadcast", func(c *Config) { c.URL, c.Unit = "rtu:///dev/x", 0 },
			"unit: nobody answers to unit 0 on a serial line: it is broadcast; use 1 to 247"},
		{"every", func(c *Config) { c.Every = 0 }, "every: period 0s is not above 0; use a time such as 1s"},
		{"timeout", func(c *Config) { c.Timeout = -1 }, "timeout: timeout -1ns is not above 0; use a time such as 1s"},
		{"max_registers", func(c *Config) { c.MaxRegisters = 126 }, "max_registers: max_registers 126 is not within 1 to 125; "},
		{"gap", func(c *Config) { c.Gap = -1 }, "gap: gap -1 is not within 0 to 124; "},
		{"turnaround", func(c *Config) { c.Turnaround = -1 }, "turnaround: turnaround -1ns is below 0; use a time such as 50ms, or leave it out"},
		{"no connections", func(c *Config) { c.Connections = 0 }, "connections: connections 0 is not within 1 to 16; "},
		{"connections of a line", func(c *Config) { c.URL, c.Connections = "rtu:///dev/x", 2 },
			"connections: a serial port is no host with several connections; leave it out"},
		{"no signals", func(c *Config) { c.Points = nil }, "signals: no signals; name at least one, such as cycles: {at: holding 100}"},
		{"a poll that does not fit", func(c *Config) {
			c.URL, c.Points = "rtu:///dev/x?baud=1200", map[string]Signal{"a": {At: "holding 0", Type: "string(200)"}}
		}, "every: one poll needs 2.017s on the wire, more than its period of 1s; poll less often, use a higher baud rate or read fewer registers"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := device("tcp://10.0.0.5", map[string]Signal{"a": holdingAt(1)})
			c.change(config)
			if got := mistakes(config); !slices.Equal(got, []string{c.want}) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), c.want)
			}
		})
	}
}

func mistakes(c *Config) []string {
	var list []string
	for _, p := range c.Validate() {
		list = append(list, fmt.Sprintf("%s: %s; %s", strings.Join(p.Path, "."), p.Message, p.Hint))
	}
	return list
}

func TestSignalMistakes(t *testing.T) {
	for _, c := range []struct {
		name   string
		signal Signal
		want   string // path below signals.x: message; hint
	}{
		{"address", Signal{At: "holding 70000"}, "at: address 70000 is over 65535; "},
		{"past the end", Signal{At: "holding 65535", Type: "uint32"}, "at: uint32 at holding 65535 ends after 65535; "},
		{"type, near miss", Signal{At: "holding 1", Type: "unit32"}, `type: unknown type "unit32"; did you mean uint32?`},
		{"type, unheard of", Signal{At: "holding 1", Type: "decimal"},
			`type: unknown type "decimal"; use one of bool, int16, uint16, int32, uint32, int64, uint64, float32, float64, bcd16, bcd32, string(16), bits(0,3)`},
		{"register type on a coil", Signal{At: "coil 1", Type: "uint16"},
			"type: type uint16 does not fit in a coil; leave type out: a coil or discrete input is always bool"},
		{"empty string", Signal{At: "holding 1", Type: "string(0)"}, "type: type string(0) holds nothing; give its length in bytes, such as string(16)"},
		{"string over one request", Signal{At: "holding 1", Type: "string(251)"},
			"type: string(251) takes 126 registers, where one request reads at most 125; "},
		{"bits back to front", Signal{At: "holding 1", Type: "bits(3,0)"},
			"type: type bits(3,0) is no range within 0 to 15; bit 0 is the least and bit 15 the most significant: bits(0,3) is the lowest four"},
		{"order too short", Signal{At: "holding 1", Type: "uint32", Order: "BA"},
			"order: order BA has 2 letters where uint32 has 4 bytes; use one of ABCD, CDAB, BADC, DCBA"},
		{"order in small letters", Signal{At: "holding 1", Type: "uint32", Order: "cdab"}, `order: unknown order "cdab"; did you mean CDAB?`},
		{"order without sense", Signal{At: "holding 1", Type: "uint32", Order: "ACBD"}, `order: unknown order "ACBD"; use one of ABCD, CDAB, BADC, DCBA`},
		{"order of a bool", Signal{At: "holding 1", Type: "bool", Order: "AB"}, "order: a bool has no order; leave order out"},
		{"scale 0", Signal{At: "holding 1", Scale: number(0)}, "scale: scale 0 makes no use of the value; leave scale out, or give a number such as 0.1"},
		{"scale of a text", Signal{At: "holding 1", Type: "string(4)", Scale: number(2)}, "scale: a string(4) has no scale; "},
		{"offset of a bool", Signal{At: "coil 1", Offset: number(2)}, "offset: a bool has no offset; "},
		{"deadband of a text", Signal{At: "holding 1", Type: "string(4)", Deadband: 1}, "deadband: a string(4) has no deadband; "},
		{"deadband", Signal{At: "holding 1", Deadband: -1}, "deadband: deadband -1 is not a distance; use 0 or more, in the unit of the value"},
		{"window", Signal{At: "holding 1", Window: -1}, "window: window -1ns is below 0; use a time such as 10s"},
		{"window of a bool", Signal{At: "coil 1", Window: 1}, "window: a bool has no minimum, mean and maximum; "},
		{"counter of floats", Signal{At: "holding 1", Type: "float32", Counter: true},
			"counter: a float32 cannot be a counter; use int16, uint16, int32, uint32, int64 or uint64, which roll over at a power of two"},
		{"counter in bcd", Signal{At: "holding 1", Type: "bcd16", Counter: true},
			"counter: a bcd16 cannot be a counter; use int16, uint16, int32, uint32, int64 or uint64, which roll over at a power of two"},
		{"counter that runs back", Signal{At: "holding 1", Counter: true, Scale: number(-1)}, "scale: scale -1 would make a counter run backwards; "},
		{"rate of no counter", Signal{At: "holding 1", MaxRate: 3}, "max_rate: max_rate is for counters only; add counter: true"},
		{"window of a counter", Signal{At: "holding 1", Counter: true, Window: 1}, "window: window is for measured values, not for counters; "},
		{"states of a counter", Signal{At: "holding 1", Counter: true, States: map[int64]string{1: "idle"}}, "states: states are for a state, not for a counter; "},
		{"states of a float", Signal{At: "holding 1", Type: "float32", States: map[int64]string{1: "idle"}},
			"states: states need a raw number; use a whole number without scale and offset"},
		{"unknown state", Signal{At: "holding 1", States: map[int64]string{1: "idle", 2: "exectue"}}, `states.2: unknown state "exectue"; did you mean execute?`},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := device("tcp://10.0.0.5", map[string]Signal{"x": c.signal})
			if got := mistakes(config); !slices.Equal(got, []string{"signals.x." + c.want}) {
				t.Errorf("got\n%s\nwant\nsignals.x.%s", strings.Join(got, "\n"), c.want)
			}
		})
	}
}

func TestEveryMistakeAtOnce(t *testing.T) {
	c := device("tpc://h", map[string]Signal{"b": {At: "holding x"}, "a": {At: "coil 1", Type: "int16"}})
	c.Gap, c.OneBased = 200, true
	var paths []string
	for _, p := range c.Validate() {
		paths = append(paths, strings.Join(p.Path, "."))
	}
	if want := []string{"url", "gap", "signals.a.type", "signals.b.at"}; !slices.Equal(paths, want) {
		t.Errorf("got %q, want %q", paths, want)
	}
}

func TestSignals(t *testing.T) {
	c := device("tcp://10.0.0.5", map[string]Signal{
		"cycles": {At: "holding 100", Type: "uint32", Order: "CDAB", Counter: true, MaxRate: 4, Scale: number(10), Unit: "pcs"},
		"state":  {At: "40106", States: map[int64]string{0: "stopped", 1: "execute"}},
		"level":  {At: "input 30", Type: "float32", Unit: "MPa", Deadband: 0.1, Window: record.Duration(10 * time.Second)},
		"motor":  {At: "coil 7"},
	})
	want := map[string]record.Signal{
		"cycles": {Source: "tcp://10.0.0.5:502 unit 1 holding 100 uint32 CDAB", Unit: "pcs", Counter: true, Width: 32, Scale: 10, MaxRate: 4},
		"state":  {Source: "tcp://10.0.0.5:502 unit 1 holding 105 uint16", States: map[int64]record.State{0: record.Stopped, 1: record.Execute}},
		"level":  {Source: "tcp://10.0.0.5:502 unit 1 input 30 float32 ABCD", Unit: "MPa", Deadband: 0.1, Window: record.Duration(10 * time.Second)},
		"motor":  {Source: "tcp://10.0.0.5:502 unit 1 coil 7 bool"},
	}
	if problems := c.Validate(); len(problems) > 0 {
		t.Fatal(problems)
	}
	if diff := cmp.Diff(want, c.Signals()); diff != "" {
		t.Error(diff)
	}
}

func TestEndpoints(t *testing.T) {
	for _, c := range []struct {
		name, url string
		want      endpoint
	}{
		{"host", "tcp://plc", endpoint{scheme: schemeTCP, address: "plc:502"}},
		{"IPv6", "tcp://[fe80::1]:1502", endpoint{scheme: schemeTCP, address: "[fe80::1]:1502"}},
		{"serial server", "rtuovertcp://10.0.0.9:4001/", endpoint{scheme: schemeRTUOverTCP, address: "10.0.0.9:4001"}},
		{"serial port as in the specification", "rtu:///dev/ttyUSB0", endpoint{scheme: schemeRTU, address: "/dev/ttyUSB0", serial: serialLine{19200, "E", 1}}},
		{"serial port with everything", "rtu:///dev/serial/by-id/a-b?baud=9600&parity=none&stop=2&data=8",
			endpoint{scheme: schemeRTU, address: "/dev/serial/by-id/a-b", serial: serialLine{9600, "N", 2}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseEndpoint(c.url)
			if err != nil || got != c.want {
				t.Errorf("got %+v, %v, want %+v", got, err, c.want)
			}
		})
	}
}

func TestSilence(t *testing.T) {
	for baud, want := range map[int]time.Duration{1200: 32083333, 9600: 4010416, 19200: 2005208, 38400: 1750000, 115200: 1750000} {
		if got := (endpoint{serial: serialLine{baud: baud}}).silence(); got.Round(time.Microsecond) != want.Round(time.Microsecond) {
			t.Errorf("%d baud: got %s, want %s", baud, got, want)
		}
	}
}

func TestBackoff(t *testing.T) {
	now := time.Unix(0, 0)
	b := backoff{free: 1}
	var waits []int
	for range 8 {
		b.failed(now)
		waits = append(waits, int(b.wait(now).Seconds()))
		now = b.until
	}
	if want := []int{0, 1, 2, 4, 8, 16, 30, 30}; !slices.Equal(waits, want) {
		t.Errorf("waits %v, want %v", waits, want)
	}
	if got := b.wait(now.Add(-time.Millisecond)); got != time.Second {
		t.Errorf("1ms before the end: wait %s, want 1s", got)
	}
	b.succeeded()
	if got := b.wait(time.Unix(0, 0)); got != 0 {
		t.Errorf("after success: wait %s", got)
	}
}

func TestBackoffEnds(t *testing.T) {
	p := startPLC(t, schemeTCP)
	now := time.Unix(0, 0)
	c := device("tcp://"+p.address(), map[string]Signal{"a": holdingAt(1000)})
	c.bus = newBus(func() time.Time { return now })
	d := open(t, c)
	p.kill()
	for _, end := range []string{"connection refused", "connection refused; again in 1s", "not connected; again in 1s"} {
		if _, err := d.Read(t.Context()); err == nil || !strings.HasSuffix(err.Error(), end) {
			t.Errorf("got %v, want %s", err, end)
		}
	}
	p.restart(t)
	now = now.Add(time.Second)
	if _, err := d.Read(t.Context()); err != nil {
		t.Errorf("after a second: %v", err)
	}
}
