package record

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "seal the frozen vectors anew; only for a new version of the format")

// vectorDir holds <name>.bin, the sealed bytes, and <name>.json, what is in them.
const vectorDir = "testdata/vectors"

// vector is a batch in words that any language can compare: what <name>.json holds.
type vector struct {
	PublicKey string          `json:"public_key"` // hexadecimal
	KeyID     string          `json:"key_id"`
	Hash      string          `json:"hash"` // of the sealed bytes
	Follows   string          `json:"follows,omitempty"`
	Gateway   string          `json:"gateway"`
	Seq       uint64          `json:"seq"`
	Prev      string          `json:"prev,omitempty"`
	Boot      string          `json:"boot"`
	Clock     string          `json:"clock"`
	ErrorUS   int64           `json:"clock_error_us"`
	BootMS    int64           `json:"clock_monotonic_ms"`
	SealedAt  int64           `json:"sealed_at_ms"`
	CatHash   string          `json:"catalogue_hash"`
	Catalogue string          `json:"catalogue,omitempty"` // base64
	Observed  []vectorDevice  `json:"observed"`
	Readings  []vectorReading `json:"readings"`
	Gaps      []vectorGap     `json:"gaps"`
	Dated     *vectorDated    `json:"dated,omitempty"`
	Successor string          `json:"successor,omitempty"` // hexadecimal
}

type vectorDated struct {
	Boot   string `json:"boot"`
	BootMS int64  `json:"monotonic_ms"`
	After  int64  `json:"after_ms"`
	Before int64  `json:"before_ms"`
}

type vectorDevice struct {
	Device    string     `json:"device"`
	Spans     [][2]int64 `json:"spans_ms"`
	Polls     uint32     `json:"polls"`
	Failed    uint32     `json:"failed"`
	LastError string     `json:"last_error,omitempty"`
}

type vectorReading struct {
	Signal  string        `json:"signal"`
	Time    int64         `json:"ms"`
	Kind    string        `json:"kind"`
	Value   string        `json:"value"` // whole numbers in full; floats by 17 digits; "" for none
	Quality string        `json:"quality"`
	Window  *vectorWindow `json:"window,omitempty"`
}

type vectorWindow struct {
	Count  uint32  `json:"count"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	SpanMS int64   `json:"span_ms"`
}

type vectorGap struct {
	First uint64 `json:"first"`
	Last  uint64 `json:"last"`
	From  int64  `json:"from_ms"`
	To    int64  `json:"to_ms"`
	Why   string `json:"why"`
}

var kindWords = [...]string{None: "none", Int: "int", Uint: "uint", Float: "float", Bool: "bool", Text: "text"}

func describe(b Batch, sealed []byte, follows string) vector {
	public := testKey(7).Public().(ed25519.PublicKey)
	v := vector{
		PublicKey: hex.EncodeToString(public), KeyID: KeyIDOf(public).String(), Hash: HashOf(sealed).String(), Follows: follows,
		Gateway: b.Gateway, Seq: b.Seq, Boot: b.Boot.String(), Clock: b.Clock.State.String(),
		ErrorUS: b.Clock.ErrorBound.Microseconds(), BootMS: b.Clock.Monotonic.Milliseconds(), SealedAt: b.SealedAt.UnixMilli(),
		CatHash: b.CatalogueHash.String(), Catalogue: base64.StdEncoding.EncodeToString(b.Catalogue),
		Observed: []vectorDevice{}, Readings: []vectorReading{}, Gaps: []vectorGap{},
	}
	if !b.Prev.IsZero() {
		v.Prev = b.Prev.String()
	}
	for _, o := range b.Observed {
		d := vectorDevice{Device: o.Device, Polls: o.Polls, Failed: o.Failed, LastError: o.LastError, Spans: [][2]int64{}}
		for _, s := range o.Spans {
			d.Spans = append(d.Spans, [2]int64{s.From.UnixMilli(), s.To.UnixMilli()})
		}
		v.Observed = append(v.Observed, d)
	}
	for _, r := range b.Readings {
		v.Readings = append(v.Readings, describeReading(r))
	}
	for _, g := range b.Gaps {
		v.Gaps = append(v.Gaps, vectorGap{g.First, g.Last, g.Span.From.UnixMilli(), g.Span.To.UnixMilli(), g.Why})
	}
	if d := b.Dated; d != nil {
		v.Dated = &vectorDated{d.Boot.String(), d.Monotonic.Milliseconds(), millis(d.After), millis(d.Before)}
	}
	if b.Successor != nil {
		v.Successor = hex.EncodeToString(b.Successor.Key)
	}
	return v
}

func describeReading(r Reading) vectorReading {
	d := vectorReading{Signal: r.Signal, Time: r.Time.UnixMilli(), Kind: kindWords[r.Value.Kind()], Value: r.Value.String(), Quality: r.Quality.String()}
	switch r.Value.Kind() {
	case None:
		d.Value = ""
	case Float:
		d.Value = fmt.Sprintf("%.16e", r.Value.Float())
	}
	if w := r.Window; w != nil {
		d.Window = &vectorWindow{w.Count, w.Min, w.Max, w.Span.Milliseconds()}
	}
	return d
}

// TestVectors holds today's code to bytes that were sealed once and for all. Sealing again may give other
// bytes, with another version of zstd; opening never other content.
func TestVectors(t *testing.T) {
	if *update {
		sealVectors(t)
	}
	hashes := map[string]Hash{}
	for _, c := range vectorContents() {
		t.Run(c.name, func(t *testing.T) {
			sealed := readVector(t, c.name+".bin")
			b, err := Open(sealed, testKeys())
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(describe(b, sealed, c.follows), "", " ")
			if err != nil {
				t.Fatal(err)
			}
			if want := readVector(t, c.name+".json"); string(got)+"\n" != string(want) {
				t.Errorf("%s.bin holds\n%s\nwant\n%s", c.name, got, want)
			}
			if b.Prev != hashes[c.follows] {
				t.Errorf("previous batch %s, want that of %q, %s", b.Prev, c.follows, hashes[c.follows])
			}
			hashes[c.name] = HashOf(sealed)
			again, err := Open(mustSeal(t, b, testKey(7)), testKeys())
			if err != nil {
				t.Fatal(err)
			}
			if d := diffBatches(b, again); d != "" {
				t.Errorf("sealed and opened again (-want +got):\n%s", d)
			}
		})
	}
}

func sealVectors(t *testing.T) {
	hashes := map[string]Hash{}
	for _, c := range vectorContents() {
		c.batch.Prev = hashes[c.follows]
		sealed := mustSeal(t, c.batch, testKey(7))
		hashes[c.name] = HashOf(sealed)
		b, err := Open(sealed, testKeys())
		if err != nil {
			t.Fatal(err)
		}
		if d := diffBatches(c.batch, b); d != "" {
			t.Fatalf("%s (-want +got):\n%s", c.name, d)
		}
		text, err := json.MarshalIndent(describe(b, sealed, c.follows), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		writeVector(t, c.name+".bin", sealed)
		writeVector(t, c.name+".json", append(text, '\n'))
	}
}

func readVector(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(vectorDir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeVector(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(vectorDir, name), content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// seconds is a time of the test day in seconds after 06:00.
func seconds(s float64) time.Time { return at(int64(s * 1000)) }
