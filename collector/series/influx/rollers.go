package influx

import (
	"context"
	"slices"
	"sync"

	"github.com/lineproof/lineproof/collector/series"
)

// rollers has one for each gateway, whose batches come one after the other, so that gateways do not wait for each
// other.
type rollers struct {
	mu        sync.Mutex
	byGateway map[string]*roller
}

type roller struct {
	sync.Mutex
	series.Roller
}

func (r *rollers) of(gateway string) *roller {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byGateway == nil {
		r.byGateway = map[string]*roller{}
	}
	if r.byGateway[gateway] == nil {
		r.byGateway[gateway] = &roller{}
	}
	return r.byGateway[gateway]
}

// hold locks the rollers of all gateways that writes are of, always in the same order.
func (r *rollers) hold(writes []series.Write) (held map[string]*roller, release func()) {
	held = map[string]*roller{}
	var names []string
	for _, w := range writes {
		names = append(names, w.Verified.Batch().Gateway)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for _, name := range names {
		held[name] = r.of(name)
		held[name].Lock()
	}
	return held, func() {
		for _, one := range held {
			one.Unlock()
		}
	}
}

// forget lets go of what is remembered of all gateways.
func (r *rollers) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, one := range r.byGateway {
		one.Lock()
		one.Forget()
		one.Unlock()
	}
}

// roll keeps the buckets of readings that have been written.
func (s *Store) roll(ctx context.Context, held map[string]*roller, writes []series.Write) error {
	batches := map[string][]series.Stored{}
	for _, w := range writes {
		b := w.Verified.Batch()
		batches[b.Gateway] = append(batches[b.Gateway], series.Stored{Readings: b.Readings, Places: s.places.Of(w.Verified)})
	}
	for gateway, roller := range held {
		if err := roller.Roll(ctx, ground{s}, batches[gateway]...); err != nil {
			return err
		}
	}
	return nil
}
