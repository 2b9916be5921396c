package board

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

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
			Sealed: max(g.status.Seq, g.Head.Seq), Stored: g.Head.Seq, InLedger: g.inLedger, Undated: g.status.Undated, Missing: g.missing,
			Clock: g.Clock, ClockErrorS: g.status.ErrorS, ClockAheadS: g.clockAhead().Seconds(), Devices: g.status.Devices, Ports: g.status.Ports, Refused: []Refused{}, Ledger: g.status.Ledger,
		}
		if out.Devices == nil {
			out.Devices = map[string]record.DeviceStatus{}
		}
		if out.Ports == nil {
			out.Ports = map[string]record.PortStatus{}
		}
		if g.status.Online {
			out.Clock = g.status.Clock
		}
		if !g.received.IsZero() {
			at := g.received
			out.ReceivedAt = &at
		}
		if g.Head.Seq > 0 {
			at := g.SealedAt
			out.StoredAt = &at
		}
		for _, f := range g.refused {
			out.Refused = append(out.Refused, refusedOf(f))
		}
		all = append(all, out)
	}
	return all, nil
}

// clockAhead is how far the gateway's clock is ahead of the collector's; less than 0: behind. What a message
// takes to come is not told apart from a clock that is behind.
func (g *gateway) clockAhead() time.Duration {
	if g.future > g.ahead {
		return g.future
	}
	return g.ahead
}

const (
	// silentAfter is from when on a gateway that said nothing is offline: it says how it is every 30 s.
	silentAfter = 90 * time.Second
	// lateAfter is from when on its batches are late: it seals one every few seconds.
	lateAfter = 2 * time.Minute
)

func (b *Board) health(g *gateway, now time.Time) GatewayHealth {
	h := GatewayHealth{ID: g.ID, Health: "ok"}
	if g.seen.IsZero() && g.Head.Seq == 0 && g.inLedger == 0 {
		h.Health = "never"
		return h
	}
	seen, sealed := g.seen, g.SealedAt // the views may be behind the ledger
	if g.sealed.After(sealed) {
		sealed = g.sealed
	}
	if sealed.After(seen) {
		seen = sealed
	}
	h.Seen = &seen
	switch {
	case !g.status.Online || now.Sub(seen) > silentAfter:
		h.Health = "offline"
	case now.Sub(sealed) > lateAfter:
		h.Health = "late"
	}
	return h
}
