package ledger_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"k8s.io/klog/v2"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/record"
)

// The tests run at the same time, because most of theirs goes by waiting for a signature.
func TestMain(m *testing.M) {
	klog.SetSlogLogger(slog.New(slog.DiscardHandler))
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		http.DefaultClient.CloseIdleConnections()
		os.Exit(code)
	}))
}

const (
	gateway = "huu-lung-01"
	origin  = "collector.example/lineproof"
)

func open(t *testing.T, dir string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), dir, origin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func closeNow(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// batches seals and verifies n batches of one gateway, each of about so many bytes more than it needs.
func batches(t *testing.T, n, size int) []verify.Verified {
	t.Helper()
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	sealed := make([][]byte, n)
	for i := range sealed {
		b := g.Batch(t)
		if size > 0 {
			b.Readings = []record.Reading{{Signal: "press.note", Time: g.At, Value: record.TextValue(noise(i, size)), Quality: record.Good}}
		}
		sealed[i] = g.Seal(t, b)
	}
	return collectortest.Verify(t, collectortest.Keys(g), sealed...)
}

// noise is text that compression does not make smaller.
func noise(seed, size int) string {
	var b strings.Builder
	for sum := sha256.Sum256(fmt.Append(nil, seed)); b.Len() < size; sum = sha256.Sum256(sum[:]) {
		for _, c := range sum {
			b.WriteByte(' ' + c%95)
		}
	}
	return b.String()[:size]
}

func appendAll(t *testing.T, l *ledger.Ledger, all []verify.Verified) []uint64 {
	t.Helper()
	indexes, err := l.Append(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	return indexes
}

// holds compares the ledger from an index on with batches.
func holds(t *testing.T, l *ledger.Ledger, from uint64, want []verify.Verified) {
	t.Helper()
	n := 0
	for e, err := range l.Entries(t.Context(), from) {
		if err != nil {
			t.Fatal(err)
		}
		if n == len(want) {
			t.Fatalf("more than %d entries from %d on", n, from)
		}
		if e.Index != from+uint64(n) || !bytes.Equal(e.Sealed, want[n].Sealed()) {
			t.Fatalf("entry %d has index %d or other content than it was given", from+uint64(n), e.Index)
		}
		n++
	}
	if n != len(want) {
		t.Fatalf("%d entries from %d on, want %d", n, from, len(want))
	}
}

func size(t *testing.T, l *ledger.Ledger) uint64 {
	t.Helper()
	n, err := l.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEmptyLedger(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	if n := size(t, l); n != 0 {
		t.Errorf("size %d", n)
	}
	holds(t, l, 0, nil)
	holds(t, l, 7, nil)
	if indexes := appendAll(t, l, nil); len(indexes) != 0 {
		t.Errorf("nothing was appended at %v", indexes)
	}
}

// TestThousandBatches appends in steps that end within and at the ends of tiles of 256, over three lives of
// the ledger.
func TestThousandBatches(t *testing.T) {
	t.Parallel()
	dir, all := t.TempDir(), batches(t, 1000, 0)
	at := 0
	for _, steps := range [][]int{{1, 2, 253}, {256, 1, 255, 200}, {32}} {
		l := open(t, dir)
		if n := size(t, l); n != uint64(at) {
			t.Fatalf("size %d when opened again, want %d", n, at)
		}
		for _, n := range steps {
			indexes := appendAll(t, l, all[at:at+n])
			for i, index := range indexes {
				if index != uint64(at+i) {
					t.Fatalf("batch %d of a step at %d went to %d", i, at, index)
				}
			}
			at += n
			if n := size(t, l); n != uint64(at) {
				t.Fatalf("size %d after the append, want %d", n, at)
			}
		}
		closeNow(t, l)
	}
	l := open(t, dir)
	for _, from := range []int{0, 1, 255, 256, 257, 512, 999, 1000, 1001} {
		holds(t, l, uint64(from), all[min(from, len(all)):])
	}
}

func TestEntriesEndWhereTheLedgerEndedWhenTheyWereAskedFor(t *testing.T) {
	t.Parallel()
	l, all := open(t, t.TempDir()), batches(t, 4, 0)
	appendAll(t, l, all[:3])
	n := 0
	for _, err := range l.Entries(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 1 {
			appendAll(t, l, all[3:])
		}
	}
	if n != 3 {
		t.Errorf("%d entries, want the 3 that there were", n)
	}
}

func TestReaderMayStopEarly(t *testing.T) {
	t.Parallel()
	l, all := open(t, t.TempDir()), batches(t, 600, 0)
	appendAll(t, l, all)
	for e, err := range l.Entries(t.Context(), 300) {
		if err != nil || e.Index != 300 {
			t.Errorf("index %d, %v", e.Index, err)
		}
		break
	}
}

func TestLargestBatchesStayWhole(t *testing.T) {
	t.Parallel()
	dir, all := t.TempDir(), batches(t, 300, 60_000)
	for _, v := range all {
		if n := len(v.Sealed()); n > record.MaxSealed || n < record.MaxSealed-2000 {
			t.Fatalf("a batch of %d bytes does not test the limit of %d", n, record.MaxSealed)
		}
	}
	l := open(t, dir)
	if indexes := appendAll(t, l, all); !slices.IsSorted(indexes) {
		t.Errorf("out of order: %v", indexes)
	}
	closeNow(t, l)
	holds(t, open(t, dir), 0, all)
}

// TestOrderWithinOneCall appends more at once than the log takes at once, again and again.
func TestOrderWithinOneCall(t *testing.T) {
	t.Parallel()
	l, all := open(t, t.TempDir()), batches(t, 2*600, 2000)
	for part := range slices.Chunk(all, 600) {
		first := size(t, l)
		for i, index := range appendAll(t, l, part) {
			if index != first+uint64(i) {
				t.Fatalf("batch %d after %d went to %d", i, first, index)
			}
		}
	}
	holds(t, l, 0, all)
}

// checkpoint waits until the signed head covers so many batches: it is signed once a second.
func checkpoint(t *testing.T, url string, want uint64) []byte {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		body, status := get(t, url+"/checkpoint")
		if status == http.StatusOK && strings.HasPrefix(string(body), fmt.Sprintf("%s\n%d\n", origin, want)) {
			return body
		}
		if time.Now().After(deadline) {
			t.Fatalf("no checkpoint of %d batches: %d %s", want, status, body)
		}
	}
}

func get(t *testing.T, url string) (body []byte, status int) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err = io.ReadAll(res.Body); err != nil {
		t.Fatal(err)
	}
	return body, res.StatusCode
}
