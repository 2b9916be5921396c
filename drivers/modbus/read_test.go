package modbus

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

// TestEveryTypeAndOrder reads what Python laid out.
func TestEveryTypeAndOrder(t *testing.T) {
	tcp := startPLC(t, schemeTCP)
	overTCP := startPLC(t, schemeRTUOverTCP)
	line := startSerialPLC(t, pymodbus(t))
	for _, url := range []string{"tcp://" + tcp.address(), "rtuovertcp://" + overTCP.address(), "rtu://" + line.port() + "?baud=115200"} {
		scheme, _, _ := strings.Cut(url, ":")
		t.Run(scheme, func(t *testing.T) {
			points := map[string]Signal{}
			for _, e := range examples(t) {
				points[e.Name] = Signal{At: e.At, Type: e.Type, Order: e.Order}
			}
			readings, err := open(t, device(url, points)).Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := byName(readings)
			for _, e := range examples(t) {
				if v := got[e.Name].Value; v.String() != e.Want {
					t.Errorf("%s: %s %s %s: got %s, want %s", e.Name, e.At, e.Type, e.Order, v, e.Want)
				}
			}
		})
	}
}

func TestBitTables(t *testing.T) {
	p := startPLC(t, schemeTCP)
	points := map[string]Signal{"edge": {At: "coil 99"}, "first": {At: "00001"}, "discrete": {At: "10009"}}
	for _, name := range []string{"1", "2", "3", "7", "8", "9", "15", "16", "17", "18"} {
		points["c"+name] = Signal{At: "coil " + name}
	}
	readings, err := open(t, device("tcp://"+p.address(), points)).Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	on := map[string]bool{"edge": true, "first": true, "discrete": true, "c3": true, "c9": true, "c15": true, "c18": true}
	for _, r := range readings {
		if r.Value != record.BoolValue(on[r.Signal]) {
			t.Errorf("%s: got %s, want %t", r.Signal, r.Value, on[r.Signal])
		}
	}
}

func TestScaleAndOffset(t *testing.T) {
	p := startPLC(t, schemeTCP)
	scale, offset := 0.5, -40.0
	readings, err := open(t, device("tcp://"+p.address(), map[string]Signal{
		"both":   {At: "holding 1000", Scale: &scale, Offset: &offset},
		"scale":  {At: "holding 1000", Scale: &scale},
		"offset": {At: "holding 1000", Offset: &offset},
	})).Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]record.Value{"both": record.FloatValue(2508), "scale": record.FloatValue(2548), "offset": record.FloatValue(5056)}
	for _, r := range readings {
		if r.Value != want[r.Signal] {
			t.Errorf("%s: got %s, want %s", r.Signal, r.Value, want[r.Signal])
		}
	}
}

func TestHoleInTheMapCostsOnlyItsSignals(t *testing.T) {
	p := startPLC(t, schemeTCP)
	c := device("tcp://"+p.address(), map[string]Signal{
		"a": holdingAt(1998), "b": holdingAt(1999), "hole": holdingAt(2000), "long": {At: "holding 4000", Type: "uint64"},
	})
	d := open(t, c).(*driver)
	const refused = "exception 2, illegal data address: %s; hint: the device has no such address: does its manual count from 1, or mean another table?"
	want := "hole: " + strings.Replace(refused, "%s", "holding 2000", 1) + "\nlong: " + strings.Replace(refused, "%s", "holding 4000..4003", 1)
	for range 2 {
		readings, err := d.Read(t.Context())
		if err == nil || err.Error() != want {
			t.Errorf("error\n%v\nwant\n%s", err, want)
		}
		got := byName(readings)
		for name, quality := range map[string]record.Quality{"a": record.Good, "b": record.Good, "hole": record.Missing, "long": record.Missing} {
			if got[name].Quality != quality {
				t.Errorf("%s: got %s, want %s", name, got[name].Quality, quality)
			}
		}
	}
	if got := fmt.Sprint(d.plan); len(d.whole) != 2 || got != "[holding 1998..1999 holding 2000 holding 4000..4003]" {
		t.Errorf("plan of %d requests became %v", len(d.whole), got)
	}
}

func TestDeviceThatRefusesEverythingIsAskedAsPlannedAgain(t *testing.T) {
	p := startPLC(t, schemeTCP)
	d := open(t, device("tcp://"+p.address(), map[string]Signal{"a": holdingAt(3000), "b": holdingAt(3001)})).(*driver)
	if _, err := d.Read(t.Context()); err == nil {
		t.Fatal("no error")
	}
	if len(d.plan) != 1 {
		t.Errorf("plan is now %v", d.plan)
	}
}

func TestInspectShowsTheRegisters(t *testing.T) {
	p := startPLC(t, schemeTCP)
	d := open(t, device("tcp://"+p.address(), map[string]Signal{
		"cycles": {At: "41001", Type: "uint32", Order: "CDAB"}, "nan": {At: "holding 1010", Type: "bcd16"},
	})).(*driver)
	inspections, err := d.Inspect(t.Context())
	if want := "nan: holding 1010: the registers 13f2 are not binary-coded decimal"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	cycles, broken := inspections[0], inspections[1]
	if want := []byte{0x13, 0xe8, 0x13, 0xe9}; !bytes.Equal(cycles.Raw, want) || cycles.Address != "41001" || cycles.Reading.Value.Int() != 0x13e913e8 {
		t.Errorf("got %+v", cycles)
	}
	if !bytes.Equal(broken.Raw, []byte{0x13, 0xf2}) || broken.Err == nil || broken.Reading.Quality != record.Missing {
		t.Errorf("got %+v", broken)
	}
}

func TestOneLineHasOneSetting(t *testing.T) {
	kind := Kind()
	configure := func(baud string) *Config {
		c := kind().(*Config)
		c.URL, c.Points = "rtu:///dev/ttyNONE?baud="+baud, map[string]Signal{"a": holdingAt(1)}
		return c
	}
	open(t, configure("9600"))
	_, err := configure("19200").Open(drivers.Options{Name: "meter"})
	want := "open meter: serial port /dev/ttyNONE: another device uses it with other settings; hint: all devices on one line need the same baud, parity and stop"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestMissingSerialPort(t *testing.T) {
	d := open(t, device("rtu:///dev/ttyNONE", map[string]Signal{"a": holdingAt(1)}))
	for _, want := range []string{"", "", "; again in 1s"} {
		_, err := d.Read(t.Context())
		if err == nil {
			t.Fatal("no error")
		}
		if want != "" && !strings.HasSuffix(err.Error(), want) {
			t.Errorf("got %v", err)
		}
		if !strings.Contains(err.Error(), "ls /dev/serial/by-id") && !strings.Contains(err.Error(), "not connected") {
			t.Errorf("got %v", err)
		}
	}
}
