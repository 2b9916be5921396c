package audit_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestABatchThatCameEarlyWaits is of a ledger in which a batch stands some 2,000 entries before the one that it follows: it
// waits, while the memory that batches are read into is used again and again, and has its place in the end.
func TestABatchThatCameEarlyWaits(t *testing.T) {
	h, file := long(t, 6)
	var err error
	if h.bundle, err = os.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	f := forge(t, h)
	f.names = slices.DeleteFunc(f.names, func(name string) bool { return strings.HasPrefix(name, "proofs/") }) // of other places
	places := slices.Sorted(maps.Keys(f.batches))
	from, to := len(places)-100, 100
	moved := f.leaves[places[from]]
	for n := from; n > to; n-- {
		f.leaves[places[n]] = f.leaves[places[n-1]]
	}
	f.leaves[places[to]] = moved
	for _, at := range places {
		f.batches[at] = f.leaves[at]
	}
	f.checkpoint(signer(t, h.secret))
	if r := h.check(t, f.file()); !r.OK() {
		t.Error(r.Text(english(t)))
	}
}
