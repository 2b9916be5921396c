// Package witness cosigns the checkpoints of ledgers that somebody else runs, by the rules of C2SP tlog-witness and
// with cosignatures of C2SP tlog-cosignature. It is for a machine of its own, such as the department's: whoever runs
// a ledger and its witness can rewrite the one and forget with the other.
//
// What a cosignature guarantees: the checkpoint is signed by its ledger, and the ledger of that size extends every
// one that this witness has cosigned under that origin. What was cosigned is on disk before the cosignature goes out,
// so that neither a power cut nor two requests at once lead to cosignatures of two histories.
//
// It does not guarantee that the batches are true, or that they can still be read: a witness sees hashes only. And it
// remembers in its folder alone: one whose folder is lost must not go on under its old key.
package witness

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	f_log "github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

// What Add may answer beside a failure of its disk.
var (
	ErrMalformed = errors.New("not a checkpoint")
	ErrUnknown   = errors.New("this witness does not watch a ledger of that origin")
	ErrSignature = errors.New("not signed by the ledger")
	ErrSize      = errors.New("the old size is larger than the checkpoint")
	ErrFork      = errors.New("another history: a ledger of the same size with another root was cosigned")
	ErrProof     = errors.New("no proof that the ledger extends what was cosigned")
)

// StaleError says that a request does not begin from what was cosigned last.
type StaleError struct {
	Size uint64 // of what was cosigned last; 0: nothing yet
}

func (e StaleError) Error() string { return fmt.Sprintf("the last size cosigned is %d", e.Size) }

// Witness cosigns for the ledgers of its configuration. Its methods may be called from several goroutines.
type Witness struct {
	name   string
	signer *f_note.Signer
	logs   map[string]*watched // by origin
	log    *slog.Logger
	now    func() time.Time
}

// watched is one ledger.
type watched struct {
	verifier note.Verifier
	file     string // where what was cosigned is kept; see state.go

	mu      sync.Mutex // held from reading what was cosigned until the next is on disk
	last    cosigned
	refused *Refusal
}

// Name is the witness's own, as in its cosignatures.
func (w *Witness) Name() string { return w.name }

// Add checks that a checkpoint extends what was cosigned for its ledger, and gives the lines of a cosignature. old is
// the size from which the consistency proof leads.
func (w *Witness) Add(old uint64, consistency [][]byte, checkpoint []byte) ([]byte, error) {
	origin, _, ok := bytes.Cut(checkpoint, []byte("\n"))
	if !ok {
		return nil, ErrMalformed
	}
	l := w.logs[string(origin)]
	if l == nil {
		return nil, fmt.Errorf("origin %q: %w", origin, ErrUnknown)
	}
	n, err := note.Open(checkpoint, note.VerifierList(l.verifier))
	var unverified *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &unverified), errors.As(err, &invalid):
		return nil, fmt.Errorf("origin %q, key %08x: %w", origin, l.verifier.KeyHash(), ErrSignature)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	var head f_log.Checkpoint
	if _, err := head.Unmarshal([]byte(n.Text)); err != nil || len(head.Hash) != rfc6962.DefaultHasher.Size() {
		return nil, fmt.Errorf("%w: three lines are wanted: origin, size, root hash", ErrMalformed)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.extends(old, consistency, head); err != nil {
		w.refuse(l, head, checkpoint, err)
		return nil, err
	}
	return w.cosign(l, n)
}

// extends holds a checkpoint against the last one that was cosigned.
func (l *watched) extends(old uint64, consistency [][]byte, head f_log.Checkpoint) error {
	last := l.last
	switch {
	case old > head.Size:
		return ErrSize
	case old != last.Size:
		return StaleError{last.Size}
	case old == head.Size && last.kept() && !bytes.Equal(head.Hash, last.Hash):
		return ErrFork
	case head.Size == 0 && !bytes.Equal(head.Hash, rfc6962.DefaultHasher.EmptyRoot()):
		return fmt.Errorf("the root of nothing: %w", ErrProof)
	}
	root := last.Hash
	if old == 0 {
		root = rfc6962.DefaultHasher.EmptyRoot()
	}
	if err := proof.VerifyConsistency(rfc6962.DefaultHasher, old, head.Size, consistency, root, head.Hash); err != nil {
		return fmt.Errorf("from %d to %d: %w: %w", old, head.Size, ErrProof, err)
	}
	return nil
}

// cosign puts the cosigned checkpoint on disk, and then gives the cosignature.
func (w *Witness) cosign(l *watched, n *note.Note) ([]byte, error) {
	text, err := note.Sign(&note.Note{Text: n.Text, Sigs: n.Sigs}, w.signer)
	if err != nil {
		return nil, fmt.Errorf("cosign: %w", err)
	}
	if err := l.keep(text, w.signer.Verifier()); err != nil {
		w.log.Error("nothing is cosigned: what was cosigned cannot be kept", "ledger", l.verifier.Name(), "error", err)
		return nil, fmt.Errorf("keep what was cosigned: %w", err)
	}
	opened, err := note.Open(text, note.VerifierList(w.signer.Verifier()))
	if err != nil {
		return nil, fmt.Errorf("cosign: %w", err)
	}
	return fmt.Appendf(nil, "— %s %s\n", opened.Sigs[0].Name, opened.Sigs[0].Base64), nil
}
