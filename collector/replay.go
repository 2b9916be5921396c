package collector

import (
	"context"
	"errors"
	"fmt"

	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/record"
)

// load reads where the registry stands and brings the views up to the end of the ledger.
func (p *pipeline) load(ctx context.Context) error {
	all, err := p.registry.Gateways(ctx)
	if err != nil {
		return err
	}
	p.gateways = map[string]registry.Gateway{}
	for _, g := range all {
		p.gateways[g.ID] = g
		p.changed(g)
	}
	next, err := p.registry.Next(ctx)
	if err != nil {
		return err
	}
	size, err := p.ledger.Size(ctx)
	if err != nil {
		return err
	}
	if next > size {
		return fmt.Errorf("the views have %d batches, the ledger only %d: the ledger was replaced or cut; restore it, or remove the views to make them again", next, size)
	}
	p.metrics.ledgerSize.Set(float64(next))
	if next < size {
		p.log.Info("views behind the ledger", "from", next, "to", size)
	}
	return p.replay(ctx, next, size)
}

// replay takes what the ledger has from an index on into the views; size is how many batches it has.
func (p *pipeline) replay(ctx context.Context, next, size uint64) error {
	behind := func() {
		if p.progress != nil {
			p.progress(next, size)
		}
	}
	c := chains{keys: p.keys, heads: p.heads()}
	for e, err := range p.ledger.Entries(ctx, next) {
		if err != nil {
			return err
		}
		if err := c.take(e); err != nil {
			return err
		}
		if next = e.Index + 1; len(c.ready) < group {
			continue
		}
		if err := p.view(ctx, c.ready, c.before(next)); err != nil {
			return err
		}
		c.ready = nil
		behind()
	}
	for _, e := range c.early {
		p.log.Warn("the ledger has a batch, but not the one before it; the gateway sends both again", "index", e.Index)
	}
	if err := p.view(ctx, c.ready, c.before(next)); err != nil {
		return err
	}
	behind()
	return nil
}

// chains brings the ledger's batches into the order of their gateways' chains. Two that were appended at
// once may have changed places, and one that the collector died over may be there twice.
type chains struct {
	keys  record.Keyring
	heads heads
	ready []stored       // in order
	early []ledger.Entry // the batch before is still to come
}

func (c *chains) take(e ledger.Entry) error {
	settled, err := c.try(e)
	if err != nil || !settled {
		return err
	}
	for settled { // what came early may be next now
		settled = false
		early := c.early
		c.early = nil
		for _, e := range early {
			one, err := c.try(e)
			if err != nil {
				return err
			}
			settled = settled || one
		}
	}
	return nil
}

// try gives a batch its place, or puts it with those that came early. settled tells whether others that came
// early may have become next by it: it has its place, or it said which ones the gateway had to let go.
func (c *chains) try(e ledger.Entry) (settled bool, err error) {
	v, err := verify.Check(e.Sealed, c.keys, c.heads.of)
	switch {
	case errors.Is(err, verify.ErrSeen):
		return false, nil
	case errors.Is(err, verify.ErrMissing):
		c.early = append(c.early, e)
		return c.heads.hear(v), nil
	case err != nil:
		return false, fmt.Errorf("batch at index %d of the ledger: %w", e.Index, err)
	}
	c.heads.move(v)
	c.ready = append(c.ready, stored{v, e.Index})
	return true, nil
}

// before is up to where the views have all of the ledger once they have what is ready.
func (c *chains) before(next uint64) uint64 {
	for _, e := range c.early {
		next = min(next, e.Index)
	}
	return next
}
