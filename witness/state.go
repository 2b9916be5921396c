package witness

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	f_log "github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"github.com/lineproof/lineproof/internal/durable"
)

// The folder of a witness holds its key, key.pub beside it, and in ledgers/ two files for each ledger: the last
// checkpoint that was cosigned, in the form of C2SP signed notes with both signatures, and what was refused last.
const (
	keyFile    = "key"
	publicFile = "key.pub"
	ledgersDir = "ledgers"
)

// cosigned is the last checkpoint that was cosigned for a ledger; the zero value: none was.
type cosigned struct {
	f_log.Checkpoint
	At time.Time
}

func (c cosigned) kept() bool { return !c.At.IsZero() }

// Refusal is a checkpoint, signed by its ledger, that was not cosigned.
type Refusal struct {
	Time       time.Time `json:"time"`
	Size       uint64    `json:"size"`
	Had        uint64    `json:"had"` // size of what was cosigned then
	Reason     Reason    `json:"reason"`
	Checkpoint string    `json:"checkpoint"` // as it came: with what was cosigned it is evidence for others
}

// Reason is why a checkpoint was refused.
type Reason string

// The reasons. Only Fork proves by itself that the ledger was rewritten: anybody can send an old checkpoint again, or
// one without its proof.
const (
	Fork    Reason = "fork"    // same size, other root
	Unknown Reason = "proof"   // no valid proof that it extends
	Smaller Reason = "smaller" // it has less than was cosigned
)

// fileOf is where what was cosigned for an origin is kept.
func fileOf(dir, origin string) string {
	return filepath.Join(dir, ledgersDir, url.PathEscape(origin)+".checkpoint")
}

// load reads what was cosigned for a ledger; nothing, where it was never asked to.
func (l *watched) load(own note.Verifier) error {
	text, err := os.ReadFile(l.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if l.last, err = l.parse(text, own); err != nil {
		return fmt.Errorf("%s: %w", l.file, err)
	}
	text, err = os.ReadFile(l.refusedFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(text, &l.refused)
	}
	return err
}

func (l *watched) refusedFile() string { return l.file + ".refused.json" }

// parse wants the signatures of both, the ledger and this witness: what a failing disk left is found out.
func (l *watched) parse(text []byte, own note.Verifier) (cosigned, error) {
	n, err := note.Open(text, note.VerifierList(l.verifier, own))
	if err != nil {
		return cosigned{}, err
	}
	var c cosigned
	signed := false
	for _, s := range n.Sigs {
		switch {
		case s.Hash == own.KeyHash() && s.Name == own.Name():
			c.At, err = f_note.CoSigV1Timestamp(s)
		case s.Hash == l.verifier.KeyHash() && s.Name == l.verifier.Name():
			signed = true
		}
	}
	if err == nil {
		_, err = c.Unmarshal([]byte(n.Text))
	}
	if err == nil && (!c.kept() || !signed || c.Origin != l.verifier.Name()) {
		err = errors.New("is not signed by the ledger and by this witness")
	}
	return c, err
}

// keep puts a cosigned checkpoint on disk in the place of the last one.
func (l *watched) keep(text []byte, own note.Verifier) error {
	c, err := l.parse(text, own)
	if err != nil {
		return err
	}
	if err := durable.WriteFile(l.file, text); err != nil {
		return err
	}
	l.last = c
	return nil
}

// refuse notes a checkpoint that does not extend what was cosigned. A request that only began from another size is
// part of the protocol.
func (w *Witness) refuse(l *watched, head f_log.Checkpoint, checkpoint []byte, why error) {
	r := Refusal{Time: w.now(), Size: head.Size, Had: l.last.Size, Checkpoint: string(checkpoint)}
	switch {
	case head.Size < l.last.Size:
		r.Reason = Smaller
	case errors.Is(why, ErrFork):
		r.Reason = Fork
	case errors.Is(why, ErrProof):
		r.Reason = Unknown
	default:
		return
	}
	w.log.Error("not cosigned: the ledger does not extend what this witness cosigned", "ledger", l.verifier.Name(),
		"cosigned", l.last.Size, "hash", fmt.Sprintf("%x", l.last.Hash), "asked", head.Size, "asked_hash", fmt.Sprintf("%x", head.Hash), "error", why)
	same := l.refused != nil && l.refused.Reason == r.Reason && l.refused.Checkpoint == r.Checkpoint
	if l.refused != nil && l.refused.Reason == Fork && r.Reason != Fork {
		return // the evidence is kept, whatever else comes
	}
	l.refused = &r
	if same {
		return // a flood of one request is not a flood of writes
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = durable.WriteFile(l.refusedFile(), append(text, '\n'))
	}
	if err != nil {
		w.log.Error("what was refused cannot be kept", "ledger", l.verifier.Name(), "error", err)
	}
}
