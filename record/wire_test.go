package record

import (
	"math"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/lineproof/lineproof/record/recordpb"
)

// TestMalformedContent breaks the content of a batch that the gateway's own key then signs: a faulty or
// hostile agent can do that, and it must end in an error that names what is wrong.
func TestMalformedContent(t *testing.T) {
	column := func(c *recordpb.Column) func(*recordpb.Batch) {
		c.Signal = "a.b"
		return func(w *recordpb.Batch) { w.Columns = []*recordpb.Column{c} }
	}
	spans := func(base int64, edges ...int64) func(*recordpb.Batch) {
		return func(w *recordpb.Batch) {
			w.Observed = []*recordpb.Observed{{Device: "press", Base: base, Edges: edges}}
		}
	}
	for _, test := range []struct {
		name     string
		breaking func(*recordpb.Batch)
		want     string
	}{
		{"gateway", func(w *recordpb.Batch) { w.Gateway = "Hữu Lũng" }, `gateway: name "Hữu Lũng": use 1 to 64 of a-z, 0-9, - and _, with a letter or digit at both ends`},
		{"number", func(w *recordpb.Batch) { w.Seq = 0 }, "sequence number 0"},
		{"no batch before", func(w *recordpb.Batch) { w.Seq = 2 }, "batch 2: only the first batch has none before it"},
		{"a batch before the first", func(w *recordpb.Batch) { w.Prev = make([]byte, 32); w.Prev[0] = 1 }, "batch 1: only the first batch has none before it"},
		{"short hash", func(w *recordpb.Batch) { w.Prev = []byte{1} }, "previous batch: a hash of 1 bytes"},
		{"catalogue hash", func(w *recordpb.Batch) { w.CatalogueHash = []byte{1, 2} }, "catalogue: a hash of 2 bytes"},
		{"catalogue", func(w *recordpb.Batch) { w.Catalogue = []byte("{}") }, "catalogue: not the one whose hash is given"},
		{"boot id", func(w *recordpb.Batch) { w.Boot = make([]byte, 17) }, "boot id: too long"},
		{"error bound", func(w *recordpb.Batch) { w.Clock.ErrorBoundUs = math.MaxInt64 }, "clock: a time beyond 292 years"},
		{"monotonic time", func(w *recordpb.Batch) { w.Clock.MonotonicMs = math.MinInt64 }, "clock: a time beyond 292 years"},
		{"odd edges", spans(0, 1), `device "press": a window without an end`},
		{"backwards edge", spans(0, 1, -1), `device "press": windows that run backwards`},
		{"edges over the end", spans(5, math.MaxInt64, math.MaxInt64), `device "press": windows that run over the end of time`},
		{"edges over the end and round again", spans(math.MinInt64, 0, math.MaxInt64, math.MaxInt64, math.MaxInt64), `device "press": windows that run over the end of time`},
		{"fewer values", column(&recordpb.Column{Kind: recordpb.Column_INT, Times: []int64{0, 1}, Ints: []int64{1}}), `signal "a.b": fewer values than times`},
		{"more values", column(&recordpb.Column{Kind: recordpb.Column_INT, Times: []int64{0}, Ints: []int64{1, 2}}), `signal "a.b": more values than times`},
		{"values of two kinds", column(&recordpb.Column{Kind: recordpb.Column_INT, Times: []int64{0}, Ints: []int64{1}, Texts: []string{"x"}}), `signal "a.b": more values than times`},
		{"a value without kind", column(&recordpb.Column{Times: []int64{0}, Ints: []int64{1}}), `signal "a.b": fewer values than times`},
		{"a kind of tomorrow", column(&recordpb.Column{Kind: 9, Times: []int64{0}, Ints: []int64{1}}), `signal "a.b": fewer values than times`},
		{"a switch at 2", column(&recordpb.Column{Kind: recordpb.Column_BOOL, Times: []int64{0}, Ints: []int64{2}}), `signal "a.b": fewer values than times`},
		{"not a number", column(&recordpb.Column{Kind: recordpb.Column_FLOAT, Times: []int64{0}, Floats: []float64{math.NaN()}}), `signal "a.b": fewer values than times`},
		{"qualities", column(&recordpb.Column{Kind: recordpb.Column_INT, Times: []int64{0}, Ints: []int64{1}, Qualities: []byte{1, 1}}), `signal "a.b": not one quality for each time`},
		{"a quality of tomorrow", column(&recordpb.Column{Kind: recordpb.Column_INT, Times: []int64{0}, Ints: []int64{1}, Qualities: []byte{3}}), `signal "a.b": unknown quality 3`},
		{"windows", column(&recordpb.Column{Kind: recordpb.Column_FLOAT, Times: []int64{0}, Floats: []float64{1}, Counts: []uint32{1}}), `signal "a.b": not one window for each time`},
		{"a window to infinity", column(&recordpb.Column{Kind: recordpb.Column_FLOAT, Times: []int64{0}, Floats: []float64{1}, Counts: []uint32{1},
			Mins: []float64{0}, Maxs: []float64{math.Inf(1)}, SpansMs: []uint32{1}}), `signal "a.b": a window whose ends are not numbers`},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := toWire(small())
			test.breaking(w)
			plain, err := proto.Marshal(w)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Open(resign(t, pack(plain)), testKeys())
			if want := "not a sealed batch: " + test.want; err == nil || err.Error() != want {
				t.Errorf("got %v, want %q", err, want)
			}
		})
	}
}
