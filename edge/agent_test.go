package edge_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/edge/edgetest"
	"github.com/lineproof/lineproof/edge/publish"
	"github.com/lineproof/lineproof/internal/clock"
	blockpress "github.com/lineproof/lineproof/lines/block-press"
	"github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// faulty is a unit of a PLC whose program has stopped for a while.
type faulty struct {
	plc.Unit
	failing *atomic.Bool
}

func (f faulty) Read(table plc.Table, at, count uint16) ([]uint16, error) {
	if f.failing.Load() {
		return nil, plc.ServerFailure
	}
	return f.Unit.Read(table, at, count)
}

// serve answers for units over Modbus TCP until the test ends or stop is called.
func serve(t *testing.T, address string, units map[uint8]plc.Unit) (at string, stop func()) {
	t.Helper()
	ln, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := plc.Serve(ctx, ln, units); err != nil {
			t.Error(err)
		}
	})
	stop = sync.OnceFunc(func() {
		cancel()
		done.Wait()
	})
	t.Cleanup(stop)
	return ln.Addr().String(), stop
}

// configure is the block line's own configuration, with the addresses of this test.
func configure(t *testing.T, plant, broker string) *edge.Config {
	t.Helper()
	src := strings.NewReplacer("tcp://127.0.0.1:1502", "tcp://"+plant, "tcp://127.0.0.1:1883", broker,
		"/var/lib/lineproof-edge", t.TempDir()).Replace(string(blockpress.Config()))
	c, err := edge.Parse("line.yaml", []byte(src), kinds())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func collect(t *testing.T, b *edgetest.Broker, c *edge.Config) *edgetest.Collector {
	t.Helper()
	line, err := edge.PublicKey(c.Gateway, c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(line, c.Gateway+" "))
	if err != nil {
		t.Fatal(err)
	}
	return edgetest.StartCollector(t, b, c.Gateway, ed25519.PublicKey(key))
}

// history runs an agent in virtual time from start to end, and what then says when it got there.
type history struct {
	t     *testing.T
	clock *clock.Virtual
	agent *edge.Agent
	stop  func()
}

func live(t *testing.T, c *edge.Config, v *clock.Virtual) *history {
	t.Helper()
	agent, err := edge.New(c, edge.Options{
		Clock:       v,
		ClockSource: edge.SimulatedClock(v),
		Publish:     publish.Options{ReceiptTimeout: 2 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := agent.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	h := &history{t: t, clock: v, agent: agent}
	h.stop = sync.OnceFunc(func() {
		cancel()
		done.Wait()
	})
	t.Cleanup(h.stop)
	return h
}

// pass lets the time pass until then, and everything that was sealed be received.
func (h *history) pass(then time.Time) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	if err := h.clock.SleepUntil(ctx, then); err != nil {
		h.t.Fatalf("until %s: %v; it is %s", then, err, h.clock.Now())
	}
	sealed, _ := h.agent.Progress()
	if err := h.agent.WaitReceived(ctx, sealed); err != nil {
		h.t.Fatalf("batch %d: %v", sealed, err)
	}
}

func TestAnHourOfTheBlockLineInVirtualTime(t *testing.T) {
	start := time.Date(2027, 2, 1, 1, 0, 0, 0, time.UTC) // Monday, 08:00 in Vietnam
	b := edgetest.StartBroker(t)
	var failing atomic.Bool
	units := map[uint8]plc.Unit{}
	address, _ := serve(t, "127.0.0.1:0", units)
	c := configure(t, address, b.URL)
	v := clock.NewVirtual(start, c.Sleepers()+1)
	plant, err := blockpress.New(blockpress.Options{Seed: 1, Start: start.Add(-2 * time.Hour), Clock: v})
	if err != nil {
		t.Fatal(err)
	}
	for id, u := range plant.Units() {
		units[id] = faulty{u, &failing}
	}
	collector := collect(t, b, c)
	h := live(t, c, v)
	h.pass(start.Add(30 * time.Minute))
	failing.Store(true)
	h.pass(start.Add(32 * time.Minute))
	failing.Store(false)
	h.pass(start.Add(time.Hour))
	h.stop()

	seen := collector.Seen()
	if len(seen.Batches) < 300 || len(seen.Batches) > 362 {
		t.Errorf("%d batches of 10 s in an hour less two minutes", len(seen.Batches))
	}
	first := seen.Batches[0]
	if cat, err := record.DecodeCatalogue(first.Catalogue); err != nil || cat.Signals["press.cycles"].Driver != "modbus" {
		t.Errorf("catalogue %q: %v", first.Catalogue, err)
	}
	if first.Clock.State != record.ClockSimulated {
		t.Errorf("clock %s", first.Clock.State)
	}
	checkObserved(t, seen.Batches, start)
	checkReadings(t, seen.Batches)
	if len(seen.Live) == 0 {
		t.Error("nothing was shown live")
	}
	if p, there := seen.Status.Ports["tcp://"+address]; !there || p.Busy < 0 || p.Busy > 1 {
		t.Errorf("ports %v", seen.Status.Ports)
	}
}

// checkObserved: the press is polled each second, and fails for two minutes.
func checkObserved(t *testing.T, batches []record.Batch, start time.Time) {
	t.Helper()
	var observed time.Duration
	var polls, failed uint32
	var end time.Time
	for _, b := range batches {
		for _, o := range b.Observed {
			if o.Device != "press" {
				continue
			}
			polls, failed = polls+o.Polls, failed+o.Failed
			for _, s := range o.Spans {
				if s.From.Before(end) {
					t.Errorf("batch %d: span %v begins before the last one's end", b.Seq, s)
				}
				observed, end = observed+s.Duration(), s.To
			}
		}
	}
	if polls+failed < 3599 || polls+failed > 3601 || failed < 115 {
		t.Errorf("%d polls and %d that failed", polls, failed)
	}
	if observed > 58*time.Minute || observed < 56*time.Minute {
		t.Errorf("observed %s of 58 minutes", observed)
	}
	if end.Before(start.Add(time.Hour - 2*time.Second)) {
		t.Errorf("observed until %s", end)
	}
}

// checkReadings: counters never go back, silence is told once, unchanged values once a minute.
func checkReadings(t *testing.T, batches []record.Batch) {
	t.Helper()
	var cycles, moulds []record.Reading
	windows := 0
	for _, b := range batches {
		for _, r := range b.Readings {
			switch r.Signal {
			case "press.cycles":
				cycles = append(cycles, r)
			case "press.mould":
				moulds = append(moulds, r)
			case "meter.power":
				if r.Window != nil && r.Window.Span == time.Minute && r.Time.Second() == 0 {
					windows++
				}
			}
		}
	}
	missing, last := 0, record.Reading{}
	for _, r := range cycles {
		if r.Quality == record.Missing {
			missing++
			continue
		}
		if r.Value.Uint() < last.Value.Uint() {
			t.Errorf("%v after %v", r, last)
		}
		last = r
	}
	if made := last.Value.Uint() - cycles[0].Value.Uint(); missing != 1 || made < 100 || made > 250 {
		t.Errorf("%d cycles, missing %d times", made, missing)
	}
	if len(moulds) < 57 || len(moulds) > 70 {
		t.Errorf("the mould was reported %d times in an hour", len(moulds))
	}
	if windows < 56 || windows > 60 {
		t.Errorf("%d windows of a minute", windows)
	}
}

func TestARestartGoesOnWithTheChain(t *testing.T) {
	start := time.Date(2027, 2, 1, 1, 0, 0, 0, time.UTC)
	b := edgetest.StartBroker(t)
	plant, err := blockpress.New(blockpress.Options{Seed: 1, Start: start})
	if err != nil {
		t.Fatal(err)
	}
	address, _ := serve(t, "127.0.0.1:0", plant.Units())
	c := configure(t, address, b.URL)
	collector := collect(t, b, c)
	for run := range 3 {
		from := start.Add(time.Duration(run) * time.Hour)
		h := live(t, c, clock.NewVirtual(from, c.Sleepers()+1))
		h.pass(from.Add(time.Minute))
		h.stop()
	}
	catalogues := 0
	for _, batch := range collector.Seen().Batches {
		if len(batch.Catalogue) > 0 {
			catalogues++
		}
	}
	if catalogues != 3 {
		t.Errorf("%d catalogues in three runs", catalogues)
	}
}

func TestTwoAgentsCannotShareADirectory(t *testing.T) {
	c := configure(t, "127.0.0.1:1", "tcp://127.0.0.1:1")
	agent, err := edge.New(c, edge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := edge.New(c, edge.Options{}); err == nil || !strings.Contains(err.Error(), "is in use by another lineproof-edge") {
		t.Errorf("got %v", err)
	}
	if err := agent.Close(); err != nil {
		t.Error(err)
	}
	again, err := edge.New(c, edge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}
