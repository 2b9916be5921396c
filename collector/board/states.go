package board

import (
	"context"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// States gives what each machine of a line did from one time to another, without holes: what nobody
// observed is a span with no state.
func (b *Board) States(ctx context.Context, line string, from, to time.Time) ([]MachineStates, error) {
	p, err := b.find(line)
	if err != nil {
		return nil, err
	}
	now := b.clock.Now().UTC().Truncate(time.Millisecond)
	if to.After(now) {
		to = now
	}
	timelines := map[string]*timeline{}
	all := make([]MachineStates, 0, len(p.model.Machines))
	for _, id := range p.machines() {
		timelines[id] = &timeline{window: record.Span{From: from.UTC(), To: to.UTC()}, at: from.UTC()}
	}
	q := series.Query{Site: p.site, Line: p.id, From: from.UTC().Truncate(account.Minute), To: to}
	for i, err := range b.store.Intervals(ctx, q) {
		if err != nil {
			return nil, fmt.Errorf("states of line %s: %w", line, err)
		}
		if t := timelines[i.Machine]; t != nil {
			t.minute(i)
		}
	}
	for _, id := range p.machines() {
		t := timelines[id]
		b.mu.RLock()
		state, since, observed := p.gateway.machineNow(p.id+"/"+id, now)
		b.mu.RUnlock()
		t.ahead(state, since, observed)
		t.unobserved(t.window.To)
		all = append(all, MachineStates{ID: id, Name: p.model.Machines[id].Name, Spans: append([]StateSpan{}, t.spans...)})
	}
	return all, nil
}

// timeline joins the timelines of minutes.
type timeline struct {
	window record.Span
	at     time.Time // up to where it goes
	spans  []StateSpan
}

func (t *timeline) minute(i account.Interval) {
	for n, step := range i.Timeline {
		end := account.Minute.Milliseconds()
		if n+1 < len(i.Timeline) {
			end = i.Timeline[n+1].At
		}
		if step.Unobserved {
			continue
		}
		from := i.Start.Add(time.Duration(step.At) * time.Millisecond)
		t.unobserved(from)
		t.extend(i.Start.Add(time.Duration(end)*time.Millisecond), &step.State)
	}
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
