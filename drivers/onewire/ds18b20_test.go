package onewire

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/onewire"
	"periph.io/x/conn/v3/onewire/onewiretest"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/devices/v3/ds18b20"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/drivertest"
	"github.com/lineproof/lineproof/record"
)

const probe = "28-0000070e41ac"

func configured() *Config {
	c := New().(*Config)
	c.Address = probe
	return c
}

// scratchpad is what a thermometer of 12 bits holds, with its checksum.
func scratchpad(low, high byte) []byte {
	pad := []byte{low, high, 0x4b, 0x46, 0x7f, 0xff, 0x10 - low&0xf, 0x10}
	return append(pad, onewire.CalcCRC(pad))
}

// recorded is one measurement on the bus: match the address, measure; match it, read.
func recorded(pad []byte) *onewiretest.Playback {
	address := []byte{0x55, 0x28, 0xac, 0x41, 0x0e, 0x07, 0x00, 0x00, 0x74}
	return &onewiretest.Playback{DontPanic: true, Ops: []onewiretest.IO{
		{W: append(address[:9:9], 0x44), Pull: onewire.StrongPullup},
		{W: append(address[:9:9], 0xbe), R: pad},
	}}
}

// read polls once over a bridge.
func read(t *testing.T, bus onewire.BusCloser) (got string, waited time.Duration, err error) {
	t.Helper()
	c := configured()
	c.Via = &Bridge{Bus: 1, Address: 0x18}
	c.open = func(Bridge) (onewire.BusCloser, error) { return bus, nil }
	c.pause = func(_ context.Context, d time.Duration) error {
		waited += d
		return nil
	}
	d, err := c.Open(drivers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	readings, err := d.Read(t.Context())
	if closed := d.Close(); closed != nil {
		t.Error(closed)
	}
	return fmt.Sprintf("%s %s", readings[0].Value, readings[0].Quality), waited, err
}

func TestTemperatures(t *testing.T) {
	for _, test := range []struct { // Maxim 19-7487, table 1
		want      string
		high, low byte
	}{
		{"125", 0x07, 0xd0}, {"85", 0x05, 0x50}, {"25.0625", 0x01, 0x91}, {"10.125", 0x00, 0xa2}, {"0.5", 0x00, 0x08},
		{"0", 0x00, 0x00}, {"-0.5", 0xff, 0xf8}, {"-10.125", 0xff, 0x5e}, {"-25.0625", 0xfe, 0x6f}, {"-55", 0xfc, 0x90},
	} {
		t.Run(test.want, func(t *testing.T) {
			t.Parallel() // periph waits in earnest
			got, waited, err := read(t, recorded(scratchpad(test.low, test.high)))
			if got != test.want+" good" || waited != 750*time.Millisecond || err != nil {
				t.Errorf("got %s after %s, error %v; want %s", got, waited, err, test.want)
			}
			if test.want == "85" {
				return // which periph never believes
			}
			theirs := recorded(scratchpad(test.low, test.high))
			theirs.Ops = append([]onewiretest.IO{theirs.Ops[1]}, theirs.Ops...) // it reads the resolution first
			dev, err := ds18b20.New(theirs, 0x740000070e41ac28, 12)
			if err != nil {
				t.Fatal(err)
			}
			var env physic.Env
			if err := dev.Sense(&env); err != nil {
				t.Fatal(err)
			}
			if periph := fmt.Sprint(env.Temperature.Celsius()); periph != test.want {
				t.Errorf("periph says %s", periph)
			}
		})
	}
}

func TestWhatIsNoTemperature(t *testing.T) {
	flipped := scratchpad(0x91, 0x01)
	flipped[0] ^= 0x10
	ones := []byte{255, 255, 255, 255, 255, 255, 255, 255, 255}
	for _, test := range []struct {
		name string
		pad  []byte
		want string
	}{
		{"one bit wrong", flipped, "the checksum of 81 01 4b 46 7f ff 0f 10 25 does not fit: check wire and pull-up"},
		{"taken off the bus", ones, "nobody answers"},
		{"a short circuit", make([]byte, 9), "nothing but zeros: the wire is shorted"},
		{"not measured", []byte{0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10, 0x1c}, "85 °C, which it holds before it has measured: its supply is too weak"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, _, err := read(t, recorded(test.pad))
			if want := "/dev/i2c-1 ds18b20 " + probe + ": " + test.want; got != "- missing" || err == nil || err.Error() != want {
				t.Errorf("got %s, error %v; want %s", got, err, want)
			}
		})
	}
	t.Run("broken bus", func(t *testing.T) {
		bus := &broken{}
		if got, _, err := read(t, bus); got != "- missing" || err == nil || !bus.closed {
			t.Errorf("got %s, error %v, closed %t", got, err, bus.closed)
		}
	})
}

