// Package board puts together what the pages show: the lines with what they do now, their KPIs, what each
// machine did, and how well each gateway is heard. It reads the series and remembers the last of what
// the gateways said; it decides nothing that the account has not decided.
package board

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/record"
)

// ErrNotFound is the answer for a line that no catalogue names.
var ErrNotFound = errors.New("not found")

// Board is what the pages ask. All its methods may be called at the same time.
type Board struct {
	store series.Store
	clock clock.Clock

	mu       sync.RWMutex
	gateways map[string]*gateway
	watchers map[chan<- struct{}]string // by the line they watch
	begun    map[string]*time.Time      // first minute of each line, once it is known

	hours hours
}

// gateway is what was last heard of one.
type gateway struct {
	registry.Gateway
	status  record.Status
	seen    time.Time // by the collector's clock
	live    record.Live
	values  map[string]any
	states  map[string]liveState // by line/machine
	refused []registry.Refusal   // newest first
	version int                  // of the books
}

// keepRefused is how many refused messages the page shows of a gateway.
const keepRefused = 20

// New makes an empty board.
func New(store series.Store, c clock.Clock) *Board {
	return &Board{store: store, clock: c, gateways: map[string]*gateway{}, watchers: map[chan<- struct{}]string{}, begun: map[string]*time.Time{},
		hours: hours{lines: map[string]*lineHours{}}}
}

func (b *Board) gateway(id string) *gateway {
	g := b.gateways[id]
	if g == nil {
		g = &gateway{values: map[string]any{}, states: map[string]liveState{}}
		g.ID = id
		b.gateways[id] = g
	}
	return g
}

// Know makes a gateway appear that may send, even before it does.
func (b *Board) Know(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gateway(id)
}

// Changed notes that a gateway's books have grown.
func (b *Board) Changed(g registry.Gateway) {
	b.mu.Lock()
	defer b.mu.Unlock()
	own := b.gateway(g.ID)
	own.Gateway = g
	own.version++
	b.wake(own)
}

// Status notes how a gateway says it is.
func (b *Board) Status(id string, s record.Status) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.gateways[id]
	if g == nil {
		return // a name that nobody gave leave to send
	}
	g.status = s
	if s.Online {
		g.seen = b.clock.Now()
	}
	b.wake(g)
}

// Refused notes a message that was not let in.
func (b *Board) Refused(f registry.Refusal) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if g := b.gateways[f.Gateway]; g != nil {
		g.refused = slices.Insert(g.refused, 0, f)
		g.refused = g.refused[:min(len(g.refused), keepRefused)]
	}
}

// place is a line with the gateway that reports it. The gateway itself is read under the board's lock only.
type place struct {
	id       string
	model    record.Line
	site     string
	zone     *time.Location
	sealedAt time.Time      // of the gateway's last batch
	account  *account.State // after it; never changed
	gateway  *gateway
}

// places lists all lines by id. A line that two gateways name is the one whose catalogue was sealed last.
func (b *Board) places() []place {
	found := map[string]place{}
	for _, id := range slices.Sorted(maps.Keys(b.gateways)) {
		g := b.gateways[id]
		cat := g.Head.Catalogue
		zone, err := time.LoadLocation(cat.Timezone)
		if err != nil {
			zone = time.UTC // cannot be: a catalogue is let in only with a zone that loads
		}
		for lineID, model := range cat.Lines {
			if other, ok := found[lineID]; ok && other.sealedAt.After(g.SealedAt) {
				continue
			}
			found[lineID] = place{id: lineID, model: model, site: cat.Site, zone: zone, sealedAt: g.SealedAt, account: g.Account, gateway: g}
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b place) int {
		if a.id < b.id {
			return -1
		}
		return 1
	})
}

func (b *Board) place(line string) (place, error) {
	for _, p := range b.places() {
		if p.id == line {
			return p, nil
		}
	}
	return place{}, fmt.Errorf("line %q: %w", line, ErrNotFound)
}

// output lists the machines whose counts are the line's.
func (p place) output() []string {
	if len(p.model.Output) > 0 {
		return p.model.Output
	}
	return p.machines()
}

func (p place) machines() []string { return slices.Sorted(maps.Keys(p.model.Machines)) }

func (p place) kpiModel() kpi.Model {
	return kpi.Model{Calendar: calendar.New(p.model.Calendar, p.zone), Machines: p.machines(), Output: p.output()}
}

// KPI computes a line's rows over a window. What lies after now is not planned time yet.
func (b *Board) KPI(ctx context.Context, line string, q KPIQuery) ([]kpi.Row, error) {
	b.mu.RLock()
	p, err := b.place(line)
	b.mu.RUnlock()
	if err != nil {
		return nil, err
	}
	return b.kpi(ctx, p, q)
}

func (b *Board) kpi(ctx context.Context, p place, q KPIQuery) ([]kpi.Row, error) {
	window := record.Span{From: q.From.UTC(), To: q.To.UTC()}
	if until := p.until(b.clock.Now()); window.To.After(until) {
		window.To = until
	}
	if window.To.Before(window.From) {
		window.To = window.From
	}
	rows, err := kpi.Compute(b.intervals(ctx, p, window), p.kpiModel(), window, q.By)
	if err != nil {
		return nil, fmt.Errorf("kpi of line %s: %w", p.id, err)
	}
	if !q.Explain {
		for i := range rows {
			rows[i].Explain = nil
		}
	}
	return rows, nil
}

// KPIQuery asks for KPIs over a window.
type KPIQuery struct {
	From, To time.Time
	By       kpi.By
	Explain  bool // with the arithmetic behind each figure
}

