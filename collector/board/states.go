package board

import (
	"context"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/record"
)

// States gives what each machine of a line did from one time to another, without holes: what nobody
// observed is a span with no state.
func (b *Board) States(ctx context.Context, line string, from, to time.Time) ([]MachineStates, error) {
	p, err := b.find(line)
	if err != nil {
		return nil, err
	}
	return b.states(ctx, p, from, to)
}

func (b *Board) states(ctx context.Context, p place, from, to time.Time) ([]MachineStates, error) {
	now := b.clock.Now().UTC().Truncate(time.Millisecond)
	if to.After(now) {
		to = now
	}
	timelines := map[string]*timeline{}
	all := make([]MachineStates, 0, len(p.model.Machines))
	for _, id := range p.machines() {
		timelines[id] = &timeline{window: record.Span{From: from.UTC(), To: to.UTC()}, at: from.UTC()}
	}
	for did, err := range b.did(ctx, p, from.UTC().Truncate(account.Minute), to.UTC()) {
		if err != nil {
			return nil, fmt.Errorf("states of line %s: %w", p.id, err)
		}
		for id, spells := range did {
			if t := timelines[id]; t != nil {
				t.follow(spells)
			}
		}
	}
	for _, id := range p.machines() {
		t := timelines[id]
		b.mu.RLock()
		state, since, observed := p.gateway.machineNow(p.id+"/"+id, now)
		b.mu.RUnlock()
		t.ahead(state, since, observed)
		t.unobserved(t.window.To)
		all = append(all, MachineStates{
			ID: id, Name: p.model.Machines[id].Name, Spans: append([]StateSpan{}, t.spans...), Made: append([]MadeSpan{}, t.made...),
		})
	}
	return all, nil
}

// timeline joins spells, and knows the time between them as unobserved.
type timeline struct {
	window record.Span
	at     time.Time // up to where it goes
	spans  []StateSpan
	made   []MadeSpan
}

func (t *timeline) follow(spells []spell) {
	for i := range spells {
		s := &spells[i]
		t.unobserved(s.from)
		from := t.at
		t.extend(s.to, &s.state)
		t.make(from, s.product, s.order)
	}
}

// make notes what was made from a time up to where the timeline goes.
func (t *timeline) make(from time.Time, product, order string) {
	if product == "" && order == "" || !from.Before(t.at) {
		return
	}
	if n := len(t.made) - 1; n >= 0 && t.made[n].Product == product && t.made[n].Order == order {
		t.made[n].To = t.at
		return
	}
	t.made = append(t.made, MadeSpan{From: from, To: t.at, Product: product, Order: order})
}

// ahead goes on with what the live values say after the last batch.
func (t *timeline) ahead(state *record.State, since, observed *time.Time) {
	if state == nil || len(t.spans) == 0 {
		return
	}
	before := t.spans[len(t.spans)-1].State
	if since.Sub(t.at) > unseenAfter { // nobody looked in between
		before = nil
	}
	t.extend(*since, before)
	t.extend(*observed, state)
}

// unobserved fills the hole up to a time.
func (t *timeline) unobserved(to time.Time) { t.extend(to, nil) }

func (t *timeline) extend(to time.Time, state *record.State) {
	if to.After(t.window.To) {
		to = t.window.To
	}
	if !to.After(t.at) {
		return
	}
	if n := len(t.spans); n > 0 && same(t.spans[n-1].State, state) {
		t.spans[n-1].To = to
	} else {
		t.spans = append(t.spans, StateSpan{From: t.at, To: to, State: state})
	}
	t.at = to
}

func same(a, b *record.State) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
