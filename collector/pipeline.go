package collector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/ingest"
	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/record"
)

const (
	// group is how many batches go through ledger, views and registry together when many wait.
	group = 256
	// retryAfter is how long the views are left alone after they failed; the ledger has the batches by then.
	retryAfter = 2 * time.Second
)

// pipeline brings sealed batches through verify, ledger, account and series, in that order, and says how
// far it came. One goroutine runs it; what it knows of each gateway is what the registry has committed.
type pipeline struct {
	keys     record.Keyring
	ledger   *ledger.Ledger
	store    series.Store
	registry *registry.Registry
	clock    clock.Clock
	log      *slog.Logger
	metrics  *metrics
	gateways map[string]registry.Gateway
	changed  func(registry.Gateway) // a gateway's books have grown
	refused  func(registry.Refusal)
}

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
	if next < size {
		p.log.Info("views behind the ledger", "from", next, "to", size)
	}
	return p.replay(ctx, next)
}

// replay takes what the ledger has from an index on into the views.
func (p *pipeline) replay(ctx context.Context, next uint64) error {
	var waiting []stored
	heads := p.heads()
	for e, err := range p.ledger.Entries(ctx, next) {
		if err != nil {
			return err
		}
		v, err := verify.Check(e.Sealed, p.keys, heads.of)
		if err != nil {
			return fmt.Errorf("batch at index %d of the ledger: %w", e.Index, err)
		}
		heads.move(v)
		if waiting = append(waiting, stored{v, e.Index}); len(waiting) == group {
			if err := p.view(ctx, waiting); err != nil {
				return err
			}
			waiting = nil
		}
	}
	return p.view(ctx, waiting)
}

// heads is where the gateways' chains will end when the batches at hand have been stored.
type heads map[string]verify.Head

func (p *pipeline) heads() heads {
	h := heads{}
	for id, g := range p.gateways {
		h[id] = g.Head
	}
	return h
}

func (h heads) of(gateway string) verify.Head { return h[gateway] }
func (h heads) move(v verify.Verified)        { h[v.Batch().Gateway] = v.Head() }

// run takes messages until ctx ends. It returns an error only when the ledger itself fails.
func (p *pipeline) run(ctx context.Context, messages <-chan ingest.Message, answer func(record.Receipt) error) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case first := <-messages:
			batch := []ingest.Message{first}
			for len(batch) < group && len(messages) > 0 {
				batch = append(batch, <-messages)
			}
			if err := p.take(ctx, batch, answer); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				return err
			}
		}
	}
}

// take brings messages through. Each is acknowledged once it is in ledger and views, or once it is known
// never to get there.
func (p *pipeline) take(ctx context.Context, messages []ingest.Message, answer func(record.Receipt) error) error {
	heads := p.heads()
	var fresh []verify.Verified
	answers := map[string]string{} // gateway -> why its batch was refused, if it was
	for _, m := range messages {
		v, err := verify.Check(m.Sealed, p.keys, heads.of)
		if err == nil && v.Batch().Gateway != m.Gateway {
			err = fmt.Errorf("batch of %s came under the name of %s", v.Batch().Gateway, m.Gateway)
		}
		switch {
		case err == nil:
			heads.move(v)
			fresh = append(fresh, v)
			answers[m.Gateway] = ""
		case errors.Is(err, verify.ErrSeen), errors.Is(err, verify.ErrMissing):
			// Sent again, or ahead of one that got lost: the receipt says from where to go on.
			answers[m.Gateway] = ""
		default:
			if err := p.refuse(ctx, m, err); err != nil {
				return err
			}
			answers[m.Gateway] = err.Error()
		}
	}
	indexes, err := p.ledger.Append(ctx, fresh)
	if err != nil {
		return err
	}
	batches := make([]stored, len(fresh))
	for i, v := range fresh {
		batches[i] = stored{v, indexes[i]}
	}
	for p.view(ctx, batches) != nil {
		if err := p.pause(ctx); err != nil {
			return err
		}
	}
	for _, m := range messages {
		m.Ack()
	}
	for _, id := range slices.Sorted(maps.Keys(answers)) {
		g := p.gateways[id]
		r := record.Receipt{Gateway: id, Seq: g.Head.Seq, Hash: g.Head.Hash, Index: g.Ledger, Time: p.clock.Now(), Error: answers[id]}
		if err := answer(r); err != nil {
			p.log.Error("receipt", "gateway", id, "error", err)
		}
	}
	return nil
}

func (p *pipeline) refuse(ctx context.Context, m ingest.Message, why error) error {
	p.log.Warn("message refused", "gateway", m.Gateway, "reason", why)
	p.metrics.refused.Inc()
	f := registry.Refusal{Gateway: m.Gateway, Time: p.clock.Now(), Reason: why.Error()}
	p.refused(f)
	return p.registry.Refuse(ctx, f, m.Sealed)
}

// pause waits before the views are tried again. It is real time: the views are real however the clock goes.
func (p *pipeline) pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(retryAfter):
		return nil
	}
}

// stored is a batch with its place in the ledger.
type stored struct {
	verify.Verified
	index uint64
}

// view folds batches of the ledger and writes what follows to the series, then commits. When it fails
// nothing of it counts, and it can be called again with the same.
func (p *pipeline) view(ctx context.Context, batches []stored) error {
	if len(batches) == 0 {
		return nil
	}
	writes, gateways, err := p.fold(batches)
	if err == nil {
		err = p.write(ctx, writes)
	}
	next := batches[len(batches)-1].index + 1
	if err == nil {
		err = p.registry.Commit(ctx, next, gateways)
	}
	if err != nil {
		p.log.Error("views not written; the ledger has the batches", "error", err)
		p.metrics.viewErrors.Inc()
		return err
	}
	for _, g := range gateways {
		p.gateways[g.ID] = g
		p.changed(g)
	}
	p.metrics.stored(batches, next)
	return nil
}

// fold works on copies of the accounts' states, so that a failure later leaves them as they were.
func (p *pipeline) fold(batches []stored) ([]series.Write, []registry.Gateway, error) {
	moved := map[string]registry.Gateway{}
	writes := make([]series.Write, len(batches))
	for i, s := range batches {
		b := s.Batch()
		g, ok := moved[b.Gateway]
		if !ok {
			g = p.gateways[b.Gateway]
			g.ID = b.Gateway
			var err error
			if g.Account, err = g.Account.Clone(); err != nil {
				return nil, nil, fmt.Errorf("account of %s: %w", b.Gateway, err)
			}
		}
		g.Head, g.Ledger, g.SealedAt, g.Clock = s.Head(), s.index, b.SealedAt, b.Clock.State
		writes[i] = series.Write{Verified: s.Verified, Intervals: g.Account.Fold(b, s.Catalogue())}
		moved[b.Gateway] = g
	}
	return writes, slices.Collect(maps.Values(moved)), nil
}

func (p *pipeline) write(ctx context.Context, writes []series.Write) error {
	if many, ok := p.store.(series.BatchWriter); ok {
		return many.WriteAll(ctx, writes)
	}
	for _, w := range writes {
		if err := p.store.Write(ctx, w.Verified, w.Intervals); err != nil {
			return err
		}
	}
	return nil
}
