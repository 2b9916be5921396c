package record

import (
	"math"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/lineproof/lineproof/record/recordpb"
)

// oddWires are forms that no gateway writes and protobuf allows, or does not.
func oddWires() map[string][]byte {
	clock := func(b []byte, field protowire.Number, v uint64) []byte {
		inner := protowire.AppendVarint(protowire.AppendTag(nil, field, protowire.VarintType), v)
		return protowire.AppendBytes(protowire.AppendTag(b, 5, protowire.BytesType), inner)
	}
	column := func(fields ...[]byte) []byte {
		var inner []byte
		for _, f := range fields {
			inner = append(inner, f...)
		}
		return protowire.AppendBytes(protowire.AppendTag(nil, 10, protowire.BytesType), inner)
	}
	one := func(field protowire.Number, v uint64) []byte {
		return protowire.AppendVarint(protowire.AppendTag(nil, field, protowire.VarintType), v)
	}
	double := func(field protowire.Number, v float64) []byte {
		return protowire.AppendFixed64(protowire.AppendTag(nil, field, protowire.Fixed64Type), math.Float64bits(v))
	}
	text := func(field protowire.Number, s string) []byte {
		return protowire.AppendString(protowire.AppendTag(nil, field, protowire.BytesType), s)
	}
	return map[string][]byte{
		"nothing":                       {},
		"a clock in two parts":          clock(clock(nil, 1, 2), 3, 70_000),
		"numbers one by one":            column(text(1, "p.c"), one(4, 6), one(4, 8), one(5, 3), one(11, 5), one(12, 7), double(6, 1.5), double(9, 1), double(10, 2)),
		"a field of another day":        append(one(99, 1), text(98, "x")...),
		"a known field of another type": append(text(2, "seq"), one(1, 7)...),
		"a group":                       append(protowire.AppendTag(nil, 77, protowire.StartGroupType), protowire.AppendTag(nil, 77, protowire.EndGroupType)...),
		"an end without a group":        protowire.AppendTag(nil, 77, protowire.EndGroupType),
		"a name in no UTF-8":            text(1, "a\xff"),
		"a text in no UTF-8":            column(text(7, "a\xff")),
		"half a number":                 {2 << 3, 0x80},
		"half a list":                   column(text(4, "\x80")),
		"half a float":                  column(text(6, "1234567")),
		"field 0":                       {0, 0},
		"a field beyond all":            protowire.AppendVarint(nil, 1<<40),
		"an unknown wire type":          {15<<3 | 7},
		"fixed32":                       protowire.AppendFixed32(protowire.AppendTag(nil, 2, protowire.Fixed32Type), 7),
		"gaps, dated twice":             append(append(text(11, "\x08\x05"), text(12, "\x10\x07")...), text(12, "\x18\x09")...),
	}
}

// sameReading holds the reader to what the library makes of the same bytes.
func sameReading(t *testing.T, r *wireReader, plain []byte) {
	t.Helper()
	var want recordpb.Batch
	wrong := proto.Unmarshal(plain, &want)
	got, err := r.read(plain)
	if (err != nil) != (wrong != nil) {
		t.Fatalf("%x: %v; the library says %v", plain, err, wrong)
	}
	want.ProtoReflect().SetUnknown(nil)
	forget(&want)
	if err == nil && !proto.Equal(got, &want) {
		t.Errorf("%x\n got %v\nwant %v", plain, got, &want)
	}
}

// forget takes out the fields that this program does not know: the reader passes over them.
func forget(w *recordpb.Batch) {
	if w.Clock != nil {
		w.Clock.ProtoReflect().SetUnknown(nil)
	}
	for _, o := range w.Observed {
		o.ProtoReflect().SetUnknown(nil)
	}
	for _, c := range w.Columns {
		c.ProtoReflect().SetUnknown(nil)
	}
}

func TestWireIsReadAsTheLibraryReadsIt(t *testing.T) {
	r := &wireReader{}
	for name, plain := range oddWires() {
		t.Run(name, func(t *testing.T) { sameReading(t, r, plain) })
	}
	for _, c := range vectorContents() {
		plain, err := unpack(nil, unsealed(t, readVector(t, c.name+".bin")))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(c.name, func(t *testing.T) { sameReading(t, r, plain) })
	}
}

func FuzzWire(f *testing.F) {
	seedVectors(f, func(sealed []byte) []byte {
		plain, err := unpack(nil, unsealed(f, sealed))
		if err != nil {
			f.Fatal(err)
		}
		return plain
	})
	for _, plain := range oddWires() {
		f.Add(plain)
	}
	r := &wireReader{} // what was read before must not shine through
	f.Fuzz(func(t *testing.T, plain []byte) { sameReading(t, r, plain) })
}

func BenchmarkOpen(b *testing.B) {
	msg := readVector(b, vectorContents()[0].name+".bin")
	for b.Loop() {
		if _, err := Open(msg, testKeys()); err != nil {
			b.Fatal(err)
		}
	}
}
