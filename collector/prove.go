package collector

import (
	"context"
	"time"

	f_log "github.com/transparency-dev/formats/log"

	"github.com/lineproof/lineproof/record"
)

// prove shows a gateway that the ledger goes on from what the gateway remembers, and holds the batch that it asks for.
// A ledger that is not what the gateway remembers gives proofs that prove nothing: the gateway finds out. One that
// cannot be read gives none.
func (c *Collector) prove(gateway string, seen record.LedgerSeen) *record.LedgerProof {
	const patience = 5 * time.Second // of a disk that is ill; messages wait meanwhile
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	checkpoint, err := c.ledger.Checkpoint(ctx)
	var head f_log.Checkpoint
	if err == nil {
		_, err = head.Unmarshal(checkpoint)
	}
	if err != nil {
		return c.unproved(gateway, err)
	}
	p := &record.LedgerProof{Key: c.ledger.Verifier(), Checkpoint: string(checkpoint), From: seen.Size, Index: seen.Index}
	if seen.Size > 0 && seen.Size < head.Size {
		hashes, err := c.ledger.Consistency(ctx, seen.Size, head.Size)
		if p.Consistency = nodes(hashes); err != nil {
			return c.unproved(gateway, err)
		}
	}
	if seen.Index != nil && *seen.Index < head.Size {
		hashes, err := c.ledger.Inclusion(ctx, *seen.Index, head.Size)
		if p.Inclusion = nodes(hashes); err != nil {
			return c.unproved(gateway, err)
		}
	}
	return p
}

func (c *Collector) unproved(gateway string, err error) *record.LedgerProof {
	c.opts.Logger.Error("a gateway is not shown the ledger", "gateway", gateway, "error", err)
	return nil
}

func nodes(hashes [][]byte) (all []record.Proof) {
	for _, h := range hashes {
		all = append(all, record.Proof(h))
	}
	return all
}
