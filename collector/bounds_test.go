package collector

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/time/rate"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/ingest"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/internal/influxtest"
	"github.com/lineproof/lineproof/record"
)

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestTenThousandUnknownNamesAndAFloodOfForgedBatches: neither memory nor disk grows with them, and a gateway that may
// send is not held up.
func TestTenThousandUnknownNamesAndAFloodOfForgedBatches(t *testing.T) {
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	b := openBench(t, t.TempDir(), collectortest.Keys(g))
	b.quiet = rate.NewLimiter(refusedPerSecond, refusedAtOnce)
	shown := board.New(b.store, clock.NewVirtual(receivedAt, 1))
	shown.Know(g.Name)
	b.refused = shown.Refused
	b.accepted = shown.Accepted
	sealed := work(t, g, 40)
	b.sends(g.Name, sealed[0])
	large := strings.Repeat("x", record.MaxSealed)
	before := heap()
	for n := range 40 {
		var messages []ingest.Message
		for i := range 250 {
			name := fmt.Sprintf("name-%d", n*250+i)
			messages = append(messages, b.message(name, fmt.Appendf(nil, "%d %s", i, large[:20_000])))
			shown.Status(name, record.Status{Online: true, Version: large}, false)
			shown.Live(name, record.Live{Values: map[string]any{"a.b": large}})
		}
		messages = append(messages, b.message(g.Name, fmt.Appendf(nil, "forged %d %s", n, large[:20_000])), b.message(g.Name, sealed[n]))
		for _, r := range b.takes(messages...) {
			if r.Gateway == g.Name && r.Seq != uint64(n+1) {
				t.Fatalf("after flood %d: %+v", n, r)
			}
		}
	}
	if grown := int64(heap()) - int64(before); grown > 4<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	refused, err := b.registry.Refused(t.Context())
	if err != nil || len(refused) > 200 {
		t.Errorf("%d messages kept, %v", len(refused), err)
	}
	if info, err := os.Stat(filepath.Join(b.dir, "registry.db")); err != nil || info.Size() > 32<<20 {
		t.Errorf("registry: %d bytes, %v", info.Size(), err)
	}
	if c, err := shown.Collector(t.Context()); err != nil || len(c.Refused) == 0 || len(c.Refused) > 20 {
		t.Errorf("%d of unknown names shown, %v", len(c.Refused), err)
	}
	if all, err := shown.Gateways(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("%d gateways shown, %v", len(all), err)
	}
}

// TestAPointThatInfluxDBWillNeverTake is shown, on the page and after the next start, while all others are stored.
func TestAPointThatInfluxDBWillNeverTake(t *testing.T) {
	db := influxtest.Start(t)
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	cfg := config(t, g)
	cfg.Influx = &Influx{URL: db.URL, Bucket: db.Database + "/autogen"}
	r := run(t, cfg)
	for n := range 3 {
		batch := g.Batch(t)
		batch.SealedAt = g.At
		v := record.IntValue(int64(n))
		if n == 1 {
			v = record.TextValue("poison")
		}
		for _, signal := range []string{"press.note", "press.cycles"} {
			batch.Readings = append(batch.Readings, record.Reading{Signal: signal, Time: g.At, Value: v, Quality: record.Good})
			v = record.UintValue(uint64(n))
		}
		g.At = g.At.Add(10e9)
		if got := r.deliver(g, g.Seal(t, batch)); got.Seq != uint64(n+1) {
			t.Fatalf("receipt %+v", got)
		}
	}
	isolated := func() []board.Isolated {
		t.Helper()
		var c board.Collector
		if err := json.Unmarshal([]byte(r.page("/api/v1/collector", 200)), &c); err != nil {
			t.Fatal(err)
		}
		return c.Isolated
	}
	got := isolated()
	if len(got) != 1 || !strings.Contains(got[0].Point, `note="poison"`) || !strings.Contains(got[0].Reason, "field type conflict") {
		t.Errorf("isolated %+v", got)
	}
	r.stop()
	r = run(t, cfg)
	if again := isolated(); len(again) != 1 || again[0].Point != got[0].Point {
		t.Errorf("after a start: %+v", again)
	}
	r.stop()
	if text := db.Query(t, `SELECT count(cycles), count(note) FROM signal`); !strings.Contains(text, `,3,2]`) {
		t.Errorf("stored: %s", text)
	}
}
