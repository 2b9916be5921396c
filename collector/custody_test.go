package collector

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/ingest"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/series/sqlite"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/record"
)

// TestTwoGatewaysWithOneIdentity: the memory card was copied. Both seal on from the same batch; whichever comes
// second is found out, however long ago the other's batch of that number came.
func TestTwoGatewaysWithOneIdentity(t *testing.T) {
	t.Parallel()
	one := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	first := work(t, one, 3)
	twin := *one
	b := openBench(t, t.TempDir(), collectortest.Keys(one))
	b.sends(one.Name, first...)
	b.sends(one.Name, work(t, one, 600)...)
	copied := twin.Work(t, time.Minute, collectortest.Held, 1, 0)
	for range 3 {
		got := b.sends(one.Name, copied)
		if len(got) != 1 || got[0].Seq != 603 || !strings.Contains(got[0].Error, "of which another one is known") {
			t.Fatalf("told %+v", got)
		}
	}
	b.sends(one.Name, first[1]) // an old one that comes again is no fork
	refused, err := b.registry.Refused(t.Context())
	if err != nil || len(refused) != 1 || refused[0].Kind != verify.Forked || refused[0].Times != 3 {
		t.Errorf("refused %+v, %v", refused, err)
	}
	if got := b.sends(one.Name, work(t, one, 1)...); got[0].Seq != 604 || got[0].Error != "" {
		t.Errorf("the first one goes on: %+v", got)
	}
}

// TestAKeyTakesOver: announced by the old one, used by the next, and the old one is refused from then on; a
// collector that starts again, or makes its views again, knows as much.
func TestAKeyTakesOver(t *testing.T) {
	t.Parallel()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	dir, keys := t.TempDir(), collectortest.Keys(g)
	b := openBench(t, dir, keys)
	b.sends(g.Name, work(t, g, 2)...)
	old, next := g.Key, ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	announce := g.Batch(t)
	announce.Successor = record.NewSuccessor(g.Name, next)

	unannounced := *g
	unannounced.Key = next
	if got := b.sends(g.Name, unannounced.Seal(t, g.Batch(t))); !strings.Contains(got[0].Error, "not known") {
		t.Errorf("before it is announced: %+v", got)
	}
	b.sends(g.Name, g.Seal(t, announce))
	b.sends(g.Name, work(t, g, 1)...) // the old one goes on until the gateway has the receipt
	g.Key = next
	b.sends(g.Name, work(t, g, 2)...)
	b.close()

	b = openBench(t, dir, keys)
	thief := *g
	thief.Key = old
	if got := b.sends(g.Name, thief.Seal(t, g.Batch(t))); !strings.Contains(got[0].Error, verify.ErrRetired.Error()) {
		t.Errorf("the old key after that: %+v", got)
	}
	if got := b.sends(g.Name, work(t, g, 1)...); got[0].Seq != 7 {
		t.Errorf("the new key after a start: %+v", got)
	}
	want := b.books()
	if err := b.registry.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.close()
	same(t, want, openBench(t, dir, keys).books())
}

