package audit

import (
	"crypto/ed25519"
	"fmt"
	"time"

	"github.com/transparency-dev/formats/log"
	cosign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// head is what the checkpoint says, once its signature was checked.
type head struct {
	known bool
	size  uint64
	root  record.Hash
	seen  time.Time // by the first of the witnesses; zero: by none that is trusted
}

// trusted are the keys that the caller gave.
type trusted struct {
	ledger    note.Verifier // nil: none was given
	witnesses []note.Verifier
}

// trust reads the caller's keys.
func trust(o Options) (t trusted, err error) {
	if o.Ledger != "" {
		if t.ledger, err = note.NewVerifier(o.Ledger); err != nil {
			return t, &KeyError{OfLedger, o.Ledger, err}
		}
	}
	for _, key := range o.Witnesses {
		w, err := cosign.NewVerifierForCosignatureV1(key)
		if err != nil {
			return t, &KeyError{OfWitness, key, err}
		}
		t.witnesses = append(t.witnesses, w)
	}
	return t, nil
}

// seals checks who signed the checkpoint.
func (a *auditor) seals(t trusted) {
	m, ledger := a.bundle.Manifest, t.ledger
	if ledger == nil {
		var err error
		if ledger, err = note.NewVerifier(m.LedgerKey); err != nil {
			a.report.fails(Checkpoint, tongue.M("verify.ledger_key", "error", err))
			return
		}
		a.report.holds(Checkpoint, tongue.M("verify.ledger_untrusted", "key", m.LedgerKey))
	}
	c, _, signed, err := log.ParseCheckpoint(a.bundle.Checkpoint, ledger.Name(), ledger, t.witnesses...)
	switch {
	case err != nil:
		a.report.fails(Checkpoint, tongue.M("verify.checkpoint_unsigned", "key", ledger.Name(), "error", err))
		return
	case len(c.Hash) != len(record.Hash{}):
		a.report.fails(Checkpoint, tongue.M("verify.checkpoint_root"))
		return
	case m.Origin != c.Origin:
		a.report.fails(Checkpoint, tongue.M("verify.origin", "origin", c.Origin, "said", m.Origin))
	}
	a.head = head{known: true, size: c.Size, root: record.Hash(c.Hash)}
	a.report.holds(Checkpoint, tongue.M("verify.checkpoint_size", "size", c.Size))
	a.cosigned(t, signed)
}

// cosigned wants the word of every witness that the caller trusts.
func (a *auditor) cosigned(t trusted, signed *note.Note) {
	if len(t.witnesses) == 0 {
		a.report.unasked(Cosignatures, tongue.M("verify.no_witness", "signatures", max(len(signed.Sigs)+len(signed.UnverifiedSigs)-1, 0)))
		return
	}
	for _, w := range t.witnesses {
		at, ok := timeOf(w, signed)
		if !ok {
			a.report.fails(Cosignatures, tongue.M("verify.not_cosigned", "witness", w.Name()))
			continue
		}
		if a.head.seen.IsZero() || at.Before(a.head.seen) {
			a.head.seen = at
		}
		a.report.holds(Cosignatures, tongue.M("verify.cosigned", "witness", w.Name(), "time", at.UTC()))
	}
}

// timeOf is when a witness signed.
func timeOf(w note.Verifier, signed *note.Note) (time.Time, bool) {
	for _, s := range signed.Sigs {
		if s.Name == w.Name() && s.Hash == w.KeyHash() {
			at, err := cosign.CoSigV1Timestamp(s)
			return at, err == nil
		}
	}
	return time.Time{}, false
}

// Whose a key is.
type Whose string

// Whose keys a caller can give.
const (
	OfLedger  Whose = "ledger"
	OfWitness Whose = "witness"
	OfGateway Whose = "gateway"
)

// KeyError is of a key that the caller gave and that is none.
type KeyError struct {
	Whose Whose
	Key   string // as it was given
	Err   error
}

func (e *KeyError) Error() string {
	give := map[Whose]string{
		OfLedger:  "what `lineproof serve` prints as ledger, NAME+HASH+KEY",
		OfWitness: "the witness's verifier key, NAME+HASH+KEY",
		OfGateway: "what `lineproof-edge key` prints, GATEWAY=KEY",
	}
	return fmt.Sprintf("%s key %q: %v; give %s", e.Whose, e.Key, e.Err, give[e.Whose])
}

func (e *KeyError) Unwrap() error { return e.Err }

// ReadKey reads a gateway's key as a person gives it.
func ReadKey(gateway, text string) (ed25519.PublicKey, error) {
	return bundle.Key{Gateway: gateway, Key: text}.Public()
}

// keyring takes the keys of the bundle, the first of each gateway as the caller knows it.
func (a *auditor) keyring() {
	a.keys, a.first = record.Keyring{}, map[string]record.KeyID{}
	for _, k := range a.bundle.Keys {
		public, err := k.Public()
		if err != nil {
			a.report.fails(Keys, tongue.M("verify.key_unreadable", "error", err))
			continue
		}
		id := record.KeyIDOf(ed25519.PublicKey(public))
		if _, twice := a.keys[id]; twice {
			a.report.fails(Keys, tongue.M("verify.key_twice", "key", id, "gateway", k.Gateway))
			continue
		}
		a.keys.Add(k.Gateway, public)
		if _, later := a.first[k.Gateway]; !later {
			a.first[k.Gateway] = id
			a.pinned(k.Gateway, id)
		}
	}
	a.report.holds(Keys)
}

// pinned holds the first key of a gateway against the one that the caller trusts.
func (a *auditor) pinned(gateway string, id record.KeyID) {
	if gateway == record.Office {
		return // its key follows from the ledger's, whose owner speaks for it
	}
	given := false
	for own, k := range a.options.Gateways {
		if k.Gateway == gateway {
			if given = true; own == id {
				return
			}
		}
	}
	if given {
		a.report.fails(Keys, tongue.M("verify.key_other", "gateway", gateway, "key", id))
		return
	}
	a.report.holds(Keys, tongue.M("verify.key_untrusted", "gateway", gateway, "key", id))
}
