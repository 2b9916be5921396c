package modbus

import (
	"encoding/hex"
	"math"
	"testing"

	"github.com/lineproof/lineproof/record"
)

func pointOf(t testing.TB, at, typ, o string) point {
	t.Helper()
	var found problems
	p := Signal{At: at, Type: typ, Order: o}.compile(&found, "x", false)
	if len(found) > 0 {
		t.Fatal(found)
	}
	return p
}

func TestDecodeEdges(t *testing.T) {
	for _, c := range []struct {
		name, typ, raw string
		want           record.Value
	}{
		{"least int16", "int16", "8000", record.IntValue(math.MinInt16)},
		{"greatest uint16", "uint16", "ffff", record.IntValue(math.MaxUint16)},
		{"least int32", "int32", "80000000", record.IntValue(math.MinInt32)},
		{"greatest uint32", "uint32", "ffffffff", record.IntValue(math.MaxUint32)},
		{"least int64", "int64", "8000000000000000", record.IntValue(math.MinInt64)},
		{"greatest uint64", "uint64", "ffffffffffffffff", record.UintValue(math.MaxUint64)},
		{"negative zero", "float32", "80000000", record.FloatValue(math.Copysign(0, -1))},
		{"least float32", "float32", "00000001", record.FloatValue(math.SmallestNonzeroFloat32)},
		{"all bits", "bits(0,15)", "a5c3", record.IntValue(0xa5c3)},
		{"empty text", "string(4)", "00000000", record.TextValue("")},
		{"text with inner space", "string(6)", "412042202000", record.TextValue("A B")},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := pointOf(t, "holding 0", c.typ, "")
			raw, err := hex.DecodeString(c.raw)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := p.decode(raw); err != nil || got != c.want {
				t.Errorf("got %s, %v, want %s", got, err, c.want)
			}
		})
	}
}

func TestDecodeNonsense(t *testing.T) {
	for _, c := range []struct{ name, typ, raw, want string }{
		{"float32 NaN", "float32", "7fc00000", "the registers 7fc00000 are NaN, not a number"},
		{"float32 infinity", "float32", "ff800000", "the registers ff800000 are -Inf, not a number"},
		{"float64 NaN", "float64", "7ff8000000000001", "the registers 7ff8000000000001 are NaN, not a number"},
		{"bcd16 with a letter", "bcd16", "0a12", "the registers 0a12 are not binary-coded decimal"},
		{"bcd32 with a letter", "bcd32", "f0000000", "the registers f0000000 are not binary-coded decimal"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := pointOf(t, "holding 0", c.typ, "")
			raw, err := hex.DecodeString(c.raw)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.decode(raw)
			if err == nil || err.Error() != c.want || !got.IsNone() {
				t.Errorf("got %s, %v\nwant %s", got, err, c.want)
			}
		})
	}
}

func TestScaledOutOfRange(t *testing.T) {
	p := pointOf(t, "holding 0", "float64", "")
	p.scale, p.scaled = 10, true
	got, err := p.decode([]byte{0x7f, 0xef, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	if err == nil || err.Error() != "scaled, the value is too large for a float64" || !got.IsNone() {
		t.Errorf("got %s, %v", got, err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range []struct{ typ, order string }{
		{"", ""}, {"bool", ""}, {"int32", "CDAB"}, {"uint64", "HGFEDCBA"}, {"float64", "CDAB"}, {"bcd32", "BADC"}, {"string(5)", "BA"}, {"bits(3,9)", "BA"},
	} {
		f.Add(c.typ, c.order, []byte{1, 2, 3, 4, 5, 6, 7, 8})
	}
	f.Fuzz(func(t *testing.T, typ, o string, raw []byte) {
		var found problems
		p := Signal{At: "holding 0", Type: typ, Order: o}.compile(&found, "x", false)
		if len(found) > 0 || len(raw) < 2*p.length {
			return
		}
		if v, err := p.decode(raw[:2*p.length]); v.IsNone() != (err != nil) {
			t.Errorf("%s %s of % x: %s, %v", typ, o, raw, v, err)
		}
	})
}
