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
	progress func(done, total uint64) // of a replay; nil: nobody asks
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

// hear keeps what a batch says ahead of its turn, and tells whether that is news.
func (h heads) hear(v verify.Verified) bool {
	gateway := v.Batch().Gateway
	news := v.Head().Ahead != h[gateway].Ahead
	h[gateway] = v.Head()
	return news
}

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
		case errors.Is(err, verify.ErrMissing) && v.Batch().Gateway == m.Gateway:
			if heads.hear(v) {
				g := p.gateways[m.Gateway]
				g.ID, g.Head.Ahead = m.Gateway, v.Head().Ahead
				p.gateways[m.Gateway] = g
			}
			answers[m.Gateway] = ""
		case errors.Is(err, verify.ErrSeen), errors.Is(err, verify.ErrMissing):
			// Sent again, or ahead of one that got lost: the receipt says from where to go on.
			answers[m.Gateway] = ""
		default:
			p.refuse(ctx, m, err)
			answers[m.Gateway] = err.Error()
		}
	}
	indexes, err := p.ledger.Append(ctx, fresh)
	if err != nil {
		return err
	}
	batches, next := make([]stored, len(fresh)), uint64(0)
	for i, v := range fresh {
		batches[i], next = stored{v, indexes[i]}, max(next, indexes[i]+1)
	}
	for p.view(ctx, batches, next) != nil {
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

// refuse keeps a message that is not let in. One that cannot be kept stops nothing: the log has the reason.
func (p *pipeline) refuse(ctx context.Context, m ingest.Message, why error) {
	p.log.Warn("message refused", "gateway", m.Gateway, "reason", why)
	p.metrics.refused.Inc()
	f := registry.Refusal{Gateway: m.Gateway, Time: p.clock.Now(), Reason: why.Error()}
	p.refused(f)
	if err := p.registry.Refuse(ctx, f, m.Sealed); err != nil {
		p.log.Error("refused message not kept", "error", err)
	}
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

// view folds batches of the ledger and writes what follows to the series, then commits that the views have
// all before next. When it fails nothing of it counts, and it can be called again with the same.
func (p *pipeline) view(ctx context.Context, batches []stored, next uint64) error {
	if len(batches) == 0 {
		return nil
	}
	writes, gateways, err := p.fold(batches)
	if err == nil {
		err = p.write(ctx, writes)
	}
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
