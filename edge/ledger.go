package edge

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/lineproof/lineproof/internal/durable"
	"github.com/lineproof/lineproof/record"
)

// The files in the agent's directory that tell of the collector's ledger.
const (
	ledgerFile   = "ledger"          // the last checkpoint that was taken
	refusedFile  = "ledger.refused"  // one that was not, while the ledger is refused
	acceptedFile = "ledger.accepted" // one that was not, and that a person wants to be taken all the same
	replacedFile = "ledger.replaced" // the last one that was taken of the ledger before
)

const (
	// keepLedgerEvery spares the memory card: after a power cut the gateway remembers a checkpoint so old.
	keepLedgerEvery = 10 * time.Minute
	// coverWithin and mostUncovered are how long after a receipt, and how many times, the collector may answer with a
	// checkpoint that does not reach the batch. It signs every second, and is asked every 30 s, but also whenever a
	// device begins to answer: several times in the first second.
	coverWithin   = time.Minute
	mostUncovered = 3
)

// LedgerMemory is a checkpoint of the collector's ledger as it is kept.
type LedgerMemory struct {
	Key        string    `json:"key"`
	Checkpoint string    `json:"checkpoint"`
	Why        string    `json:"why,omitempty"` // it was refused
	At         time.Time `json:"at"`
}

