package board

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"github.com/lineproof/lineproof/record"
)

// unseenAfter is from when on a machine that nobody looked at is shown as unobserved. Batches come every
// few seconds, live values at every change.
const unseenAfter = 45 * time.Second

// liveState is what a machine said in the live values, ahead of the sealed batches.
type liveState struct {
	state record.State
	known bool
	since time.Time
	at    time.Time
}

// Live takes what a gateway read just now.
func (b *Board) Live(id string, live record.Live) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.gateways[id]
	if g == nil {
		return // a name that nobody gave leave to send
	}
	if live.Time.IsZero() { // the gateway does not know the time
		live.Time = b.clock.Now()
	}
	g.live, g.seen = live, b.clock.Now()
	maps.Copy(g.values, live.Values)
	cat := g.Head.Catalogue
	for name := range g.values {
		if _, ok := cat.Signals[name]; !ok {
			delete(g.values, name) // of an older catalogue, or never in one
		}
	}
	for lineID, line := range cat.Lines {
		for machineID, m := range line.Machines {
			if v, ok := live.Values[m.State]; ok {
				g.look(lineID+"/"+machineID, v, cat.Signals[m.State].States, live.Time)
			}
		}
	}
	b.wake(g)
}

// look notes what a machine says; at every live message that has its state, changed or not. After a silence
// nobody knows for how long it has been so.
func (g *gateway) look(key string, value any, meaning map[int64]record.State, at time.Time) {
	s := g.states[key]
	var state record.State
	number, known := whole(value)
	if known {
		state, known = meaning[number]
	}
	if s.since.IsZero() || known != s.known || state != s.state || at.Sub(s.at) > unseenAfter {
		s = liveState{state: state, known: known, since: at}
	}
	s.at = at
	g.states[key] = s
}

// whole is a JSON number without a fraction.
func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case float64:
		return int64(n), n == float64(int64(n))
	case bool:
		if n {
			return 1, true
		}
		return 0, true
	case json.Number:
		i, err := n.Int64()
		return i, err == nil
	}
	return 0, false
}

// machinesNow joins the books with the live values, which are a few seconds ahead.
func (b *Board) machinesNow(p place, now time.Time) []Machine {
	output := map[string]bool{}
	for _, id := range p.output() {
		output[id] = true
	}
	machines := make([]Machine, 0, len(p.model.Machines))
	for _, id := range p.machines() {
		m := Machine{ID: id, Name: p.model.Machines[id].Name, Output: output[id]}
		m.State, m.Since, m.Observed = p.gateway.machineNow(p.id+"/"+id, now)
		machines = append(machines, m)
	}
	return machines
}

func (g *gateway) machineNow(key string, now time.Time) (state *record.State, since, observed *time.Time) {
	var at liveState
	if g.Account != nil {
		if m := g.Account.Machines[key]; m != nil && !m.Since.IsZero() {
			at = liveState{state: m.State, known: m.Known, since: m.Since, at: m.ObservedTo}
		}
	}
	if l, ok := g.states[key]; ok && l.at.After(at.at) {
		if at.known && l.known && l.state == at.state && l.since.Sub(at.at) <= unseenAfter {
			l.since = at.since // the books know since when
		}
		at = l
	}
	if at.since.IsZero() {
		return nil, nil, nil
	}
	// A state that does not change is not sent again: hearing from the gateway, and its device being well, is as good.
	if g.status.Online && at.known && g.live.Time.After(at.at) {
		at.at = g.live.Time
	}
	if at.known && now.Sub(at.at) <= unseenAfter {
		return &at.state, &at.since, &at.at
	}
	unseen := at.at
	if !at.known {
		unseen = at.since
	}
	return nil, &unseen, &at.at
}

// wake tells those who watch a line of this gateway. It never blocks: one waiting signal is enough.
func (b *Board) wake(g *gateway) {
	for ch, line := range b.watchers {
		if _, ok := g.Head.Catalogue.Lines[line]; !ok {
			continue
		}
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// Watch calls send at once and at every change of a line until ctx ends or send fails: now always, books
// when they have grown since the last call.
func (b *Board) Watch(ctx context.Context, line string, send func(now LiveEvent, books *Line) error) error {
	ch := make(chan struct{}, 1)
	b.mu.Lock()
	_, err := b.place(line)
	if err == nil {
		b.watchers[ch] = line
	}
	b.mu.Unlock()
	if err != nil {
		return err
	}
	defer func() {
		b.mu.Lock()
		delete(b.watchers, ch)
		b.mu.Unlock()
	}()
	alive := time.NewTicker(15 * time.Second) // so that a connection that died is noticed, and silence is shown
	defer alive.Stop()
	version := -1
	for {
		now, current, err := b.now(line)
		if err != nil {
			return err
		}
		var books *Line
		if current != version {
			l, err := b.Line(ctx, line)
			if err != nil {
				return err
			}
			books, version = &l, current
		}
		if err := send(now, books); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ch:
		case <-alive.C:
		}
	}
}

// now is the live event of a line, with the version of its gateway's books.
func (b *Board) now(line string) (LiveEvent, int, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	p, err := b.place(line)
	if err != nil {
		return LiveEvent{}, 0, err
	}
	at := p.gateway.live.Time
	if p.gateway.SealedAt.After(at) {
		at = p.gateway.SealedAt
	}
	return LiveEvent{Time: at, Machines: b.machinesNow(p, b.clock.Now()), Values: maps.Clone(p.gateway.values)}, p.gateway.version, nil
}
