package verify

import (
	"errors"

	"github.com/lineproof/lineproof/record"
)

// Digests finds the hash of an earlier batch of a gateway, or its beginning; ok is false where it is not known.
type Digests func(gateway string, seq uint64) (digest []byte, ok bool)

// forked tells whether an earlier batch of this number was another one: two gateways seal with one key.
func forked(h record.Hash, digests Digests, b record.Batch) bool {
	if digests == nil {
		return false
	}
	d, ok := digests(b.Gateway, b.Seq)
	return ok && string(h[:len(d)]) != string(d)
}

// retired tells whether a batch was sealed by neither the key of the one before nor the one that may take over.
func retired(last Head, b record.Batch) bool {
	if last.SealedBy == (record.KeyID{}) || b.SealedBy == last.SealedBy {
		return false
	}
	return last.Successor == nil || b.SealedBy != record.KeyIDOf(last.Successor)
}

// brokenOff tells whether the gateway owns up to having lost the last batch that is known here, and to having sealed
// another of its number: a power cut took it from a disk that had promised to keep it.
func brokenOff(last Head, b record.Batch) bool {
	own := Notice{Gaps: b.Gaps}
	return last.Seq > 0 && (own.covers(last.Seq, last.Seq) || last.Ahead != nil && last.Ahead.covers(last.Seq, last.Seq))
}

// Kind says in a word why a message is refused.
type Kind string

// The kinds of refusal.
const (
	Forged    Kind = "forged"    // no known key sealed it, or not this
	Forked    Kind = "forked"    // another batch of its number is known: two gateways with one identity
	Retired   Kind = "retired"   // its key has been replaced
	Misnamed  Kind = "misnamed"  // it came under another gateway's name
	Malformed Kind = "malformed" // it is no sealed batch, or says what makes no sense
)

// KindOf is the kind of an error of Check.
func KindOf(err error) Kind {
	for _, k := range []struct {
		err  error
		kind Kind
	}{
		{ErrForked, Forked}, {ErrRetired, Retired}, {ErrName, Misnamed},
		{record.ErrUnknownKey, Forged}, {record.ErrSignature, Forged},
	} {
		if errors.Is(err, k.err) {
			return k.kind
		}
	}
	return Malformed
}
