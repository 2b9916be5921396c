package board

import (
	"context"
	"time"

	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/record"
)

// Accepted is what the collector noted of a batch when it came.
type Accepted struct {
	Gateway  string
	Seq      uint64
	Received time.Time // by the collector's clock
	SealedAt time.Time // by the gateway's
	Clock    record.Clock
	Missing  *Missing // nil: it is in the ledger now
}

// Missing are batches that a gateway has sealed and the collector does not have, though a later one came.
type Missing struct {
	First uint64    `json:"first"`
	Last  uint64    `json:"last"`
	Since time.Time `json:"since" doc:"when a later one came first"`
}

// Accepted notes a batch.
func (b *Board) Accepted(a Accepted) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.gateways[a.Gateway]
	if g == nil {
		return
	}
	if a.Missing != nil {
		if g.missing == nil {
			a.Missing.Since = a.Received
			g.missing = a.Missing
		}
		g.missing.Last = max(g.missing.Last, a.Missing.Last)
		return
	}
	g.inLedger, g.received, g.sealed = a.Seq, a.Received, a.SealedAt
	if g.missing != nil && a.Seq >= g.missing.First {
		if g.missing.First = a.Seq + 1; g.missing.First > g.missing.Last {
			g.missing = nil
		}
	}
	g.future = 0
	if ahead := a.SealedAt.Sub(a.Received) - a.Clock.ErrorBound; ahead > 0 && a.Clock.State != record.ClockSimulated {
		g.future = ahead
	}
}

// Views is how ledger and views are.
type Views struct {
	LedgerBatches uint64 `json:"ledger_batches" doc:"batches in the ledger"`
	ViewBatches   uint64 `json:"view_batches" doc:"of those, in readings, intervals and KPIs"`
	InDoubt       int    `json:"in_doubt" doc:"intervals to be written again, since an attempt without an answer may still change them"`
	LedgerError   string `json:"ledger_error,omitempty" doc:"why the ledger takes nothing; gateways keep what they have"`
	ViewError     string `json:"view_error,omitempty" doc:"why the views cannot be written; the ledger goes on"`
}

// Views notes how ledger and views are.
func (b *Board) Views(v Views) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.views = v
}

// Collector is how the collector itself is.
type Collector struct {
	Views
	Isolated []Isolated `json:"isolated" nullable:"false" doc:"what the views cannot hold, newest first; the ledger has it"`
	Refused  []Refused  `json:"refused" nullable:"false" doc:"messages under names that nobody configured, newest first"`
}

// Isolated is a point that the views cannot hold.
type Isolated struct {
	Time   time.Time `json:"time"`
	Point  string    `json:"point"`
	Reason string    `json:"reason"`
}

// Isolated notes what the views cannot hold.
func (b *Board) Isolated(p registry.Poison) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.isolated = newest(b.isolated, Isolated(p))
}

// Collector says how the collector is.
func (b *Board) Collector(context.Context) (Collector, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	c := Collector{Views: b.views, Isolated: append([]Isolated{}, b.isolated...), Refused: []Refused{}}
	for _, f := range b.strange {
		c.Refused = append(c.Refused, refusedOf(f))
	}
	return c, nil
}

func refusedOf(f registry.Refusal) Refused {
	return Refused{Time: f.Time, Kind: string(f.Kind), Reason: f.Reason, Times: max(f.Times, 1)}
}

// newest puts one before the others and keeps a page of them.
func newest[T any](all []T, one T) []T {
	all = append([]T{one}, all...)
	return all[:min(len(all), keepRefused)]
}

// repeated puts a refusal in the place of the one that it repeats, or before all others.
func repeated(all []registry.Refusal, f registry.Refusal) []registry.Refusal {
	if f.Times > 1 {
		for i, o := range all {
			if o.Reason == f.Reason && o.Kind == f.Kind && o.Times == f.Times-1 {
				all = append(all[:i:i], all[i+1:]...)
				break
			}
		}
	}
	return newest(all, f)
}
