package edge

import (
	"context"
	"log/slog"
	"time"

	"github.com/lineproof/lineproof/internal/clock"
)

// port polls the devices that share one connection, one after the other, each at whole multiples of its
// period on the agent's clock, which never jumps. A poll that comes late is done once; those missed meanwhile are skipped.
//
// Of the polls that are due, the one goes first whose period ends first. A device that has waited until
// its period is over comes before every other that was polled meanwhile: so a port that has too much to do
// polls all devices less often, and none never.
type port struct {
	name    string
	devices []*device
	clock   clock.Clock
	log     *slog.Logger
	poll    func(ctx context.Context, d *device, now time.Time)
	load    load

	warned time.Time // when skipped polls were last told of
	missed int       // since then
}

// tick is the first multiple of period after now.
func tick(now time.Time, period time.Duration) time.Time {
	return now.UTC().Truncate(period).Add(period)
}

// run polls until ctx ends. It sleeps on the clock and nowhere else.
func (p *port) run(ctx context.Context) {
	for _, d := range p.devices {
		d.due = tick(p.clock.Now(), d.Config.Period())
	}
	p.load.begin(p.clock.Now())
	for {
		if due := p.due(); due.After(p.clock.Now()) {
			if err := p.clock.SleepUntil(ctx, due); err != nil {
				return
			}
		}
		if ctx.Err() != nil {
			return
		}
		now := p.clock.Now()
		d := p.next(now)
		if d == nil {
			continue // it woke a moment too early
		}
		p.poll(ctx, d, now.UTC().Truncate(time.Millisecond))
		p.load.polled(now, p.clock.Now())
		p.plan(d)
	}
}

// due is when the first poll is.
func (p *port) due() (first time.Time) {
	for i, d := range p.devices {
		if i == 0 || d.due.Before(first) {
			first = d.due
		}
	}
	return first
}

// next is, of the devices whose poll is due, the one whose period ends first; nil where none is due.
func (p *port) next(now time.Time) (first *device) {
	end := func(d *device) time.Time { return d.due.Add(d.Config.Period()) }
	for _, d := range p.devices {
		if !d.due.After(now) && (first == nil || end(d).Before(end(first))) {
			first = d
		}
	}
	return first
}

// plan sets the device's next poll and counts those that its last one made impossible.
func (p *port) plan(d *device) {
	now := p.clock.Now()
	period := d.Config.Period()
	due := tick(now, period)
	skipped := int(due.Sub(d.due)/period) - 1
	d.due = due
	if skipped <= 0 {
		return
	}
	p.missed += skipped
	p.load.skip(skipped)
	if now.Sub(p.warned) < 10*time.Minute {
		return
	}
	p.log.Warn("polls were skipped: the devices of this port answer too slowly for their periods",
		"port", p.name, "device", d.Name, "period", period, "skipped", p.missed)
	p.warned, p.missed = now, 0
}
