package collector

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/ingest"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/series/sqlite"
	"github.com/lineproof/lineproof/record"
)

// cutOff appends to the ledger and comes no further, as a power cut then leaves it.
func (b *bench) cutOff(sealed ...[]byte) {
	b.t.Helper()
	ctx, cancel := context.WithCancel(b.t.Context())
	real := b.store.(*sqlite.Store)
	b.store = &cancelling{real, cancel}
	var messages []ingest.Message
	for _, msg := range sealed {
		messages = append(messages, b.message("huu-lung-01", msg))
	}
	if err := b.take(ctx, messages); err != nil {
		b.t.Fatal(err)
	}
	b.told = nil
	if err := b.catchUp(ctx); !errors.Is(err, context.Canceled) {
		b.t.Fatalf("%v, want it to be cut off", err)
	}
	if b.told != nil {
		b.t.Errorf("told %v of what no view has", b.told)
	}
	b.close()
}

// cancelling is a store that ends the work when it is written to.
type cancelling struct {
	*sqlite.Store
	cancel func()
}

func (c *cancelling) WriteAll(context.Context, []series.Write) error {
	c.cancel()
	return context.Canceled
}

func TestCollectorThatEndedBeforeTheViewsGoesOn(t *testing.T) {
	t.Parallel()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	keys, sealed := collectortest.Keys(g), work(t, g, 6)
	want := straight(t, keys, g.Name, sealed...)
	dir := t.TempDir()
	b := openBench(t, dir, keys)
	b.sends(g.Name, sealed[:2]...)
	b.cutOff(sealed[2:4]...)

	b = openBench(t, dir, keys)
	same(t, straight(t, keys, g.Name, sealed[:4]...), b.books())
	if diff := cmp.Diff([]record.Receipt{receipt(g.Name, 6, sealed[5], 5, "")}, b.sends(g.Name, sealed[2:]...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	same(t, want, b.books())
}

func TestViewsAreMadeAgainFromTheLedger(t *testing.T) {
	t.Parallel()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	keys, sealed := collectortest.Keys(g), work(t, g, group+40)
	dir := t.TempDir()
	b := openBench(t, dir, keys)
	for part := range slices.Chunk(sealed, 50) {
		b.sends(g.Name, part...)
	}
	want := b.books()
	b.close()
	for _, pattern := range []string{"series.db*", "registry.db*"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", pattern, files, err)
		}
		for _, file := range files {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
	}
	same(t, want, openBench(t, dir, keys).books())
}

// TestLedgerWhoseBatchesChangedPlaces appends as two flushes of the log's queue might that overtake each other.
func TestLedgerWhoseBatchesChangedPlaces(t *testing.T) {
	t.Parallel()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	keys, sealed := collectortest.Keys(g), work(t, g, 6)
	verified := collectortest.Verify(t, keys, sealed...)
	straight := map[int]books{2: straight(t, keys, g.Name, sealed[:2]...), 6: straight(t, keys, g.Name, sealed...)}
	for _, tt := range []struct {
		name   string
		ledger []int // batches from 0 on, in the ledger's order
		have   int   // batches that the views have in the end
		next   uint64
	}{
		{"two swapped", []int{0, 2, 1, 3, 4, 5}, 6, 6},
		{"backwards", []int{5, 4, 3, 2, 1, 0}, 6, 6},
		{"two parts swapped", []int{3, 4, 5, 0, 1, 2}, 6, 6},
		{"the later part was stored before a power cut and again after it", []int{0, 2, 3, 1, 2, 3, 4, 5}, 6, 8},
		{"the later part was stored before a power cut", []int{0, 1, 3, 4}, 2, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			b := openBench(t, dir, keys)
			for _, n := range tt.ledger {
				if _, err := b.ledger.Append(t.Context(), verified[n:n+1]); err != nil {
					t.Fatal(err)
				}
			}
			b.close()
			b = openBench(t, dir, keys)
			want := straight[tt.have]
			want.Next = tt.next
			same(t, want, b.books())

			b.sends(g.Name, sealed...) // as the gateway does, which has no receipt for them
			want, got := straight[6], b.books()
			want.Next = got.Next // what was there already is there twice now
			same(t, want, got)
		})
	}
}

func TestLedgerThatIsShorterThanTheViews(t *testing.T) {
	t.Parallel()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	keys, dir := collectortest.Keys(g), t.TempDir()
	b := openBench(t, dir, keys)
	b.sends(g.Name, work(t, g, 3)...)
	b.close()
	if err := os.RemoveAll(filepath.Join(dir, "ledger")); err != nil {
		t.Fatal(err)
	}
	_, err := tryBench(t, dir, keys)
	want := "the views have 3 batches, the ledger only 0: the ledger was replaced or cut; restore it, or remove the views to make them again"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLedgerWithABatchOfAnUnknownKey(t *testing.T) {
	t.Parallel()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	dir := t.TempDir()
	b := openBench(t, dir, collectortest.Keys(g))
	b.cutOff(work(t, g, 1)...)
	_, err := tryBench(t, dir, record.Keyring{})
	want := "batch at index 0 of the ledger: key " + record.KeyIDOf(g.Public()).String() + ": sealed with a key that is not known"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
