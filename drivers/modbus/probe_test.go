package modbus

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

// TestProbeAsksWhatNoConfigurationNames asks pymodbus over each kind of connection.
func TestProbeAsksWhatNoConfigurationNames(t *testing.T) {
	tcp, overTCP, line := startPLC(t, schemeTCP), startPLC(t, schemeRTUOverTCP), startSerialPLC(t, pymodbus(t))
	for _, url := range []string{"tcp://" + tcp.address(), "rtuovertcp://" + overTCP.address(), "rtu://" + line.port() + "?baud=115200&parity=none"} {
		scheme, _, _ := strings.Cut(url, ":")
		t.Run(scheme, func(t *testing.T) {
			p, err := NewProbe(url, 500*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			if p.Serial() != (scheme == schemeRTU) {
				t.Errorf("serial %t", p.Serial())
			}
			values, err := p.Registers(t.Context(), 2, Holding, 1000, 3)
			if err != nil || values[0] != 2<<12+1000 || values[2] != 2<<12+1002 {
				t.Errorf("unit 2: %v, %v", values, err)
			}
			if values, err = p.Registers(t.Context(), 3, Input, 1999, 1); err != nil || values[0] != 0x8000|3<<12+1999 {
				t.Errorf("unit 3: %v, %v", values, err)
			}
			var refusal Refusal
			if _, err = p.Registers(t.Context(), 2, Holding, 1999, 2); !errors.As(err, &refusal) || refusal.Code != 2 || refusal.Absent() {
				t.Errorf("past the end: %v", err)
			}
			if id, err := p.Identify(t.Context(), 2); err != nil {
				t.Errorf("identification: %v, %v", id, err)
			}
			began := time.Now()
			_, err = p.Registers(t.Context(), 9, Holding, 1000, 1)
			if silent, heard := Silent(err); !silent || heard {
				t.Errorf("nobody: %v", err)
			}
			if took := time.Since(began); took > p.Limit(1)+time.Second {
				t.Errorf("nobody took %s where at most %s was said", took, p.Limit(1))
			}
		})
	}
}

// TestIdentificationOfTheSpecification is its own example (MODBUS Application Protocol V1.1b3, 6.21), and what breaks it.
func TestIdentificationOfTheSpecification(t *testing.T) {
	whole := "0e 01 01 00 00 03 00 16" + hexOf("Company identification") + "01 0d" + hexOf("Product code ") + "02 05" + hexOf("V2.11")
	objects, err := identification(unhex(t, whole))
	if err != nil || objects[0] != "Company identification" || objects[1] != "Product code" || objects[2] != "V2.11" {
		t.Errorf("got %q, %v", objects, err)
	}
	for name, text := range map[string]string{
		"nothing":          "",
		"another type":     "0d 01 01 00 00 00",
		"fewer objects":    "0e 01 01 00 00 02 00 01 41",
		"a shorter one":    "0e 01 01 00 00 01 00 05 41",
		"half of a header": "0e 01 01",
	} {
		if _, err := identification(unhex(t, text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func hexOf(text string) (digits string) {
	const hex = "0123456789abcdef"
	for _, b := range []byte(text) {
		digits += string([]byte{hex[b>>4], hex[b&15]})
	}
	return digits
}

func FuzzIdentification(f *testing.F) {
	f.Add([]byte{0x0e, 1, 1, 0, 0, 1, 0, 1, 'A'})
	f.Add([]byte{0x0e, 1, 1, 0, 0, 2, 0, 1, 'A'})
	f.Fuzz(func(t *testing.T, b []byte) {
		objects, err := identification(b)
		if total := len(strings.Join([]string{objects[0], objects[1], objects[2]}, "")); err == nil && total > len(b) {
			t.Errorf("%d letters of %d bytes", total, len(b))
		}
	})
}

func TestFormatsReadNumbers(t *testing.T) {
	for _, c := range []struct {
		typ, order string
		registers  []uint16
		want       float64
	}{
		{"uint16", "AB", []uint16{0xfffe}, 65534},
		{"int16", "AB", []uint16{0xfffe}, -2},
		{"uint32", "CDAB", []uint16{0x97c0, 0x0013}, 1284032},
		{"float32", "ABCD", []uint16{0x4194, 0}, 18.5},
		{"float64", "ABCDEFGH", []uint16{0x4032, 0x8000, 0, 0}, 18.5},
		{"bcd16", "AB", []uint16{0x0745}, 745},
		{"bcd16", "AB", []uint16{0x0f45}, math.NaN()},
		{"float32", "ABCD", []uint16{0x7fc0, 0}, math.NaN()},
	} {
		format, err := NewFormat(c.typ, c.order)
		if err != nil {
			t.Fatal(err)
		}
		if got := format.Number(c.registers); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) || format.Registers() != len(c.registers) {
			t.Errorf("%s %s of %04x: got %v, want %v", c.typ, c.order, c.registers, got, c.want)
		}
	}
	if _, err := NewFormat("uint16", "ABCD"); err == nil {
		t.Error("four letters for two bytes")
	}
}

func TestProbeOfNoPortHints(t *testing.T) {
	_, err := NewProbe("192.168.1.10", 0)
	if want := `url "192.168.1.10" has no scheme; hint: did you mean tcp://192.168.1.10?`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
