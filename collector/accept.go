package collector

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/ingest"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/verify"
)

// accept takes messages into the ledger until ctx ends, many together when many wait.
func (p *pipeline) accept(ctx context.Context, messages <-chan ingest.Message) error {
	for {
		var first ingest.Message
		select {
		case <-ctx.Done():
			return nil
		case first = <-p.said:
		case first = <-messages:
		}
		batch := []ingest.Message{first}
		for len(batch) < group && len(messages) > 0 {
			batch = append(batch, <-messages)
		}
		if err := p.take(ctx, batch); err != nil {
			return err
		}
	}
}

// take brings messages into the ledger. Each is acknowledged once it is there, or once it is known never to get
// there. While the ledger takes nothing it waits: no receipts are given, and the gateways keep what they have.
func (p *pipeline) take(ctx context.Context, messages []ingest.Message) error {
	refused := map[int]bool{}
	var again retry
	for {
		chain := p.chain.clone()
		fresh, answers := p.check(ctx, chain, messages, refused)
		indexes, err := p.ledger.Append(ctx, fresh)
		if err == nil {
			p.chain = chain
			for _, m := range messages {
				m.Ack()
			}
			p.hand(fresh, indexes, answers)
			return nil
		}
		if ctx.Err() != nil {
			return err
		}
		p.log.Error("the ledger takes nothing; gateways keep what they have", "error", err)
		p.report(func(h *board.Views) { h.LedgerError = err.Error() })
		if err := again.pause(ctx); err != nil {
			return err
		}
		if err := p.resync(ctx); err != nil {
			return err
		}
	}
}

// check gives those of the messages that the ledger is to have, in order, and what each gateway is to be told.
func (p *pipeline) check(ctx context.Context, chain *chain, messages []ingest.Message, refused map[int]bool) ([]verify.Verified, map[string]string) {
	var fresh []verify.Verified
	answers := map[string]string{} // gateway -> why its batch was refused, if it was
	for i, m := range messages {
		v, err := chain.check(m.Sealed)
		if err == nil && v.Batch().Gateway != m.Gateway {
			err = fmt.Errorf("batch of %s, under the name of %s: %w", v.Batch().Gateway, m.Gateway, verify.ErrName)
		}
		answers[m.Gateway] = ""
		switch {
		case err == nil:
			chain.move(v)
			fresh = append(fresh, v)
		case errors.Is(err, verify.ErrMissing) && v.Batch().Gateway == m.Gateway:
			p.missing(chain, v)
		case errors.Is(err, verify.ErrSeen), errors.Is(err, verify.ErrMissing):
			// Sent again, or ahead of one that got lost: the receipt says from where to go on.
		default:
			answers[m.Gateway] = err.Error()
			if !refused[i] {
				refused[i] = true
				p.refuse(ctx, m, err)
			}
		}
	}
	return fresh, answers
}

// missing notes a batch that is ahead of its turn.
func (p *pipeline) missing(chain *chain, v verify.Verified) {
	b := v.Batch()
	last := chain.heads[b.Gateway].Seq
	chain.hear(v)
	p.accepted(board.Accepted{Gateway: b.Gateway, Seq: b.Seq, Received: p.clock.Now(), SealedAt: b.SealedAt, Clock: b.Clock, Missing: &board.Missing{First: last + 1, Last: b.Seq - 1}})
}

// hand gives what the ledger has got to the views.
func (p *pipeline) hand(fresh []verify.Verified, indexes []uint64, answers map[string]string) {
	if len(fresh) == 0 {
		p.tell(answers)
		return
	}
	b := block{from: indexes[0], answers: answers}
	now := p.clock.Now()
	p.mu.Lock()
	for i, v := range fresh {
		b.add(stored{v, indexes[i]})
		p.stored[v.Batch().Gateway] = v.Head().Seq
	}
	p.mu.Unlock()
	for _, v := range fresh {
		b := v.Batch()
		p.accepted(board.Accepted{Gateway: b.Gateway, Seq: b.Seq, Received: now, SealedAt: b.SealedAt, Clock: b.Clock})
	}
	p.report(func(h *board.Views) { h.LedgerBatches, h.LedgerError = b.to, "" })
	if behind := p.tail.push(b); behind {
		p.tell(maps.Clone(answers)) // the ledger has it, the views will
	}
}

// resync finds what of a failed Append came into the ledger all the same.
func (p *pipeline) resync(ctx context.Context) error {
	c := chains{chain: p.chain}
	for e, err := range p.ledger.Entries(ctx, p.tail.end()) {
		if err != nil {
			return nil // it cannot be read either; Append will say so again
		}
		if err := c.take(e); err != nil {
			return err
		}
	}
	if len(c.ready) == 0 {
		return nil
	}
	var fresh []verify.Verified
	indexes := make([]uint64, 0, len(c.ready))
	for _, s := range c.ready {
		fresh, indexes = append(fresh, s.Verified), append(indexes, s.index)
	}
	p.hand(fresh, indexes, map[string]string{})
	return nil
}

// refuse keeps a message that is not let in. One that cannot be kept stops nothing: the log has the reason. Of a
// flood only some are kept.
func (p *pipeline) refuse(ctx context.Context, m ingest.Message, why error) {
	p.metrics.refused.Inc()
	if !p.quiet.Allow() {
		return
	}
	p.log.Warn("message refused", "gateway", m.Gateway, "reason", why)
	f := registry.Refusal{Gateway: m.Gateway, Time: p.clock.Now(), Kind: verify.KindOf(why), Reason: why.Error()}
	if !p.known()[m.Gateway] { // names are without number: they share one place
		f.Gateway, f.Reason = "", fmt.Sprintf("under the name of %s: %s", m.Gateway, f.Reason)
	}
	kept, err := p.registry.Refuse(ctx, f, m.Sealed)
	if err != nil {
		p.log.Error("refused message not kept", "error", err)
		kept = f
	}
	p.refused(kept)
}
