// Package board puts together what the pages show: the lines with what they do now, their KPIs, what each
// machine did, and how well each gateway is heard. It reads the series and remembers the last of what
// the gateways said; it decides nothing that the account has not decided.
package board

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/record"
)

// ErrNotFound is the answer for a line that no catalogue names.
var ErrNotFound = errors.New("not found")

// ErrOpen is part of an error about minutes that can still grow.
var ErrOpen = errors.New("not final yet")

// Board is what the pages ask. All its methods may be called at the same time.
type Board struct {
	store    series.Store
	clock    clock.Clock
	registry *registry.Registry // nil: nothing that people say is kept
	say      func(context.Context, ...record.Statement) error

	mu       sync.RWMutex
	gateways map[string]*gateway
	watchers map[chan<- struct{}]string // by the line they watch
	begun    map[string]*time.Time      // first minute of each line, once it is known
	byHand   map[string]record.DeclaredLine
	said     map[string]said.Words // of when each line is meant to run
	studies  []protocol.Study
	heardOf  int // how often something was said, or minutes went back that were final

	views    Views
	isolated []Isolated         // newest first
	strange  []registry.Refusal // under names that nobody configured, newest first

	hours    hours
	days     days
	measured measured
	answers  answers
	doubted  doubted

	judging  sync.Mutex // held while every minute of a line is read: one reader at a time is enough for the machine
	changing sync.Mutex // held from the look at a line's calendar to the word in the ledger
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

	inLedger uint64        // last batch
	received time.Time     // when it came, by the collector's clock
	sealed   time.Time     // when it was sealed, by the gateway's
	missing  *Missing      // nil: nothing is
	ahead    time.Duration // what the gateway's clock is ahead of the collector's, by the last status
	future   time.Duration // by how much the last batch was sealed later than it came, more than its clock admits
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

// Remember lets the board find what people said, and say what they say.
func (b *Board) Remember(r *registry.Registry, say func(context.Context, ...record.Statement) error) {
	b.registry, b.say = r, say
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
	if wentBack(own.Account, g.Account) {
		b.hours.forget()
		b.days.forget()
		b.measured.forget()
		b.doubted.forget("")
		b.heardOf++
		clear(b.begun)
	}
	own.Gateway, own.inLedger = g, max(own.inLedger, g.Head.Seq)
	own.version++
	b.wake(own)
}

// Status notes how a gateway says it is; old tells that it said so some time ago.
func (b *Board) Status(id string, s record.Status, old bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.gateways[id]
	if g == nil {
		return // a name that nobody gave leave to send
	}
	g.status = s
	now := b.clock.Now()
	if s.Online {
		g.seen = now
	}
	if g.ahead = 0; !s.Time.IsZero() && !old && s.Clock != record.ClockSimulated {
		g.ahead = s.Time.Sub(now)
	}
	b.wake(g)
}

// Refused notes a message that was not let in.
func (b *Board) Refused(f registry.Refusal) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if g := b.gateways[f.Gateway]; g != nil {
		g.refused = repeated(g.refused, f)
	} else {
		b.strange = repeated(b.strange, f)
	}
}
