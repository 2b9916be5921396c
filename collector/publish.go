package collector

import (
	"context"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/record"
)

// publishedAtOnce is how many intervals the broker gets before its answer is waited for.
const publishedAtOnce = 100

// publish gives the broker the finished intervals, in the order in which they were committed, until ctx ends. One is let
// go of when the broker has taken it; a collector that dies between the two gives it again.
func (p *pipeline) publish(ctx context.Context, send func(context.Context, []record.Interval) error) error {
	var again retry
	for ctx.Err() == nil {
		n, err := p.publishSome(ctx, send)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			p.log.Error("intervals not published; tried again", "error", err)
			_ = again.pause(ctx) // only the end of ctx is an error
		case n > 0:
			again = retry{}
		default:
			select {
			case <-ctx.Done():
			case <-p.finished:
			}
		}
	}
	return nil
}

// publishSome publishes the first of the intervals that wait, and tells how many.
func (p *pipeline) publishSome(ctx context.Context, send func(context.Context, []record.Interval) error) (int, error) {
	waiting, err := p.registry.Outgoing(ctx, publishedAtOnce)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	intervals := make([]record.Interval, len(waiting))
	for n, o := range waiting {
		intervals[n] = forOthers(o.Interval)
	}
	if err := send(ctx, intervals); err != nil {
		return 0, err
	}
	p.metrics.published.Add(float64(len(intervals)))
	return len(intervals), p.registry.Sent(context.WithoutCancel(ctx), waiting[len(waiting)-1].ID)
}

// wakePublisher tells that there is something to publish.
func (p *pipeline) wakePublisher() {
	select {
	case p.finished <- struct{}{}:
	default: // it knows
	}
}

// forOthers is an interval as other programs get it.
func forOthers(i account.Interval) record.Interval {
	all := record.Interval{
		Site: i.Site, Line: i.Line, Machine: i.Machine, Product: i.Product, Order: i.Order, Start: i.Start, End: i.Start.Add(account.Minute),
		PlannedCycleMs: i.PlannedCycle.Milliseconds(), UnitsPerCycle: i.UnitsPerCycle,
		Produced: i.Produced, Good: i.Good, Scrap: i.Scrap, Rework: i.Rework, ScrapBy: i.ScrapBy,
		Late: i.Late, Suspect: i.Suspect, Resets: i.Resets,
		ObservedMs: i.Observed().Milliseconds(), StateMs: map[string]int64{}, UncertainMs: i.UncertainMs, TimeErrorMs: i.TimeErrorMs,
		Failures: i.Failures, Stops: i.Stops, MicroStops: i.MicroStops, MicroStopMs: i.MicroStopMs, LateEnergyJ: i.LateEnergyJ,
	}
	for state, ms := range i.States {
		if ms != 0 {
			all.StateMs[record.State(state).String()] = ms
		}
	}
	if i.Metered {
		all.EnergyJ = &i.EnergyJ
	}
	if i.Weighed {
		all.MaterialG, all.OutputG = &i.MaterialG, &i.OutputG
	}
	return all
}
