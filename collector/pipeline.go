package collector

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/ingest"
	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/record"
)

const (
	// group is how many batches go through ledger, views and registry together when many wait.
	group = 256
	// retryFirst is how long views or ledger are left alone after they failed, and retryMost after they failed
	// again and again. It is real time: they are real however the clock goes.
	retryFirst, retryMost = 500 * time.Millisecond, 15 * time.Second
)

// Of a flood of messages that are refused so many are kept a second, and so many at once.
const refusedPerSecond, refusedAtOnce = 20, 200

// pipeline brings sealed batches through verify and ledger (accept.go), and the views after it (follow.go). Two
// goroutines run it: the ledger takes batches whether the views can follow or not.
type pipeline struct {
	keys     record.Keyring // of the configuration, at first
	ledger   *ledger.Ledger
	store    series.Store
	registry *registry.Registry
	clock    clock.Clock
	log      *slog.Logger
	metrics  *metrics
	account  func(*account.State, record.Batch, record.Catalogue) []account.Interval
	answer   func(record.Receipt) error
	changed  func(registry.Gateway) // a gateway's books have grown
	planned  func(context.Context)  // catalogues have changed when lines are meant to run
	refused  func(registry.Refusal)
	accepted func(board.Accepted)     // a batch is in the ledger, or one before it is missing
	health   func(board.Views)        // how ledger and views are
	isolated func(registry.Poison)    // a point that the views cannot hold
	progress func(done, total uint64) // of the views behind the ledger; nil: nobody asks
	quiet    *rate.Limiter            // of messages that are refused and kept
	said     <-chan ingest.Message    // what people say; nil: nothing
	chain    *chain                   // where the ledger's chains end; of the accepting goroutine
	tail     tail                     // between the two goroutines
	doubts   doubts                   // of the goroutine of the views
	plans    *plans                   // nil: the store is read by nobody else
	finished chan struct{}            // told when there are intervals to publish; nil: they are not published
	told     uint64                   // index in the ledger from which on no batch's finished intervals were committed

	telling  sync.Mutex // held while receipts are given
	mu       sync.Mutex
	gateways map[string]registry.Gateway // as the views have them
	stored   map[string]uint64           // last batch of each gateway in the ledger
	state    board.Views
}

func (p *pipeline) report(change func(*board.Views)) {
	p.mu.Lock()
	before := p.state
	change(&p.state)
	now := p.state
	p.mu.Unlock()
	if before != now {
		p.metrics.health(now)
		p.health(now)
	}
}

// run takes messages and lets the views follow until ctx ends.
func (p *pipeline) run(ctx context.Context, messages <-chan ingest.Message, answer func(record.Receipt) error) error {
	p.answer = answer
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return endless(ctx, p.accept(ctx, messages)) })
	work.Go(func() error { return endless(ctx, p.follow(ctx)) })
	return work.Wait()
}

// endless takes the end of ctx for no error.
func endless(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// receipt is what a gateway is told: how far ledger and views are with it.
func (p *pipeline) receipt(gateway string) record.Receipt {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.gateways[gateway]
	r := record.Receipt{Gateway: gateway, Seq: g.Head.Seq, Hash: g.Head.Hash, Boot: g.Head.Boot, Index: g.Ledger, Time: p.clock.Now()}
	if stored := p.stored[gateway]; stored > r.Seq {
		r.Stored = stored
	}
	return r
}

// tell gives receipts; answers says why batches of a gateway were refused, "" where none was.
// Both goroutines give them; one at a time, so that none is overtaken by one that says less.
func (p *pipeline) tell(answers map[string]string) {
	p.telling.Lock()
	defer p.telling.Unlock()
	for _, id := range slices.Sorted(maps.Keys(answers)) {
		if id == record.Office {
			continue
		}
		r := p.receipt(id)
		r.Error = answers[id]
		if err := p.answer(r); err != nil {
			p.log.Error("receipt", "gateway", id, "error", err)
		}
	}
}

// Answer tells a gateway the time, and how far the collector is with it.
func (p *pipeline) Answer(gateway string, asked uint64) record.Receipt {
	r := p.receipt(gateway)
	r.Asked = asked
	return r
}

// known lists the gateways that may send.
func (p *pipeline) known() map[string]bool {
	all := map[string]bool{}
	for _, k := range p.keys {
		all[k.Gateway] = true
	}
	delete(all, record.Office)
	return all
}

// isolate lists a point that the views cannot hold, and shows it.
func (p *pipeline) isolate(ctx context.Context, point, reason string) error {
	f := registry.Poison{Time: p.clock.Now(), Point: point, Reason: reason}
	p.metrics.isolated.Inc()
	p.isolated(f)
	return p.registry.Isolate(ctx, f)
}

// retry waits before something that failed is tried again, longer each time.
type retry struct{ wait time.Duration }

func (w *retry) pause(ctx context.Context) error {
	w.wait = min(max(2*w.wait, retryFirst), retryMost)
	timer := time.NewTimer(w.wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// stored is a batch with its place in the ledger.
type stored struct {
	verify.Verified
	index uint64
}
