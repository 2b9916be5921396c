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
			Sealed: max(g.status.Seq, g.Head.Seq), Stored: g.Head.Seq, Clock: g.Clock, Devices: g.status.Devices, Ports: g.status.Ports, Refused: []Refused{},
		}
		if out.Devices == nil {
			out.Devices = map[string]record.DeviceStatus{}
		}
		if out.Ports == nil {
			out.Ports = map[string]record.PortStatus{}
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