type broken struct {
	onewiretest.Playback
	closed bool
}

func (*broken) Tx(_, _ []byte, _ onewire.Pullup) error { return errors.New("no presence pulse") }

func (b *broken) Close() error {
	b.closed = true
	return nil
}

func TestFewerBitsMeanLess(t *testing.T) {
	pad := []byte{0x97, 0x01, 0x4b, 0x46, 0x1f, 0xff, 0x09, 0x10} // 9 bits: the last three are noise
	if got, err := decode(append(pad, onewire.CalcCRC(pad))); err != nil || got != 25 {
		t.Errorf("got %v, %v; want 25", got, err)
	}
}

// w1 makes the kernel's folder with one thermometer.
func w1(t *testing.T, pad []byte, verdict string) *Config {
	t.Helper()
	c := configured()
	c.folder = filepath.Join(t.TempDir(), "devices")
	if err := os.MkdirAll(filepath.Join(c.folder, probe), 0o755); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("% x : crc=%02x %s\n% x t=23125\n", pad, pad[8], verdict, pad)
	if err := os.WriteFile(filepath.Join(c.folder, probe, "w1_slave"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConformanceOfTheKernelsBus(t *testing.T) {
	c := w1(t, []byte{0x72, 0x01, 0x4b, 0x46, 0x7f, 0xff, 0x0e, 0x10, 0x57}, "YES")
	at, away := filepath.Join(c.folder, probe), filepath.Join(c.folder, "away")
	rename := func(t testing.TB, from, to string) {
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	drivertest.Run(t, drivertest.Harness{
		Device: c, Want: map[string]record.Value{"temperature": record.FloatValue(23.125)},
		Cut:     func(t testing.TB) { rename(t, at, away) },
		Restore: func(t testing.TB) { rename(t, away, at) },
		Timeout: time.Second, Recovery: time.Second,
	})
}

func TestTheKernelsBusSaysWhatIsWrong(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"no 1-Wire", func(c *Config) { c.folder = "/sys/bus/none" }, "the kernel has no 1-Wire: on a Raspberry Pi, dtoverlay=w1-gpio switches it on"},
		{"another thermometer", func(c *Config) { c.Address = "28-0000070e41ad" }, "no such thermometer; there are 28-0000070e41ac"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := w1(t, scratchpad(0, 0), "YES")
			test.change(c)
			d, err := c.Open(drivers.Options{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = d.Read(t.Context())
			if err == nil || !strings.HasSuffix(err.Error(), ": "+test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	t.Run("a checksum that does not fit", func(t *testing.T) {
		c := w1(t, []byte{0x72, 0x01, 0x4b, 0x46, 0x7f, 0xff, 0x0e, 0x10, 0x58}, "NO")
		d, err := c.Open(drivers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if readings, err := d.Read(t.Context()); err == nil || readings[0].Quality != record.Missing {
			t.Errorf("got %v, %v", readings, err)
		}
	})
}

func TestValidateNamesEveryMistake(t *testing.T) {
	c := &Config{Chip: "ds18s20", Address: "10-0316a2794bff", Via: &Bridge{Bus: -1, Address: 0x40}}
	var got []string
	for _, p := range c.Validate() {
		got = append(got, fmt.Sprintf("%s: %s | %s", strings.Join(p.Path, "."), p.Message, p.Hint))
	}
	want := []string{
		`chip: unknown chip "ds18s20" | use one of ds18b20`,
		"address: address \"10-0316a2794bff\" is none of a ds18b20: write it as 28-0316a2794bff | `ls /sys/bus/w1/devices` lists the thermometers that are there",
		"via.bus: bus -1 does not exist | use the number of /dev/i2c-1",
		"via.address: a DS2482 is not used at address 0x40 | it can be 0x18 or 0x19",
		"every: period 0s is not above 0 | use a time such as 1s",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
