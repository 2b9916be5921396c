package edge

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/lineproof/lineproof/record"
)

// book is a collector's ledger, and a collector that may say of it what it likes.
type book struct {
	t      *testing.T
	key    string
	signer note.Signer
	tree   []tlog.Hash
	size   uint64
}

func newBook(t *testing.T) *book {
	t.Helper()
	secret, public, err := note.GenerateKey(rand.Reader, "collector.example/lineproof")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return &book{t: t, key: public, signer: signer}
}

// rewritten is a ledger with the same key and other batches.
func (b *book) rewritten(n int) *book {
	return (&book{t: b.t, key: b.key, signer: b.signer}).grow(n, "rewritten")
}

func (b *book) ReadHashes(indexes []int64) (all []tlog.Hash, err error) {
	for _, i := range indexes {
		all = append(all, b.tree[i])
	}
	return all, nil
}

func (b *book) grow(n int, text string) *book {
	b.t.Helper()
	for range n {
		b.add(fmt.Appendf(nil, "%s %d", text, b.size))
	}
	return b
}

func (b *book) add(sealed []byte) {
	b.t.Helper()
	hashes, err := tlog.StoredHashes(int64(b.size), sealed, b)
	if err != nil {
		b.t.Fatal(err)
	}
	b.tree = append(b.tree, hashes...)
	b.size++
}

// answer is what an honest collector answers to what a gateway names.
func (b *book) answer(seen *record.LedgerSeen) record.Receipt {
	b.t.Helper()
	root, err := tlog.TreeHash(int64(b.size), b)
	if err != nil {
		b.t.Fatal(err)
	}
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", b.signer.Name(), b.size, root)}, b.signer)
	if err != nil {
		b.t.Fatal(err)
	}
	p := &record.LedgerProof{Key: b.key, Checkpoint: string(signed), From: seen.Size, Index: seen.Index}
	if seen.Size > 0 && seen.Size <= b.size {
		proof, err := tlog.ProveTree(int64(b.size), int64(seen.Size), b)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, h := range proof {
			p.Consistency = append(p.Consistency, record.Proof(h))
		}
	}
	if seen.Index != nil && *seen.Index < b.size {
		proof, err := tlog.ProveRecord(int64(b.size), int64(*seen.Index), b)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, h := range proof {
			p.Inclusion = append(p.Inclusion, record.Proof(h))
		}
	}
	return record.Receipt{Gateway: "huu-lung-01", Seq: 7, Ledger: p}
}

// watch is a gateway's memory in a folder, with what it logs.
type watch struct {
	*ledgerWatch
	said *bytes.Buffer
	at   *time.Time // what its clock says
}

func openWatch(dir string) watch {
	said, at := &bytes.Buffer{}, time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
	return watch{openLedgerWatch(dir, func() time.Time { return at }, slog.New(slog.NewTextHandler(said, nil))), said, &at}
}

// asks lets the gateway ask and the collector answer.
func (w watch) asks(b *book) (ok bool) { return w.receipt(b.answer(w.seen()), nil) }

func TestALedgerThatGrowsIsTaken(t *testing.T) {
	dir := t.TempDir()
	w, b := openWatch(dir), newBook(t)
	for _, n := range []int{0, 1, 0, 299, 700} {
		if !w.asks(b.grow(n, "batch")) {
			t.Fatalf("refused at %d: %s", b.size, w.said)
		}
		if got := w.seen().Size; got != b.size {
			t.Fatalf("it remembers %d of %d", got, b.size)
		}
	}
	w.close()
	w = openWatch(dir)
	if got := w.seen().Size; got != 1000 {
		t.Errorf("after a restart it remembers %d", got)
	}
	if !w.asks(b) || w.said.Len() > 0 {
		t.Errorf("the same again: %s", w.said)
	}
}

// TestARewrittenLedgerIsRefused with a fresh signature of the same key, until it is what it was again, also over a
// restart. No receipt counts meanwhile.
func TestARewrittenLedgerIsRefused(t *testing.T) {
	for _, n := range []int{20, 21, 300} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			dir := t.TempDir()
			w, b := openWatch(dir), newBook(t).grow(20, "batch")
			w.asks(b)
			if w.asks(b.rewritten(n)) {
				t.Fatal("it was taken")
			}
			if s := w.seen(); s.Size != 20 || !strings.Contains(s.Refused, "do not begin with the 20 that there were") {
				t.Errorf("%+v", s)
			}
			if w.receipt(record.Receipt{Gateway: "huu-lung-01", Seq: 1}, nil) {
				t.Error("a receipt counts while the ledger is refused")
			}
			if !strings.Contains(w.said.String(), "the collector's ledger is refused") {
				t.Errorf("the log: %s", w.said)
			}
			w.close()
			w = openWatch(dir)
			if w.receipt(record.Receipt{Gateway: "huu-lung-01", Seq: 1}, nil) {
				t.Error("a restart has forgotten the refusal")
			}
			if refused, remembered, ok := RefusedLedger(dir); !ok || refused.Why == "" || !strings.Contains(remembered.Checkpoint, "\n20\n") {
				t.Errorf("the evidence: %+v, %+v", refused, remembered)
			}
			if !w.asks(b.grow(1, "batch")) || w.seen().Refused != "" {
				t.Errorf("the true one is back: %s", w.said)
			}
			if _, _, ok := RefusedLedger(dir); ok {
				t.Error("the refusal is still in the folder")
			}
		})
	}
}

