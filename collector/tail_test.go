package collector

import "testing"

// TestATailFromTheMiddleOfABlock: views that read the ledger past where the tail begins do not stand still.
func TestATailFromTheMiddleOfABlock(t *testing.T) {
	var tail tail
	tail.begin(10)
	for _, indexes := range [][]uint64{{10, 11, 12, 13}, {14}} {
		b := block{from: indexes[0]}
		for _, i := range indexes {
			b.add(stored{index: i})
		}
		tail.push(b)
	}
	for _, step := range []struct {
		from  uint64
		ok    bool
		until uint64
	}{
		{8, false, 10}, // the ledger has to be read up to the tail
		{12, false, 14},
		{14, true, 15},
		{15, false, 15},
	} {
		b, ok, until := tail.next(step.from)
		if ok != step.ok || until != step.until || ok && (b.from != step.from || b.to != until) {
			t.Errorf("from %d: %+v, %v, %d", step.from, b, ok, until)
		}
	}
}