// tree opens the checkpoint with its key.
func (m LedgerMemory) tree() (tlog.Tree, error) {
	v, err := note.NewVerifier(m.Key)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("the ledger's key %q: %w", m.Key, err)
	}
	n, err := note.Open([]byte(m.Checkpoint), note.VerifierList(v))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is not signed by the ledger's key %s+%08x: %w", v.Name(), v.KeyHash(), err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != v.Name() {
		return tlog.Tree{}, errors.New("the checkpoint is not of the ledger " + v.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 {
		return tlog.Tree{}, fmt.Errorf("the checkpoint's size %q is no number", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// ledgerWatch holds the collector's ledger to what it once was: it remembers the last checkpoint that it was shown
// and takes none that does not extend it, nor one that does not hold a batch for which a receipt came. While a ledger
// is refused its receipts count for nothing, and the gateway keeps what it has. A ledger that extends the memory
// again is taken by itself; another one only when a person says so (AcceptLedger).
//
// A ledger that has less than it had may be one that was restored: it gets again what is kept here, as it always
// did, and the memory stays. When it has as much as it had it is judged by it.
type ledgerWatch struct {
	dir string
	log *slog.Logger
	now func() time.Time

	mu      sync.Mutex
	memory  LedgerMemory
	tree    tlog.Tree // of memory; N 0: nothing is remembered
	written time.Time
	refused string
	shrunk  *uint64 // what the ledger has, where that is less than it had
	claim   *claim
}

// claim is what a receipt said of a batch, and what is still to be proved.
type claim struct {
	seq, index uint64
	leaf       tlog.Hash
	at         time.Time // of the receipt
	uncovered  int       // the answers since then that did not reach the batch
}

func openLedgerWatch(dir string, now func() time.Time, log *slog.Logger) *ledgerWatch {
	w := &ledgerWatch{dir: dir, log: log, now: now}
	m, err := readLedger(filepath.Join(dir, ledgerFile))
	if err == nil {
		w.memory = m
		w.tree, err = m.tree()
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.memory, w.tree = LedgerMemory{}, tlog.Tree{}
		log.Error("what this gateway remembers of the collector's ledger cannot be read; it begins anew", "error", err)
	}
	if m, err := readLedger(filepath.Join(dir, refusedFile)); err == nil {
		w.refused = m.Why
	}
	return w
}

func readLedger(path string) (m LedgerMemory, err error) {
	text, err := durable.ReadChecked(path)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return LedgerMemory{}, fmt.Errorf("read %s: %w", path, err)
	}
	return m, nil
}

func writeLedger(path string, m LedgerMemory) error {
	text, err := json.Marshal(m)
	if err == nil {
		err = durable.WriteChecked(path, text)
	}
	return err
}

// seen is what the collector is asked to go on from.
func (w *ledgerWatch) seen() *record.LedgerSeen {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &record.LedgerSeen{Size: uint64(w.tree.N), Refused: w.refused, Shrunk: w.shrunk}
	if w.claim != nil {
		index := w.claim.index
		s.Index = &index
	}
	return s
}

// receipt judges what a receipt says of the ledger; it may count only while the ledger is not refused. sealed is the
// batch that it is for, nil where that is not kept.
func (w *ledgerWatch) receipt(r record.Receipt, sealed []byte) (ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.accept()
	if w.claim != nil && r.Ledger != nil && max(r.Seq, r.Stored) < w.claim.seq {
		w.claim = nil // the collector says itself that it has less, and gets it again
	}
	if p := r.Ledger; p != nil && p.From == uint64(w.tree.N) { // else it answers an older question
		if err := w.judge(*p); err != nil {
			w.refuse(*p, err)
		}
	}
	if w.refused == "" && w.claim == nil && r.Seq > 0 && sealed != nil && record.HashOf(sealed) == r.Hash {
		w.claim = &claim{seq: r.Seq, index: r.Index, leaf: tlog.RecordHash(sealed), at: w.now()}
	}
	return w.refused == ""
}

// judge takes a checkpoint that extends the memory and holds what was claimed.
func (w *ledgerWatch) judge(p record.LedgerProof) error {
	m := LedgerMemory{Key: p.Key, Checkpoint: p.Checkpoint, At: w.now()}
	if w.memory.Key != "" {
		m.Key = w.memory.Key
	}
	tree, err := m.tree()
	if err != nil {
		return err
	}
	less := tree.N < w.tree.N
	if w.tree.N > 0 && !less {
		if err := tlog.CheckTree(hashes(p.Consistency), tree.N, tree.Hash, w.tree.N, w.tree.Hash); err != nil {
			return fmt.Errorf("its %d batches do not begin with the %d that there were, of root %s: %w", tree.N, w.tree.N, w.tree.Hash, err)
		}
	}
	if less {
		w.shrink(tree)
		return nil
	}
	if err := w.proved(p, tree); err != nil {
		return err
	}
	w.take(m, tree)
	return nil
}

// shrink says once that the ledger has less than it had.
func (w *ledgerWatch) shrink(tree tlog.Tree) {
	if w.shrunk == nil {
		w.log.Warn("the collector's ledger has fewer batches than it had: it was restored from a backup, or rewritten; it is judged once it has as many again",
			"has", tree.N, "has_root", tree.Hash, "had", w.tree.N, "had_root", w.tree.Hash)
		w.keep()
	}
	size := uint64(tree.N)
	w.shrunk, w.claim = &size, nil
}

// proved wants the claimed batch in its place.
func (w *ledgerWatch) proved(p record.LedgerProof, tree tlog.Tree) error {
	c := w.claim
	switch {
	case c == nil || p.Index == nil || *p.Index != c.index:
		return nil // it was not asked for
	case c.index >= uint64(tree.N):
		if c.uncovered++; c.uncovered >= mostUncovered && w.now().Sub(c.at) >= coverWithin {
			return fmt.Errorf("there was a receipt for batch %d at index %d, and its checkpoint has only %d", c.seq, c.index, tree.N)
		}
		return nil
	}
	if err := tlog.CheckRecord(hashes(p.Inclusion), tree.N, tree.Hash, int64(c.index), c.leaf); err != nil {
		return fmt.Errorf("there was a receipt for batch %d at index %d, which is not there: %w", c.seq, c.index, err)
	}
	w.claim = nil
	return nil
}

func hashes[H ~[32]byte](all []H) (out []tlog.Hash) {
	for _, h := range all {
		out = append(out, tlog.Hash(h))
	}
	return out
}

// take remembers a checkpoint. The first one, and one after a refusal, is kept at once.
func (w *ledgerWatch) take(m LedgerMemory, tree tlog.Tree) {
	now := w.now()
	due := w.tree.N == 0 || w.refused != "" || now.Sub(w.written) >= keepLedgerEvery || now.Before(w.written)
	if w.refused != "" {
		w.log.Info("the collector's ledger extends again what it was, and is taken", "size", tree.N)
		w.refused = ""
		w.remove(refusedFile)
	}
	w.memory, w.tree, w.shrunk = m, tree, nil
	if due && tree.N > 0 {
		w.keep()
	}
}

func (w *ledgerWatch) keep() {
	if err := writeLedger(filepath.Join(w.dir, ledgerFile), w.memory); err != nil {
		w.log.Error("the last checkpoint of the collector's ledger cannot be kept", "error", err)
		return
	}
	w.written = w.now()
}

// refuse keeps what was refused as evidence, and says so.
func (w *ledgerWatch) refuse(p record.LedgerProof, why error) {
	if w.refused == why.Error() {
		return
	}
	w.refused = why.Error()
	w.log.Error("the collector's ledger is refused; this gateway keeps its batches until the ledger extends again what it was, or a person accepts it (lineproof-edge accept-ledger)",
		"why", why, "remembered", w.tree.N, "root", w.tree.Hash)
	m := LedgerMemory{Key: p.Key, Checkpoint: p.Checkpoint, Why: w.refused, At: w.now()}
	if err := writeLedger(filepath.Join(w.dir, refusedFile), m); err != nil {
		w.log.Error("the refused checkpoint cannot be kept", "error", err)
	}
	if w.tree.N > 0 {
		w.keep()
	}
}

// accept goes over to the ledger that a person has accepted.
func (w *ledgerWatch) accept() {
	m, err := readLedger(filepath.Join(w.dir, acceptedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	var tree tlog.Tree
	if err == nil {
		tree, err = m.tree()
	}
	if err != nil { // such as a forged checkpoint: the next one begins a memory
		w.log.Warn("what was accepted of the collector's ledger is no checkpoint; the next one is taken", "error", err)
		m, tree = LedgerMemory{}, tlog.Tree{}
	}
	if w.tree.N > 0 {
		if err := writeLedger(filepath.Join(w.dir, replacedFile), w.memory); err != nil {
			w.log.Error("the checkpoint of the ledger before cannot be kept", "error", err)
		}
	}
	w.log.Warn("a person has accepted another ledger of the collector", "before", w.tree.N, "root", w.tree.Hash, "now", tree.N, "now_root", tree.Hash)
	m.Why = ""
	w.memory, w.tree, w.refused, w.shrunk, w.claim = m, tree, "", nil, nil
	if tree.N > 0 {
		w.keep()
	} else {
		w.remove(ledgerFile)
	}
	w.remove(refusedFile)
	w.remove(acceptedFile)
}

func (w *ledgerWatch) remove(name string) {
	if err := os.Remove(filepath.Join(w.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.log.Error("a file of the collector's ledger cannot be removed", "file", name, "error", err)
	}
}

// close keeps the last checkpoint.
func (w *ledgerWatch) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tree.N > 0 {
		w.keep()
	}
}

// RefusedLedger is what the gateway of a directory refuses, and what it remembers; ok is false where it refuses
// nothing.
func RefusedLedger(dir string) (refused, remembered LedgerMemory, ok bool) {
	refused, err := readLedger(filepath.Join(dir, refusedFile))
	if err != nil {
		return LedgerMemory{}, LedgerMemory{}, false
	}
	remembered, _ = readLedger(filepath.Join(dir, ledgerFile)) // a zero one where there is none
	return refused, remembered, true
}

// AcceptLedger lets the gateway of a directory, running or not, go over to the ledger that it refuses.
func AcceptLedger(dir string) error {
	if err := os.Rename(filepath.Join(dir, refusedFile), filepath.Join(dir, acceptedFile)); err != nil {
		return fmt.Errorf("accept ledger: %w", err)
	}
	return durable.SyncDir(dir)
}