// Lines gives all lines with what they do now.
func (b *Board) Lines(ctx context.Context) ([]Line, error) {
	b.mu.RLock()
	places := b.places()
	b.mu.RUnlock()
	lines := make([]Line, 0, len(places))
	for _, p := range places {
		line, err := b.line(ctx, p)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// Line gives one line with what it does now.
func (b *Board) Line(ctx context.Context, line string) (Line, error) {
	b.mu.RLock()
	p, err := b.place(line)
	b.mu.RUnlock()
	if err != nil {
		return Line{}, err
	}
	return b.line(ctx, p)
}

func (b *Board) line(ctx context.Context, p place) (Line, error) {
	now := b.clock.Now()
	window := b.window(p, now)
	rows, err := b.kpi(ctx, p, KPIQuery{From: window.From, To: window.To, Explain: true})
	if err != nil {
		return Line{}, err
	}
	first, last, err := b.reach(ctx, p)
	if err != nil {
		return Line{}, err
	}
	l := Line{
		ID: p.id, Site: p.site, Name: p.model.Name, Timezone: p.zone.String(), Targets: p.model.Targets,
		Window: window, Plan: p.plan(window, now), KPI: rows[0], DataFrom: first, DataTo: last,
	}
	for _, id := range p.output() {
		if product := p.model.Machines[id].Product; product != nil && l.Product == nil {
			l.Product = &Product{Code: product.Code, Name: product.Name, UnitsPerCycle: product.Units(), PlannedCycleS: product.PlannedCycle.D().Seconds()}
		}
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	l.Machines = b.machinesNow(p, now)
	l.Gateways = []GatewayHealth{b.health(p.gateway, now)}
	return l, nil
}

// window is the shift that runs, else the day so far.
func (b *Board) window(p place, now time.Time) Window {
	if s, ok := calendar.New(p.model.Calendar, p.zone).At(now); ok {
		return Window{Shift: s.Name, From: s.From, To: s.To}
	}
	y, m, d := now.In(p.zone).Date()
	return Window{From: time.Date(y, m, d, 0, 0, 0, 0, p.zone).UTC(), To: time.Date(y, m, d+1, 0, 0, 0, 0, p.zone).UTC()}
}

func (p place) plan(w Window, now time.Time) *Plan {
	if p.model.Plan == nil {
		return nil
	}
	hours := func(to time.Time) (sum float64) {
		for _, s := range calendar.New(p.model.Calendar, p.zone).Planned(record.Span{From: w.From, To: to}) {
			sum += s.Duration().Hours()
		}
		return sum
	}
	perHour := p.model.Plan.OutputPerHour
	return &Plan{OutputPerHour: perHour, SoFar: perHour * hours(now), Total: perHour * hours(w.To)}
}

// Gateways lists all that may send, by name.
func (b *Board) Gateways(context.Context) ([]Gateway, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	now := b.clock.Now()
	all := make([]Gateway, 0, len(b.gateways))
	for _, id := range slices.Sorted(maps.Keys(b.gateways)) {
		g := b.gateways[id]
		out := Gateway{
			GatewayHealth: b.health(g, now), Site: g.Head.Catalogue.Site, Version: g.status.Version,
			Sealed: max(g.status.Seq, g.Head.Seq), Stored: g.Head.Seq, Clock: g.Clock, Devices: g.status.Devices, Refused: []Refused{},
		}
		if out.Devices == nil {
			out.Devices = map[string]record.DeviceStatus{}
		}
		if g.Head.Seq > 0 {
			at := g.SealedAt
			out.StoredAt = &at
		}
		for _, f := range g.refused {
			out.Refused = append(out.Refused, Refused{Time: f.Time, Reason: f.Reason})
		}
		all = append(all, out)
	}
	return all, nil
}

const (
	// silentAfter is from when on a gateway that said nothing is offline: it says how it is every 30 s.
	silentAfter = 90 * time.Second
	// lateAfter is from when on its batches are late: it seals one every few seconds.
	lateAfter = 2 * time.Minute
)

func (b *Board) health(g *gateway, now time.Time) GatewayHealth {
	h := GatewayHealth{ID: g.ID, Health: "ok"}
	if g.seen.IsZero() && g.Head.Seq == 0 {
		h.Health = "never"
		return h
	}
	seen := g.seen
	if g.SealedAt.After(seen) {
		seen = g.SealedAt
	}
	h.Seen = &seen
	switch {
	case !g.status.Online || now.Sub(seen) > silentAfter:
		h.Health = "offline"
	case now.Sub(g.SealedAt) > lateAfter:
		h.Health = "late"
	}
	return h
}

// until is up to when a line's books can be complete: while its gateway is heard in time, what it read
// since its last batch is not missing, only on its way.
func (p place) until(now time.Time) time.Time {
	if sealed := p.sealedAt; !sealed.After(now) && now.Sub(sealed) <= lateAfter {
		return sealed.UTC()
	}
	return now.UTC().Truncate(time.Millisecond)
}

// reach finds the first and the last minute of a line's books; nil where there is none.
func (b *Board) reach(ctx context.Context, p place) (first, last *time.Time, err error) {
	b.mu.RLock()
	first = b.begun[p.id]
	b.mu.RUnlock()
	if first == nil {
		for i, err := range b.store.Intervals(ctx, series.Query{Site: p.site, Line: p.id}) {
			if err != nil {
				return nil, nil, fmt.Errorf("first minute of line %s: %w", p.id, err)
			}
			first = &i.Start
			break
		}
	}
	if first == nil || p.account == nil {
		return nil, nil, nil
	}
	b.mu.Lock()
	b.begun[p.id] = first
	b.mu.Unlock()
	for _, m := range p.account.Machines {
		if to := m.ObservedTo; m.Line == p.id && (last == nil || to.After(*last)) {
			last = &to
		}
	}
	return first, last, nil
}
