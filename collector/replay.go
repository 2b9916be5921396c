package collector

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/record"
)

// load reads where the registry stands, and follows the ledger's chains to its end. The views may be behind: they
// follow later, which does not keep the ledger from going on.
func (p *pipeline) load(ctx context.Context) error {
	all, err := p.registry.Gateways(ctx)
	if err != nil {
		return err
	}
	p.gateways, p.stored = map[string]registry.Gateway{}, map[string]uint64{}
	for _, g := range all {
		p.gateways[g.ID] = g
		p.changed(g)
	}
	next, err := p.registry.Next(ctx)
	if err != nil {
		return err
	}
	if p.told, err = p.registry.Told(ctx); err != nil {
		return err
	}
	size, err := p.ledger.Size(ctx)
	if err != nil {
		return err
	}
	if next > size {
		return fmt.Errorf("the views have %d batches, the ledger only %d: the ledger was replaced or cut; restore it, or remove the views to make them again", next, size)
	}
	p.tail.begin(size)
	p.report(func(h *board.Views) { h.LedgerBatches, h.ViewBatches = size, next })
	if next < size {
		p.log.Info("views behind the ledger", "from", next, "to", size)
	}
	if err := p.plan(ctx, folded{}); err != nil {
		return err
	}
	p.resume(ctx)
	return p.followChains(ctx, next)
}

// followChains finds where each gateway's chain ends in the ledger.
func (p *pipeline) followChains(ctx context.Context, next uint64) error {
	c := chains{chain: p.chainOfViews()}
	for e, err := range p.ledger.Entries(ctx, next) {
		if err != nil {
			return err
		}
		if err := c.take(e); err != nil {
			return err
		}
		c.ready = nil
	}
	if err := c.stuck(); err != nil {
		return err
	}
	p.chain = c.chain
	for id, head := range p.chain.heads {
		p.stored[id] = head.Seq
	}
	return nil
}

// replay takes what the ledger has from one index to another into the views. It goes on to the ledger's end where
// a batch waits for another that comes later.
func (p *pipeline) replay(ctx context.Context, next, until uint64) error {
	c := chains{chain: p.chainOfViews()}
	for e, err := range p.ledger.Entries(ctx, next) {
		if err != nil {
			return err
		}
		if e.Index >= until && len(c.early) == 0 {
			break
		}
		if err := c.take(e); err != nil {
			return err
		}
		if next = e.Index + 1; len(c.ready) < group {
			continue
		}
		if err := p.replayed(ctx, &c, c.before(next)); err != nil {
			return err
		}
	}
	for _, e := range c.early {
		p.log.Warn("the ledger has a batch, but not the one before it; the gateway sends both again", "index", e.Index)
	}
	return p.replayed(ctx, &c, next)
}

// replayed writes what is ready, and tells its gateways.
func (p *pipeline) replayed(ctx context.Context, c *chains, next uint64) error {
	if err := p.persist(ctx, c.ready, next); err != nil {
		return err
	}
	answers := map[string]string{}
	for _, s := range c.ready {
		answers[s.Batch().Gateway] = ""
	}
	c.ready = nil
	if p.answer != nil {
		p.tell(answers)
	}
	return nil
}

// chainOfViews is where the chains end as the views have them.
func (p *pipeline) chainOfViews() *chain {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := &chain{keys: maps.Clone(p.keys), heads: map[string]verify.Head{}, digest: p.registry.Digest}
	for id, g := range p.gateways {
		c.heads[id] = g.Head
		c.trust(id, g.Head)
	}
	return c
}

// chain is where the gateways' chains end, and by which keys they go on.
type chain struct {
	keys   record.Keyring
	heads  map[string]verify.Head
	digest verify.Digests
}

// clone is a chain that can be moved on and thrown away.
func (c *chain) clone() *chain {
	return &chain{keys: maps.Clone(c.keys), heads: maps.Clone(c.heads), digest: c.digest}
}

func (c *chain) check(sealed []byte) (verify.Verified, error) {
	return verify.Check(sealed, c.keys, func(gateway string) verify.Head { return c.heads[gateway] }, c.digest)
}

func (c *chain) move(v verify.Verified) {
	c.heads[v.Batch().Gateway] = v.Head()
	c.trust(v.Batch().Gateway, v.Head())
}

// trust lets the key seal that a gateway has announced.
func (c *chain) trust(gateway string, h verify.Head) {
	if h.Successor != nil {
		c.keys.Add(gateway, h.Successor)
	}
}

// hear keeps what a batch says ahead of its turn, and tells whether that is news.
func (c *chain) hear(v verify.Verified) bool {
	gateway := v.Batch().Gateway
	news := v.Head().Ahead != c.heads[gateway].Ahead
	c.heads[gateway] = v.Head()
	return news
}

// chains brings the ledger's batches into the order of their gateways' chains. Two that were appended at
// once may have changed places, and one that the collector died over may be there twice.
type chains struct {
	*chain
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
	v, err := c.check(e.Sealed)
	switch {
	case errors.Is(err, verify.ErrSeen):
		return false, nil
	case errors.Is(err, verify.ErrMissing), errors.Is(err, verify.ErrForked):
		// A gateway may own up later to batches that it lost.
		c.early = append(c.early, e)
		return errors.Is(err, verify.ErrMissing) && c.hear(v), nil
	case err != nil:
		return false, fmt.Errorf("batch at index %d of the ledger: %w", e.Index, err)
	}
	c.move(v)
	c.ready = append(c.ready, stored{v, e.Index})
	return true, nil
}

// stuck is an error where a batch that came early can never have its place: the ledger is not as the collector left it.
func (c *chains) stuck() error {
	for _, e := range c.early {
		if _, err := c.check(e.Sealed); errors.Is(err, verify.ErrForked) {
			return fmt.Errorf("batch at index %d of the ledger: %w", e.Index, err)
		}
	}
	return nil
}

// before is up to where the views have all of the ledger once they have what is ready.
func (c *chains) before(next uint64) uint64 {
	for _, e := range c.early {
		next = min(next, e.Index)
	}
	return next
}
