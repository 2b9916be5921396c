package alert

import (
	"context"
	"time"
)

// silent finds the gateways that are not heard. While the collector itself does not listen, or has only begun to,
// nobody can tell; nor of one that was never heard, which may not be set up yet.
func (l looking) silent(ctx context.Context) (all []finding, _ error) {
	rule := l.cfg.Rules.Silent
	if rule == nil {
		return nil, nil
	}
	gateways, err := l.opts.Board.Gateways(ctx)
	if err != nil {
		return nil, err
	}
	listening, listens := l.opts.Listening()
	for _, g := range gateways {
		f := finding{rule: RuleSilent, subject: g.ID, facts: l.factsOfGateway(g.ID, g.Site)}
		if g.Seen == nil {
			continue
		}
		quiet := l.now.Sub(later(*g.Seen, listening))
		switch {
		case !listens:
		case quiet >= rule.For.D():
			f.verdict, f.since = holds, *g.Seen
		case !g.Seen.Before(listening) && quiet <= heardWithin:
			f.verdict = inOrder
		case quiet > heardWithin:
			f.verdict = pending
		}
		all = append(all, f)
	}
	return all, nil
}

// heardWithin is how old the last sign of a gateway is at the most that is there: it says how it is every 30 s.
const heardWithin = 90 * time.Second

func (l looking) factsOfGateway(id, site string) Facts {
	f := Facts{Gateway: id, Site: site, Timezone: l.cfg.Timezone}
	for _, w := range l.lines {
		if w.Gateway == id {
			f.LineNames = append(f.LineNames, named(w))
			f.Timezone = w.Calendar.Zone().String()
		}
	}
	return f
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