// TestAShrunkLedgerIsJudgedWhenItHasGrown: one that was restored and goes on as before is taken, another is refused.
func TestAShrunkLedgerIsJudgedWhenItHasGrown(t *testing.T) {
	b, restored := newBook(t).grow(20, "batch"), newBook(t)
	restored.key, restored.signer = b.key, b.signer
	restored.grow(12, "batch")
	for _, tt := range []struct {
		name, text string
		ok         bool
	}{{"as before", "batch", true}, {"otherwise", "other", false}} {
		t.Run(tt.name, func(t *testing.T) {
			w := openWatch(t.TempDir())
			w.asks(b)
			again := *restored
			again.tree = append([]tlog.Hash{}, restored.tree...)
			if !w.asks(&again) {
				t.Fatal("what is kept here could not be sent again")
			}
			if s := w.seen(); s.Size != 20 || s.Shrunk == nil || *s.Shrunk != 12 || !strings.Contains(w.said.String(), "fewer batches than it had") {
				t.Errorf("%+v: %s", s, w.said)
			}
			if ok := w.asks(again.grow(10, tt.text)); ok != tt.ok {
				t.Errorf("taken %t, want %t: %s", ok, tt.ok, w.said)
			}
		})
	}
}

// TestAForgedReceiptIsFound: it names a batch that the ledger does not hold, or comes with a checkpoint by another key.
func TestAForgedReceiptIsFound(t *testing.T) {
	sealed := []byte("batch 7 of this gateway")
	promised := record.Receipt{Gateway: "huu-lung-01", Seq: 7, Hash: record.HashOf(sealed), Index: 5}
	for _, tt := range []struct {
		name  string
		forge func(b *book, w watch)
		why   string
	}{
		{"true", func(b *book, _ watch) { b.grow(5, "batch"); b.add(sealed) }, ""},
		{"another batch is there", func(b *book, _ watch) { b.grow(9, "batch") }, "there was a receipt for batch 7 at index 5, which is not there"},
		{"the batch is elsewhere", func(b *book, _ watch) { b.grow(6, "batch"); b.add(sealed) }, "there was a receipt for batch 7 at index 5, which is not there"},
		{"the ledger never gets so far", func(b *book, w watch) {
			b.grow(3, "batch")
			w.asks(b)
			w.asks(b)
			*w.at = w.at.Add(time.Minute)
		}, "there was a receipt for batch 7 at index 5, and its checkpoint has only 3"},
		{"the ledger is signed a second later", func(b *book, w watch) {
			for range 4 { // a device that begins to answer has the gateway ask at once
				w.asks(b)
			}
			b.grow(5, "batch").add(sealed)
			*w.at = w.at.Add(time.Second)
		}, ""},
		{"by another key", func(b *book, w watch) {
			w.asks(b.grow(1, "batch"))
			b.grow(4, "batch").add(sealed)
			b.key, b.signer = newBook(b.t).key, newBook(b.t).signer
		}, "not signed by the ledger's key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, w := newBook(t), openWatch(t.TempDir())
			w.receipt(promised, sealed)
			tt.forge(b, w)
			if ok := w.asks(b); ok != (tt.why == "") || !strings.Contains(w.seen().Refused, tt.why) {
				t.Errorf("taken %t: %q, want %q", ok, w.seen().Refused, tt.why)
			}
			if tt.why == "" && w.seen().Index != nil {
				t.Error("what is proved is asked for again")
			}
		})
	}
}

func TestAnAnswerToAnOlderQuestionIsPassedOver(t *testing.T) {
	w, b := openWatch(t.TempDir()), newBook(t).grow(5, "batch")
	older := b.answer(w.seen())
	w.asks(b.grow(5, "batch"))
	if !w.receipt(older, nil) || w.seen().Size != 10 {
		t.Errorf("%+v: %s", w.seen(), w.said)
	}
}

// TestAPersonAcceptsAnotherLedger, while the agent runs or before it starts.
func TestAPersonAcceptsAnotherLedger(t *testing.T) {
	for _, running := range []bool{true, false} {
		t.Run(fmt.Sprint("running ", running), func(t *testing.T) {
			dir := t.TempDir()
			w, b := openWatch(dir), newBook(t).grow(20, "batch")
			w.asks(b)
			other := b.rewritten(30)
			w.asks(other)
			if err := AcceptLedger(dir); err != nil {
				t.Fatal(err)
			}
			if !running {
				w.close()
				w = openWatch(dir)
			}
			w.asks(other) // the answer to a question of before
			if !w.asks(other.grow(3, "rewritten")) || w.seen().Size != 33 || w.seen().Refused != "" {
				t.Errorf("%+v: %s", w.seen(), w.said)
			}
			if w.asks(b.grow(40, "batch")) {
				t.Error("the ledger of before is taken too")
			}
			if err := AcceptLedger(t.TempDir()); err == nil {
				t.Error("where nothing is refused something was accepted")
			}
		})
	}
}

func TestADamagedMemoryBeginsAnew(t *testing.T) {
	dir := t.TempDir()
	w, b := openWatch(dir), newBook(t).grow(20, "batch")
	w.asks(b)
	m, err := readLedger(dir + "/" + ledgerFile)
	if err != nil {
		t.Fatal(err)
	}
	m.Checkpoint = strings.Replace(m.Checkpoint, "\n20\n", "\n21\n", 1)
	if err := writeLedger(dir+"/"+ledgerFile, m); err != nil {
		t.Fatal(err)
	}
	w = openWatch(dir)
	if !strings.Contains(w.said.String(), "it begins anew") || w.seen().Size != 0 || !w.asks(b) {
		t.Errorf("%+v: %s", w.seen(), w.said)
	}
}