// TestASuccessorMustHoldItsKey: nobody can be named who did not sign for it.
func TestASuccessorMustHoldItsKey(t *testing.T) {
	t.Parallel()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	b := openBench(t, t.TempDir(), collectortest.Keys(g))
	batch := g.Batch(t)
	batch.Successor = record.NewSuccessor("another-01", ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if got := b.sends(g.Name, g.Seal(t, batch)); !strings.Contains(got[0].Error, "did not sign for itself") {
		t.Errorf("told %+v", got)
	}
}

// down is a store that can be down.
type down struct {
	*sqlite.Store
	is    atomic.Bool
	tried chan struct{}
}

func (d *down) WriteAll(ctx context.Context, writes []series.Write) error {
	if !d.is.Load() {
		return d.Store.WriteAll(ctx, writes)
	}
	select {
	case d.tried <- struct{}{}:
	default:
	}
	return errors.New("connection refused")
}

// TestTheLedgerGoesOnWithoutItsViews: the store is down for long. The ledger takes all that comes, more than fits
// into memory, says so in its receipts, and the views follow when they can.
func TestTheLedgerGoesOnWithoutItsViews(t *testing.T) {
	t.Parallel()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	b := openBench(t, t.TempDir(), collectortest.Keys(g))
	sealed := work(t, g, 40)
	for range 400 { // with long texts that pack badly: 20 MB
		batch := g.Batch(t)
		batch.SealedAt = g.At
		batch.Readings = []record.Reading{{Signal: "press.note", Time: g.At, Value: record.TextValue(noise(len(sealed))), Quality: record.Good}}
		sealed = append(sealed, g.Seal(t, batch))
	}
	sealed = append(sealed, work(t, g, 40)...)
	want := straight(t, b.keys, g.Name, sealed...)

	store := &down{Store: b.store.(*sqlite.Store), tried: make(chan struct{}, 1)}
	store.is.Store(true)
	b.store = store
	var views atomic.Value
	views.Store(board.Views{})
	b.health = func(v board.Views) { views.Store(v) }
	receipts := make(chan record.Receipt, 2*len(sealed))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	queue := make(chan ingest.Message, len(sealed))
	go func() {
		ended <- b.run(ctx, queue, func(r record.Receipt) error { receipts <- r; return nil })
	}()
	last := func(enough func(record.Receipt) bool) {
		t.Helper()
		for deadline := time.After(time.Minute); ; {
			select {
			case r := <-receipts:
				if enough(r) {
					return
				}
			case <-deadline:
				t.Fatalf("not told; %+v", views.Load())
			}
		}
	}
	queue <- b.message(g.Name, sealed[0])
	<-store.tried
	for _, msg := range sealed[1:] {
		queue <- b.message(g.Name, msg)
	}
	last(func(r record.Receipt) bool { return r.Seq == 0 && r.Stored == uint64(len(sealed)) })
	if v := views.Load().(board.Views); v.LedgerBatches != uint64(len(sealed)) || v.ViewBatches != 0 || v.ViewError == "" {
		t.Errorf("while the views are down: %+v", v)
	}
	if b.tail.bytes > tailBytes {
		t.Errorf("%d bytes wait in memory", b.tail.bytes)
	}
	store.is.Store(false)
	last(func(r record.Receipt) bool { return r.Seq == uint64(len(sealed)) && r.Stored == 0 })
	if v := views.Load().(board.Views); v.ViewBatches != uint64(len(sealed)) || v.ViewError != "" {
		t.Errorf("when they have followed: %+v", v)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	same(t, want, b.books())
}

// noise is a text of 40 kB that cannot be packed to much less.
func noise(seed int) string {
	var b strings.Builder
	for x := uint64(seed)*0x9E3779B97F4A7C15 + 1; b.Len() < 60_000; {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		fmt.Fprintf(&b, "%x", x)
	}
	return b.String()
}

// TestTheLedgersDiskIsFull: no receipts while it is, nothing lost, and it goes on by itself.
func TestTheLedgersDiskIsFull(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("a small disk needs root to be mounted: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", disk).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	b := openBench(t, filepath.Join(disk, "collector"), collectortest.Keys(g))
	sealed := work(t, g, 60)
	for range 3 {
		b.sends(g.Name, sealed[:20]...)
	}
	ballast := filepath.Join(disk, "ballast")
	if out, err := exec.Command("dd", "if=/dev/zero", "of="+ballast, "bs=4k").CombinedOutput(); err == nil {
		t.Fatalf("the disk is not full: %s", out)
	}
	full := make(chan board.Views, 1)
	b.health = func(v board.Views) {
		if v.LedgerError != "" {
			select {
			case full <- v:
			default:
			}
		}
	}
	taken := make(chan []record.Receipt, 1)
	go func() { taken <- b.sends(g.Name, sealed[20:]...) }()
	select {
	case v := <-full:
		if !strings.Contains(v.LedgerError, "no space left") {
			t.Errorf("the ledger says %q", v.LedgerError)
		}
	case <-time.After(time.Minute):
		t.Fatal("nobody notices that the disk is full")
	}
	select {
	case r := <-taken:
		t.Fatalf("a receipt though the disk is full: %+v", r)
	default:
	}
	if out, err := exec.Command("rm", ballast).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := <-taken
	if diff := cmp.Diff([]record.Receipt{receipt(g.Name, 60, sealed[59], 59, "")}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	same(t, straight(t, b.keys, g.Name, sealed...), b.books())
	if out, err := exec.Command("find", disk, "-regex", `.*/tile/.*/[0-9]+`, "-name", "????*").CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("left over in the ledger: %v: %s", err, out)
	}
}

// TestABatchThatCannotBeAccountedFor is left out of the views and shown; what follows goes on.
func TestABatchThatCannotBeAccountedFor(t *testing.T) {
	t.Parallel()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	b := openBench(t, t.TempDir(), collectortest.Keys(g))
	sealed := work(t, g, 5)
	want := straight(t, b.keys, g.Name, sealed...)
	var shown []registry.Poison
	b.isolated = func(p registry.Poison) { shown = append(shown, p) }
	b.account = func(s *account.State, batch record.Batch, cat record.Catalogue) []account.Interval {
		if batch.Seq == 3 {
			panic("a case that nobody thought of")
		}
		return s.Fold(batch, cat)
	}
	if got := b.sends(g.Name, sealed...); got[0].Seq != 5 {
		t.Errorf("told %+v", got)
	}
	if len(shown) != 1 || !strings.Contains(shown[0].Reason, "nobody thought of") || !strings.HasPrefix(shown[0].Point, "batch 3 of huu-lung-01, index 2") {
		t.Errorf("shown %+v", shown)
	}
	got := b.books()
	if len(got.Intervals) != len(want.Intervals)-1 && len(got.Intervals) != len(want.Intervals) || slices.Equal(got.Readings, want.Readings) {
		t.Errorf("%d intervals of %d", len(got.Intervals), len(want.Intervals))
	}
	if all, err := b.registry.Poisoned(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("listed %v, %v", all, err)
	}
}

// TestABatchThatAPowerCutTookFromItsGateway: the collector has batch 3, the gateway sealed another 3 and more since.
// Only when it owns up to that under its seal does its chain go on, here and from the ledger alone.
func TestABatchThatAPowerCutTookFromItsGateway(t *testing.T) {
	t.Parallel()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	dir, keys := t.TempDir(), collectortest.Keys(g)
	b := openBench(t, dir, keys)
	b.sends(g.Name, work(t, g, 2)...)
	torn := *g
	b.sends(g.Name, torn.Work(t, time.Minute, collectortest.Execute, 5, 1))
	again := work(t, g, 2) // 3 and 4
	for _, sealed := range again {
		if got := b.sends(g.Name, sealed); got[0].Seq != 3 || !strings.Contains(got[0].Error, "gateway's last batch") && !strings.Contains(got[0].Error, "another one is known") {
			t.Fatalf("before it owns up: %+v", got)
		}
	}
	notice := g.Batch(t)
	notice.Gaps = []record.Gap{{First: 3, Last: 3, Why: "sealed twice"}}
	notice.SealedAt = g.At
	told := g.Seal(t, notice)
	if got := b.sends(g.Name, told); got[0].Seq != 3 || got[0].Error != "" {
		t.Errorf("ahead of its turn: %+v", got)
	}
	if got := b.sends(g.Name, again[1], told); got[0].Seq != 5 || got[0].Error != "" {
		t.Errorf("it goes on: %+v", got)
	}
	want := b.books()
	if err := b.registry.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.close()
	same(t, want, openBench(t, dir, keys).books())
}
