package record

import (
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// TestBatchesShareAMemory reads batches of many sizes into one memory, twice: each is what it is by itself.
func TestBatchesShareAMemory(t *testing.T) {
	var msgs [][]byte
	var want []Batch
	keys := testKeys()
	for n := range 40 {
		b := Batch{Gateway: testGateway, Seq: 1, SealedAt: at(0)}
		for d := range n % 4 {
			b.Observed = append(b.Observed, Observed{Device: fmt.Sprint("device", d), Spans: []Span{{at(0), at(100)}, {at(200), at(int64(300 + n))}}})
		}
		for r := range n * n {
			reading := Reading{Signal: "press.cycles", Time: at(int64(r)), Value: IntValue(int64(n)), Quality: Good}
			if n%3 == 0 {
				reading.Window = &Window{Count: uint32(r), Min: float64(n)}
			}
			b.Readings = append(b.Readings, reading)
		}
		msgs = append(msgs, mustSeal(t, b, testKey(7)))
		alone, err := Open(msgs[n], keys)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, alone)
	}
	var memory Memory
	for range 2 {
		memory.Reset()
		var got []Batch
		for _, msg := range msgs {
			m, err := TakeApart(msg, keys)
			if err != nil {
				t.Fatal(err)
			}
			b, err := m.BatchIn(&memory)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, b)
		}
		if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(Value{})); diff != "" {
			t.Fatal(diff)
		}
	}
}
