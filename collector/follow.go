package collector

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// follow lets the views have what the ledger has, until ctx ends.
func (p *pipeline) follow(ctx context.Context) error {
	for {
		if err := p.catchUp(ctx); err != nil {
			return err
		}
		due, stop := p.dueSoon()
		select {
		case <-ctx.Done():
		case <-p.tail.grown:
		case <-due:
		}
		stop()
		if ctx.Err() != nil {
			return nil
		}
	}
}

// catchUp brings the views up to the end of the ledger.
func (p *pipeline) catchUp(ctx context.Context) error {
	for {
		p.affirm(ctx)
		next := p.viewed()
		b, ok, until := p.tail.next(next)
		switch {
		case ok:
			if err := p.persist(ctx, b.batches, b.to); err != nil {
				return err
			}
			p.tell(b.answers)
		case until > next:
			if err := p.replay(ctx, next, until); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

func (p *pipeline) viewed() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.ViewBatches
}

// persist is view until it succeeds.
func (p *pipeline) persist(ctx context.Context, batches []stored, next uint64) error {
	var again retry
	for {
		err := p.view(ctx, batches, next)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p.log.Error("views not written; the ledger has the batches", "error", err)
		p.metrics.viewErrors.Inc()
		p.report(func(h *board.Views) { h.ViewError = err.Error() })
		if err := again.pause(ctx); err != nil {
			return err
		}
	}
}

// view folds batches of the ledger and writes what follows to the series, then commits that the views have
// all before next. When it fails nothing of it counts, and it can be called again with the same.
func (p *pipeline) view(ctx context.Context, batches []stored, next uint64) error {
	f, err := p.fold(ctx, batches)
	if err == nil {
		err = p.plan(ctx, f)
	}
	if err == nil {
		err = p.write(ctx, f.writes)
	}
	if err == nil {
		err = p.registry.Commit(ctx, registry.Step{Next: next, Gateways: f.gateways, Doubt: p.doubt(f.writes), Finished: f.finished, Statements: f.said, Calendars: f.calendars})
	}
	if errors.Is(err, series.ErrUnanswered) {
		p.doubts.attempt = true
	}
	if err != nil {
		return err
	}
	p.told = max(p.told, next)
	p.mu.Lock()
	for _, g := range f.gateways {
		g.Digests = nil
		p.gateways[g.ID] = g
	}
	p.mu.Unlock()
	if len(f.calendars) > 0 {
		p.planned(ctx)
	}
	for _, g := range f.gateways {
		p.changed(g)
	}
	if len(f.finished) > 0 {
		p.wakePublisher()
	}
	p.metrics.stored(batches)
	p.written(ctx)
	p.report(func(h *board.Views) { h.ViewBatches, h.ViewError = next, "" })
	if p.progress != nil {
		p.progress(next, max(p.tail.end(), next))
	}
	return nil
}

// folded is what follows from batches.
type folded struct {
	writes    []series.Write
	gateways  []registry.Gateway
	finished  []account.Interval // to be published
	said      []registry.Statement
	calendars []said.Calendar
}

// fold works on copies of the accounts' states, so that a failure later leaves them as they were. A batch that
// the account cannot take stays in the ledger, is left out of the views and shown; the rest go on.
func (p *pipeline) fold(ctx context.Context, batches []stored) (folded, error) {
	poisoned := map[uint64]bool{}
	for {
		f, bad, err := p.tryFold(batches, poisoned)
		if bad == nil {
			return f, err
		}
		poisoned[bad.index] = true
		b := bad.Batch()
		p.log.Error("a batch cannot be accounted for; the ledger has it", "gateway", b.Gateway, "batch", b.Seq, "error", err)
		if err := p.isolate(ctx, fmt.Sprintf("batch %d of %s, index %d of the ledger", b.Seq, b.Gateway, bad.index), err.Error()); err != nil {
			return folded{}, err
		}
	}
}

// tryFold leaves out what is poisoned; bad is a batch that it finds to be.
func (p *pipeline) tryFold(batches []stored, poisoned map[uint64]bool) (f folded, bad *stored, err error) {
	defer func() {
		if r := recover(); r != nil && bad != nil {
			f, err = folded{}, fmt.Errorf("the account of %s: %v", bad.Batch().Gateway, r)
		} else if r != nil {
			panic(r)
		}
	}()
	moved := map[string]registry.Gateway{}
	for i, s := range batches {
		b := s.Batch()
		g, ok := moved[b.Gateway]
		if !ok {
			g = p.gateway(b.Gateway)
			if g.Account, err = g.Account.Clone(); err != nil {
				return folded{}, nil, fmt.Errorf("account of %s: %w", b.Gateway, err)
			}
		}
		head := s.Head()
		if head.CatalogueHash != g.Head.CatalogueHash {
			f.calendars = append(f.calendars, said.CalendarsOf(g.Head.Catalogue, head.Catalogue, b, s.index)...)
		}
		g.Digests = append(g.Digests, registry.Digest{Seq: head.Seq, Hash: head.Hash})
		g.Head, g.Ledger, g.SealedAt, g.Clock = head, s.index, b.SealedAt, b.Clock.State
		for _, said := range b.Statements {
			if b.Gateway != record.Office {
				break // a gateway has nothing to say of this kind; the ledger keeps it
			}
			f.said = append(f.said, registry.Statement{Statement: said, Ledger: s.index})
		}
		if !poisoned[s.index] {
			bad = &batches[i]
			f.writes = append(f.writes, series.Write{Verified: s.Verified, Intervals: p.account(g.Account, b, s.Catalogue())})
			bad = nil
			if p.finished != nil && s.index >= p.told {
				f.finished = append(f.finished, g.Account.Finished()...)
			}
		}
		moved[b.Gateway] = g
	}
	f.gateways = slices.Collect(maps.Values(moved))
	return f, nil, nil
}

func (p *pipeline) gateway(id string) registry.Gateway {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.gateways[id]
	g.ID = id
	return g
}

func (p *pipeline) write(ctx context.Context, writes []series.Write) error {
	if many, ok := p.store.(series.BatchWriter); ok {
		return many.WriteAll(ctx, writes)
	}
	var errs []error
	for _, w := range writes {
		if err := p.store.Write(ctx, w.Verified, w.Intervals); err != nil {
			errs = append(errs, err)
			break
		}
	}
	return errors.Join(errs...)
}
