package collector

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"go.uber.org/goleak"
	"golang.org/x/time/rate"
	"k8s.io/klog/v2"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/ingest"
	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/series/sqlite"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/record"
)

// The tests run at the same time, because most of theirs goes by waiting for the ledger's signature at its end.
func TestMain(m *testing.M) {
	klog.SetSlogLogger(slog.New(slog.DiscardHandler))
	goleak.VerifyTestMain(m)
}

// receivedAt is what the collector's clock says in these tests.
var receivedAt = time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)

// bench is a pipeline on real stores in one folder.
type bench struct {
	t     *testing.T
	dir   string
	acks  int
	told  []record.Receipt
	close func()
	*pipeline
}

func openBench(t *testing.T, dir string, keys record.Keyring) *bench {
	t.Helper()
	b, err := tryBench(t, dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func tryBench(t *testing.T, dir string, keys record.Keyring) (*bench, error) {
	t.Helper()
	l, err := ledger.Open(t.Context(), filepath.Join(dir, "ledger"), "test")
	if err != nil {
		t.Fatal(err)
	}
	r, err := registry.Open(t.Context(), filepath.Join(dir, "registry.db"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(dir, "series.db"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, dir: dir, pipeline: &pipeline{
		keys: keys, ledger: l, store: s, registry: r, clock: clock.NewVirtual(receivedAt, 1), log: slog.New(slog.DiscardHandler),
		metrics: newMetrics(), changed: func(registry.Gateway) {}, planned: func(context.Context) {}, refused: func(registry.Refusal) {},
		accepted: func(board.Accepted) {}, health: func(board.Views) {}, isolated: func(registry.Poison) {},
		quiet: rate.NewLimiter(rate.Inf, 0), account: (*account.State).Fold,
	}}
	b.pipeline.answer = b.answer
	closed := false
	b.close = func() {
		if closed {
			return
		}
		closed = true
		if err := errors.Join(s.Close(), r.Close(), l.Close()); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(b.close)
	if err := b.load(t.Context()); err != nil {
		return b, err
	}
	b.pipeline.answer = nil // nobody is told of what happens at the start
	err = b.catchUp(t.Context())
	b.pipeline.answer = b.answer
	return b, err
}

// message is a sealed batch as it comes from the broker under a gateway's topic.
func (b *bench) message(gateway string, sealed []byte) ingest.Message {
	return ingest.Message{Gateway: gateway, Sealed: sealed, Ack: func() { b.acks++ }}
}

// takes brings messages through and wants each to be acknowledged; the receipts it gives are sorted by gateway.
func (b *bench) takes(messages ...ingest.Message) []record.Receipt {
	b.t.Helper()
	b.acks, b.told = 0, nil
	if err := b.take(b.t.Context(), messages); err != nil {
		b.t.Fatal(err)
	}
	if err := b.catchUp(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	if b.acks != len(messages) {
		b.t.Errorf("%d of %d messages acknowledged", b.acks, len(messages))
	}
	return b.told
}

func (b *bench) answer(r record.Receipt) error {
	b.told = append(b.told, r)
	return nil
}

// sends takes a gateway's own batches.
func (b *bench) sends(gateway string, sealed ...[]byte) []record.Receipt {
	b.t.Helper()
	var messages []ingest.Message
	for _, msg := range sealed {
		messages = append(messages, b.message(gateway, msg))
	}
	return b.takes(messages...)
}

// books are all that the views hold.
type books struct {
	Next      uint64
	Gateways  []string // with the end of the chain
	Intervals []account.Interval
	Readings  []string
}

func (b *bench) books() (all books) {
	b.t.Helper()
	var err error
	if all.Next, err = b.registry.Next(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	gateways, err := b.registry.Gateways(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	for _, g := range gateways {
		state, err := g.Account.Encode()
		if err != nil {
			b.t.Fatal(err)
		}
		all.Gateways = append(all.Gateways, g.ID+" "+g.Head.Hash.String()+" "+string(state))
	}
	for i, err := range b.store.Intervals(b.t.Context(), series.Query{}) {
		if err != nil {
			b.t.Fatal(err)
		}
		all.Intervals = append(all.Intervals, i)
	}
	for r, err := range b.store.Readings(b.t.Context(), series.Query{}) {
		if err != nil {
			b.t.Fatal(err)
		}
		all.Readings = append(all.Readings, r.String())
	}
	return all
}

// work is n batches of a minute each.
func work(t *testing.T, g *collectortest.Gateway, n int) (sealed [][]byte) {
	t.Helper()
	for range n {
		sealed = append(sealed, g.Work(t, time.Minute, collectortest.Execute, 4, 1))
	}
	return sealed
}

// straight is what the views hold when every batch came once and in order.
func straight(t *testing.T, keys record.Keyring, gateway string, sealed ...[]byte) books {
	t.Helper()
	b := openBench(t, t.TempDir(), keys)
	b.sends(gateway, sealed...)
	return b.books()
}

func same(t *testing.T, want, got books) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("views (-want +got):\n%s", diff)
	}
}

// receipt is the one for a gateway whose last batch is given.
func receipt(gateway string, seq uint64, sealed []byte, index uint64, why string) record.Receipt {
	r := record.Receipt{Gateway: gateway, Seq: seq, Index: index, Time: receivedAt, Error: why}
	if sealed != nil {
		r.Hash = record.HashOf(sealed)
	}
	return r
}

func value(t *testing.T, c prometheus.Metric) float64 {
	t.Helper()
	var m dto.Metric
	if err := c.Write(&m); err != nil {
		t.Fatal(err)
	}
	return m.GetCounter().GetValue()
}
