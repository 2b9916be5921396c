// Package verify turns messages into Verified batches: signature, place in the gateway's chain, and the
// catalogue that gives the readings their meaning. Ledger and views take nothing else.
package verify

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/lineproof/lineproof/record"
)

// What Check may answer beside the errors of record.Open.
var (
	ErrSeen      = errors.New("older than the gateway's last batch")
	ErrMissing   = errors.New("batches before it are missing")
	ErrForked    = errors.New("does not follow from the gateway's last batch")
	ErrCatalogue = errors.New("its catalogue was never sent")
	ErrRetired   = errors.New("sealed by a key that another one has taken over from")
	ErrName      = errors.New("came under another gateway's name") // for callers that know the topic
)

// Head is the end of one gateway's chain. The zero Head is that of a gateway that sent nothing yet.
type Head struct {
	Seq           uint64
	Hash          record.Hash // of the sealed batch Seq
	CatalogueHash record.Hash
	Catalogue     record.Catalogue // in force after Seq
	CatalogueJSON []byte           // as it was sealed

	Boot      record.Boot       // under which batch Seq was sealed
	SealedBy  record.KeyID      // the key of batch Seq
	Successor ed25519.PublicKey // that may take over, or has; nil: none was announced

	Ahead *Notice // told by a batch that cannot take its place yet; nil: nothing
}

// Notice is what a gateway says ahead of the batches that it still has: which ones it had to let go, sealed
// like everything else, so that nobody on the way can make the collector pass over batches that there are.
type Notice struct {
	Seq           uint64 // of the batch that says so; a later one holds all that still matters of an earlier
	Gaps          []record.Gap
	CatalogueHash record.Hash
	CatalogueJSON []byte
}

// covers tells whether all batches from first to last were let go.
func (n *Notice) covers(first, last uint64) bool {
	for _, g := range n.Gaps { // in order, and joined where they touch
		if g.First <= first && first <= g.Last {
			first = g.Last + 1
		}
	}
	return first > last
}

// Verified is a batch whose seal and place in its gateway's chain were checked. Only Check makes one.
type Verified struct {
	batch  *record.Batch // nil: could not be opened
	sealed []byte
	head   Head
}

// Batch is what the gateway read.
func (v Verified) Batch() record.Batch { return content(v.batch) }

// Catalogue is the one in force for the batch's readings.
func (v Verified) Catalogue() record.Catalogue { return v.head.Catalogue }

// Sealed is the original message, byte for byte.
func (v Verified) Sealed() []byte { return v.sealed }

// Head is the end of the gateway's chain with this batch.
func (v Verified) Head() Head { return v.head }

// Opened is a batch whose seal was checked, but not its place. Only Open makes one.
type Opened struct {
	batch  *record.Batch
	sealed []byte
	hash   record.Hash
}

// Open checks the seal of a message. It is most of the work, and needs nothing that came before.
func Open(msg []byte, keys record.Keyring) (Opened, error) {
	b, err := record.Open(msg, keys)
	if err != nil {
		return Opened{}, err
	}
	return Opened{batch: &b, sealed: msg, hash: record.HashOf(msg)}, nil
}

// Batch is what was sealed.
func (o Opened) Batch() record.Batch { return content(o.batch) }

func content(b *record.Batch) record.Batch {
	if b == nil {
		return record.Batch{}
	}
	return *b
}

// Hash is that of the sealed batch.
func (o Opened) Hash() record.Hash { return o.hash }

// Check opens msg and holds it against the end of its gateway's chain, which head looks up by the
// gateway's name, and against the batches before, whose digests it may ask for. A message that was seen before gives ErrSeen, and the batch with it. One that comes too
// early gives ErrMissing, and a head that is the old one with what the batch says ahead of its turn.
func Check(msg []byte, keys record.Keyring, head func(gateway string) Head, digests Digests) (Verified, error) {
	o, err := Open(msg, keys)
	if err != nil {
		return Verified{}, err
	}
	return o.Place(head(o.batch.Gateway), digests)
}

// Place is what Check does with an opened batch.
func (o Opened) Place(last Head, digests Digests) (_ Verified, err error) {
	b := *o.batch
	v := Verified{batch: o.batch, sealed: o.sealed, head: last}
	v.head.Seq, v.head.Hash, v.head.SealedBy = b.Seq, o.hash, b.SealedBy
	v.head.Boot = b.Boot
	switch {
	case b.Seq == last.Seq && v.head.Hash != last.Hash: // two gateways with one key
		return v, fmt.Errorf("batch %d of %s, of which another one is known: %w", b.Seq, b.Gateway, ErrForked)
	case b.Seq < last.Seq && forked(v.head.Hash, digests, b):
		return v, fmt.Errorf("batch %d of %s, of which another one is known: %w", b.Seq, b.Gateway, ErrForked)
	case b.Seq <= last.Seq:
		return v, fmt.Errorf("batch %d of %s, whose last is %d: %w", b.Seq, b.Gateway, last.Seq, ErrSeen)
	case retired(last, b):
		return v, fmt.Errorf("batch %d of %s, key %s: %w", b.Seq, b.Gateway, b.SealedBy, ErrRetired)
	case b.Seq > last.Seq+1:
		notice := last.Ahead
		if len(b.Gaps) > 0 && (notice == nil || b.Seq > notice.Seq) {
			notice = &Notice{Seq: b.Seq, Gaps: b.Gaps, CatalogueHash: b.CatalogueHash, CatalogueJSON: b.Catalogue}
		}
		if notice == nil || !notice.covers(last.Seq+1, b.Seq-1) {
			v.head = last
			v.head.Ahead = notice
			return v, fmt.Errorf("batch %d of %s, whose last is %d: %w", b.Seq, b.Gateway, last.Seq, ErrMissing)
		}
		v.head.Ahead = notice // the hole is one that the gateway owns up to; the batch's own seal is all there is
	case b.Prev != last.Hash && !brokenOff(last, b):
		return v, fmt.Errorf("batch %d of %s: %w", b.Seq, b.Gateway, ErrForked)
	}
	if b.Successor != nil {
		v.head.Successor = b.Successor.Key
	}
	if b.CatalogueHash == last.CatalogueHash {
		return v, nil
	}
	if n := v.head.Ahead; len(b.Catalogue) == 0 && n != nil && n.CatalogueHash == b.CatalogueHash {
		b.Catalogue = n.CatalogueJSON // the batch that first had it was let go
	}
	if len(b.Catalogue) == 0 {
		return v, fmt.Errorf("batch %d of %s: catalogue %s: %w", b.Seq, b.Gateway, b.CatalogueHash, ErrCatalogue)
	}
	v.head.CatalogueHash, v.head.CatalogueJSON = b.CatalogueHash, b.Catalogue
	if v.head.Catalogue, err = record.DecodeCatalogue(b.Catalogue); err != nil {
		return v, fmt.Errorf("batch %d of %s: %w", b.Seq, b.Gateway, err)
	}
	if v.head.Catalogue.Gateway != b.Gateway {
		return v, fmt.Errorf("batch %d of %s: a catalogue of %q: %w", b.Seq, b.Gateway, v.head.Catalogue.Gateway, ErrCatalogue)
	}
	return v, nil
}
