package record

import (
	"bytes"
	"encoding"
	"os"
	"path/filepath"
	"testing"
)

// seedVectors adds the frozen vectors to a corpus.
func seedVectors(f *testing.F, part func(sealed []byte) []byte) {
	f.Helper()
	names, err := filepath.Glob(filepath.Join(vectorDir, "*.bin"))
	if err != nil || len(names) == 0 {
		f.Fatalf("no vectors in %s: %v", vectorDir, err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(part(b))
	}
}

func FuzzOpen(f *testing.F) {
	seedVectors(f, func(sealed []byte) []byte { return sealed })
	f.Add([]byte{})
	frozen := map[Hash]bool{}
	for _, c := range vectorContents() {
		frozen[HashOf(readVector(f, c.name+".bin"))] = true
	}
	f.Fuzz(func(t *testing.T, msg []byte) {
		if _, err := Open(msg, testKeys()); err == nil && !frozen[HashOf(msg)] {
			t.Errorf("%x opens, and nobody sealed it", msg)
		}
	})
}

// FuzzBody gives content that was signed: what can be read is written and read again the same.
func FuzzBody(f *testing.F) {
	seedVectors(f, func(sealed []byte) []byte {
		plain, err := unpack(nil, unsealed(f, sealed))
		if err != nil {
			f.Fatal(err)
		}
		return plain
	})
	f.Fuzz(func(t *testing.T, plain []byte) {
		b, err := DecodePlain(plain)
		if err != nil {
			return
		}
		again, err := fromWire(toWire(b), new(Memory))
		if err != nil {
			t.Fatalf("was read, and not again: %v", err)
		}
		if d := diffBatches(b, again); d != "" {
			t.Errorf("written and read again (-first +second):\n%s", d)
		}
	})
}

// FuzzFrame gives bytes that are no zstd frame, or a hostile one.
func FuzzFrame(f *testing.F) {
	seedVectors(f, func(sealed []byte) []byte { return unsealed(f, sealed) })
	f.Fuzz(func(_ *testing.T, body []byte) { _, _ = new(wireReader).unpacked(body, new(Memory)) }) // must not panic
}

func FuzzCatalogue(f *testing.F) {
	f.Add(vectorContents()[0].batch.Catalogue)
	f.Add([]byte(`{"gateway":"a","site":"s","timezone":"UTC","signals":{"p.s":{"states":{"1":"execute"},"every":"1m30s","scale":0.1}},` +
		`"lines":{"l":{"machines":{"m":{"produced":{"from":"p.c","times":"units_per_cycle"},"measures":{"x":{"from":"p.x","lower":1}}}},` +
		`"calendar":{"shifts":[{"name":"A","from":"22:00","to":"06:00","days":["mon"],"breaks":[{"from":"00:00","to":"00:30"}]}],` +
		`"holidays":[{"date":"2027-02-05","why":"Tết"}],"extra":[{"name":"x","from":"2027-02-06T00:00:00Z","to":"2027-02-06T04:00:00+07:00"}],"public":"vn","working":["2027-04-16"]}}}}`))
	f.Fuzz(func(t *testing.T, text []byte) { again(t, text, DecodeCatalogue, Catalogue.Encode) })
}

func FuzzReceipt(f *testing.F) {
	f.Add([]byte(`{"gateway":"a","seq":5,"hash":"` + HashOf(nil).String() + `","index":9,"time":"2027-03-01T00:00:00.5+07:00","error":"x"}`))
	f.Fuzz(func(t *testing.T, text []byte) { again(t, text, DecodeReceipt, Receipt.Encode) })
}

func FuzzLive(f *testing.F) {
	f.Add([]byte(`{"time":"2027-03-01T00:00:00Z","values":{"a.b":1.5,"a.c":null,"a.d":true,"a.e":"x","a.f":[1,{"g":2}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) { again(t, text, DecodeLive, Live.Encode) })
}

func FuzzStatus(f *testing.F) {
	f.Add([]byte(`{"online":true,"time":"2027-03-01T00:00:00Z","started":"2027-02-01T00:00:00Z","clock":"synchronised","seq":3,` +
		`"devices":{"press":{"ok":true,"since":"2027-03-01T00:00:00Z","polls":1,"failed":2,"error":"x"}}}`))
	f.Add([]byte(`{"clock":"atomic"}`))
	f.Fuzz(func(t *testing.T, text []byte) { again(t, text, DecodeStatus, Status.Encode) })
}

// again decodes, encodes, decodes and encodes: both texts must be the same.
func again[T any](t *testing.T, text []byte, decode func([]byte) (T, error), encode func(T) ([]byte, error)) {
	t.Helper()
	v, err := decode(text)
	if err != nil {
		return
	}
	first, err := encode(v)
	if err != nil {
		t.Fatalf("%q was read and cannot be written: %v", text, err)
	}
	if v, err = decode(first); err != nil {
		t.Fatalf("%q was written as %q and cannot be read: %v", text, first, err)
	}
	if second, err := encode(v); err != nil || !bytes.Equal(first, second) {
		t.Errorf("%q was written as %q and then as %q, %v", text, first, second, err)
	}
}

func FuzzParseTopic(f *testing.F) {
	f.Add("lineproof/v1/huu-lung-01/batch")
	f.Add("lineproof/v1/huu-lung-01/receipt/x")
	f.Add("lineproof/v1//live")
	f.Fuzz(func(t *testing.T, s string) {
		if gateway, topic, ok := ParseTopic(s); ok && topic.Of(gateway) != s {
			t.Errorf("%q was read as %q of %q", s, topic, gateway)
		}
	})
}

func FuzzTexts(f *testing.F) {
	for _, s := range []string{"i5", "u5", "f1.5", "b1", "tx", "", "06:00", "24:00", "2027-02-05", "mon", "1m30s", "500ms"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		sameText[Value](t, s)
		sameText[ClockTime](t, s)
		sameText[Date](t, s)
		sameText[Weekday](t, s)
		sameText[Duration](t, s)
		sameText[Hash](t, s)
		sameText[State](t, s)
	})
}

// sameText reads s, writes it and reads it again: the value must be the same.
func sameText[T interface {
	comparable
	encoding.TextMarshaler
}, P interface {
	*T
	encoding.TextUnmarshaler
}](t *testing.T, s string) {
	t.Helper()
	first, err := reads[T, P](s)
	if err != nil {
		return
	}
	text, err := first.MarshalText()
	if err != nil {
		t.Fatalf("%T %q was read and cannot be written: %v", first, s, err)
	}
	if second, err := reads[T, P](string(text)); err != nil || first != second {
		t.Errorf("%T %q was written as %q and read as %v, %v", first, s, text, second, err)
	}
}
