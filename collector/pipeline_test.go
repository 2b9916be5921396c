package collector

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/ingest"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/series/sqlite"
	"github.com/lineproof/lineproof/record"
)

func TestWhatTheCollectorAnswers(t *testing.T) {
	t.Parallel()
	ours, theirs := collectortest.NewGateway("huu-lung-01", collectortest.Morning), collectortest.NewGateway("oceanline-01", collectortest.Morning)
	stranger := collectortest.NewGateway("stranger-01", collectortest.Morning)
	sealed, other := work(t, ours, 4), work(t, theirs, 1)
	twin := collectortest.NewGateway(ours.Name, collectortest.Morning) // its memory card in another Raspberry Pi
	forked := work(t, twin, 1)
	twin.Work(t, time.Minute, collectortest.Held, 9, 0)
	forked = append(forked, twin.Work(t, time.Minute, collectortest.Held, 9, 0))
	forged := slices.Clone(sealed[2])
	forged[len(forged)/2] ^= 1

	b := openBench(t, t.TempDir(), collectortest.Keys(ours, theirs))
	for _, step := range []struct {
		name     string
		messages []ingest.Message
		want     []record.Receipt
	}{
		{"the first one", []ingest.Message{b.message(ours.Name, sealed[0])}, []record.Receipt{receipt(ours.Name, 1, sealed[0], 0, "")}},
		{"the same again", []ingest.Message{b.message(ours.Name, sealed[0])}, []record.Receipt{receipt(ours.Name, 1, sealed[0], 0, "")}},
		{"one ahead", []ingest.Message{b.message(ours.Name, sealed[2])}, []record.Receipt{receipt(ours.Name, 1, sealed[0], 0, "")}},
		{
			"two, doubled, with another gateway's between",
			[]ingest.Message{b.message(ours.Name, sealed[1]), b.message(theirs.Name, other[0]), b.message(ours.Name, sealed[1])},
			[]record.Receipt{receipt(ours.Name, 2, sealed[1], 1, ""), receipt(theirs.Name, 1, other[0], 2, "")},
		},
		{
			"one that does not follow",
			[]ingest.Message{b.message(ours.Name, forked[1])},
			[]record.Receipt{receipt(ours.Name, 2, sealed[1], 1, "batch 3 of huu-lung-01: does not follow from the gateway's last batch")},
		},
		{
			"one that was changed on the way",
			[]ingest.Message{b.message(ours.Name, forged)},
			[]record.Receipt{receipt(ours.Name, 2, sealed[1], 1, "key "+record.KeyIDOf(ours.Public()).String()+" of huu-lung-01: the signature does not fit the content")},
		},
		{
			"under another gateway's name",
			[]ingest.Message{b.message(theirs.Name, sealed[2])},
			[]record.Receipt{receipt(theirs.Name, 1, other[0], 2, "batch of huu-lung-01, under the name of oceanline-01: came under another gateway's name")},
		},
		{
			"of a gateway that nobody knows",
			[]ingest.Message{b.message(stranger.Name, stranger.Work(t, time.Minute, 0, 0, 0))},
			[]record.Receipt{receipt(stranger.Name, 0, nil, 0, "key "+record.KeyIDOf(stranger.Public()).String()+": sealed with a key that is not known")},
		},
		{
			"garbage, and a good one behind it",
			[]ingest.Message{b.message(ours.Name, []byte("garbage")), b.message(ours.Name, sealed[2])},
			[]record.Receipt{receipt(ours.Name, 3, sealed[2], 3, "")},
		},
		{
			"a good one, and nothing behind it",
			[]ingest.Message{b.message(ours.Name, sealed[3]), b.message(ours.Name, nil)},
			[]record.Receipt{receipt(ours.Name, 4, sealed[3], 4, "not a sealed batch: no key id or no signature")},
		},
	} {
		got := b.takes(step.messages...)
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}

	refused, err := b.registry.Refused(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var who []string
	for _, f := range refused {
		who = append(who, f.Gateway)
	}
	if diff := cmp.Diff([]string{ours.Name, ours.Name, "", theirs.Name, ours.Name, ours.Name}, who); diff != "" {
		t.Errorf("refused, newest first (-want +got):\n%s", diff)
	}
	if n := value(t, b.metrics.batches); n != 5 {
		t.Errorf("lineproof_batches_total %v, want 5", n)
	}
	if n := value(t, b.metrics.refused); n != 6 {
		t.Errorf("lineproof_refused_total %v, want 6", n)
	}
	got := b.books()
	for i := range got.Intervals {
		if i := got.Intervals[i]; i.Produced != 40 || i.Scrap != 1 {
			t.Errorf("%s of %s: %d produced, %d scrap", i.Start, i.Line, i.Produced, i.Scrap)
		}
	}
}

// TestThreeGatewaysAtOnce lets the pipeline run while three gateways send each batch twice.
func TestThreeGatewaysAtOnce(t *testing.T) {
	t.Parallel()
	var gateways []*collectortest.Gateway
	var messages []ingest.Message
	const n = 200
	var acks atomic.Int64
	for _, name := range []string{"gateway-a", "gateway-b", "gateway-c"} {
		g := collectortest.NewGateway(name, collectortest.Morning)
		gateways = append(gateways, g)
		for i, sealed := range work(t, g, n) {
			m := ingest.Message{Gateway: name, Sealed: sealed, Ack: func() { acks.Add(1) }}
			messages = slices.Insert(messages, min(len(messages), i*len(gateways)), m, m)
		}
	}
	b := openBench(t, t.TempDir(), collectortest.Keys(gateways...))
	last := map[string]uint64{}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	queue, ended := make(chan ingest.Message, len(messages)), make(chan error, 1)
	go func() {
		ended <- b.run(ctx, queue, func(r record.Receipt) error {
			if r.Seq < last[r.Gateway] || r.Error != "" {
				t.Errorf("receipt %d of %s after %d, with error %q", r.Seq, r.Gateway, last[r.Gateway], r.Error)
			}
			last[r.Gateway] = r.Seq
			if last["gateway-a"] == n && last["gateway-b"] == n && last["gateway-c"] == n && len(queue) == 0 {
				cancel()
			}
			return nil
		})
	}()
	for _, m := range messages {
		queue <- m
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(time.Minute):
		t.Fatalf("stands still at %v", last)
	}
	if got := acks.Load(); got != int64(len(messages)) {
		t.Errorf("%d of %d messages acknowledged", got, len(messages))
	}
	all := b.books()
	if all.Next != 3*n || len(all.Gateways) != 3 {
		t.Errorf("%d batches of %d gateways, want %d of 3", all.Next, len(all.Gateways), 3*n)
	}
	produced := map[string]int64{}
	for _, i := range all.Intervals {
		produced[i.Line] += i.Produced
	}
	if diff := cmp.Diff(map[string]int64{"gateway-a-line": 40 * n, "gateway-b-line": 40 * n, "gateway-c-line": 40 * n}, produced); diff != "" {
		t.Errorf("produced (-want +got):\n%s", diff)
	}
}

// failing is a store that does what the real one does, after so many failures.
type failing struct {
	*sqlite.Store
	failures int
	after    bool // it fails after it has written
}

func (f *failing) WriteAll(ctx context.Context, writes []series.Write) error {
	if f.failures == 0 {
		return f.Store.WriteAll(ctx, writes)
	}
	f.failures--
	if f.after {
		if err := f.Store.WriteAll(ctx, writes); err != nil {
			return err
		}
	}
	return errors.New("disk full")
}

func TestViewsThatFailAreTriedAgain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		after bool
	}{{"before they write", false}, {"after they have written", true}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
			sealed := work(t, g, 3)
			b := openBench(t, t.TempDir(), collectortest.Keys(g))
			b.store = &failing{b.store.(*sqlite.Store), 2, tt.after}
			got := b.sends(g.Name, sealed...)
			if diff := cmp.Diff([]record.Receipt{receipt(g.Name, 3, sealed[2], 2, "")}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if n := value(t, b.metrics.viewErrors); n != 2 {
				t.Errorf("lineproof_view_errors_total %v, want 2", n)
			}
			if n, err := b.ledger.Size(t.Context()); err != nil || n != 3 {
				t.Errorf("%d batches in the ledger, %v, want 3", n, err)
			}
			same(t, straight(t, b.keys, g.Name, sealed...), b.books())
		})
	}
}

func TestRefusedMessageThatCannotBeKeptStopsNothing(t *testing.T) {
	t.Parallel()
	b := openBench(t, t.TempDir(), nil)
	if err := b.registry.Close(); err != nil {
		t.Fatal(err)
	}
	if got := b.sends("huu-lung-01", []byte("garbage")); len(got) != 1 || got[0].Error == "" {
		t.Errorf("told %+v, want why it was refused", got)
	}
}
