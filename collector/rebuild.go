package collector

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// Rebuilt says what a rebuild found: digests of all that the views held, before and after. They differ
// where the views were changed by somebody else than the collector, or had never been complete.
type Rebuilt struct {
	Batches       uint64 // in the ledger
	Before, After record.Hash
	Minutes       []ChangedMinute // that the views had otherwise, the first of them in order of time
	Changed       int             // how many there were
}

// Rebuild drops the views and makes them again from the ledger. One that is broken off is finished by the
// next, or by the collector's next start. No collector may run on the same directory meanwhile.
func Rebuild(ctx context.Context, cfg Config, opts Options) (r Rebuilt, err error) {
	c := &Collector{cfg: cfg, opts: opts}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := c.openStores(ctx); err != nil {
		return r, err
	}
	views, ok := c.store.(series.Dropper)
	if !ok {
		return r, fmt.Errorf("rebuild: a series store of type %T cannot be emptied", c.store)
	}
	if r.Batches, err = c.ledger.Size(ctx); err != nil {
		return r, err
	}
	had, has := marks{}, marks{}
	if r.Before, err = digest(ctx, c.store, c.registry, had); err != nil {
		return r, err
	}
	// The position goes first: whoever dies after it begins at the beginning.
	if err := c.registry.Reset(ctx); err != nil {
		return r, err
	}
	if err := views.Drop(ctx); err != nil {
		return r, err
	}
	if err := c.openPipeline(ctx); err != nil {
		return r, err
	}
	if err := c.pipeline.catchUp(ctx); err != nil {
		return r, err
	}
	r.After, err = digest(ctx, c.store, c.registry, has)
	if len(had) > 0 { // else the store was a new one
		r.Minutes, r.Changed = had.changed(has)
	}
	return r, err
}

// digest is SHA-256 over all intervals and readings of a store, all that people said and when lines are meant to run, in
// their order. minutes gets the fingerprint of each interval.
func digest(ctx context.Context, store series.Store, said *registry.Registry, minutes marks) (sum record.Hash, err error) {
	h := sha256.New()
	encode := json.NewEncoder(h)
	var line []byte
	for i, err := range store.Intervals(ctx, series.Query{}) {
		if err != nil {
			return sum, fmt.Errorf("digest of the views: %w", err)
		}
		line = i.AppendJSON(line[:0])
		minutes.note(&i, line)
		h.Write(append(line, '\n'))
	}
	for r, err := range store.Readings(ctx, series.Query{}) {
		if err != nil {
			return sum, fmt.Errorf("digest of the views: %w", err)
		}
		if _, err := fmt.Fprintf(h, "%s %v\n", r, r.Window); err != nil {
			return sum, err
		}
	}
	statements, err := said.Statements(ctx, registry.Said{})
	if err != nil {
		return sum, fmt.Errorf("digest of the views: %w", err)
	}
	for _, s := range statements {
		if err := encode.Encode(s); err != nil {
			return sum, fmt.Errorf("digest of the views: %w", err)
		}
	}
	calendars, err := said.Calendars(ctx)
	if err != nil {
		return sum, fmt.Errorf("digest of the views: %w", err)
	}
	for _, c := range calendars {
		if err := encode.Encode(c); err != nil {
			return sum, fmt.Errorf("digest of the views: %w", err)
		}
	}
	copy(sum[:], h.Sum(nil))
	return sum, nil
}
