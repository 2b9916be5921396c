package collector

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/evidence/audit"
	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/internal/tongue"
)

// hourOfWork is the ledger of two gateways, whose batches of ten minutes come in turn, and of the office.
func hourOfWork(t *testing.T) (*Collector, *collectortest.Gateway) {
	t.Helper()
	g, other := collectortest.NewGateway("huu-lung-01", collectortest.Morning), collectortest.NewGateway("huu-lung-02", collectortest.Morning)
	return hold(t, g, other, func(b *bench) {
		for n := range 40 {
			b.sends(g.Name, g.Work(t, 5*time.Minute, collectortest.Execute, 20, uint64(n%2)))
			b.sends(other.Name, other.Work(t, 5*time.Minute, collectortest.Execute, 19, 1))
		}
	}), g
}

// hold is a collector that holds what was sent to a bench, and does not run.
func hold(t *testing.T, g, other *collectortest.Gateway, send func(*bench)) *Collector {
	t.Helper()
	cfg := config(t, g)
	cfg.Gateways[other.Name] = Gateway{Key: PublicKey(other.Public())}
	b := openBench(t, cfg.Dir, collectortest.Keys(g, other))
	send(b)
	b.close()
	c := &Collector{cfg: cfg, opts: options()}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := c.openStores(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.openPipeline(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.pipeline.catchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func bundleOf(t *testing.T, c *Collector, line string, from, to time.Time) []byte {
	t.Helper()
	b, err := c.Bundle(t.Context(), line, from, to)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := b.Write(t.Context(), &out, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// verified audits a bundle as somebody who knows all keys.
func verified(t *testing.T, c *Collector, g *collectortest.Gateway, file []byte) (r *audit.Report, text string) {
	t.Helper()
	r, err := audit.Run(bytes.NewReader(file), int64(len(file)), audit.Options{Ledger: c.Verifier(), Gateways: collectortest.Keys(g)})
	if err != nil {
		t.Fatal(err)
	}
	en, err := tongue.New(tongue.English)
	if err != nil {
		t.Fatal(err)
	}
	return r, r.Text(en)
}

// TestABundleHolds also wants its figures to be those of the pages.
func TestABundleHolds(t *testing.T) {
	t.Parallel()
	c, g := hourOfWork(t)
	from, to := collectortest.Morning.Add(2*time.Hour), collectortest.Morning.Add(3*time.Hour)
	file := bundleOf(t, c, collectortest.Line(g.Name), from, to)
	if r, text := verified(t, c, g, file); !r.OK() {
		t.Error(text)
	}
	b, err := bundle.Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.KPIs()
	if err != nil {
		t.Fatal(err)
	}
	for _, grouping := range bundle.Groupings() {
		rows, err := c.board.KPI(t.Context(), collectortest.Line(g.Name), board.KPIQuery{From: from, To: to, By: by(grouping)})
		if err != nil {
			t.Fatal(err)
		}
		var want []json.RawMessage
		for _, r := range rows {
			text, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, text)
		}
		if diff := cmp.Diff(asJSON(t, want), asJSON(t, got[grouping])); diff != "" {
			t.Errorf("by %s (-pages +bundle):\n%s", grouping, diff)
		}
	}
}

func asJSON(t *testing.T, rows []json.RawMessage) (all []any) {
	t.Helper()
	for _, r := range rows {
		var v any
		if err := json.Unmarshal(r, &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// TestABundleOfChangedViewsFails is of results that somebody changed who has the collector's files.
func TestABundleOfChangedViewsFails(t *testing.T) {
	t.Parallel()
	g, other := collectortest.NewGateway("huu-lung-01", collectortest.Morning), collectortest.NewGateway("huu-lung-02", collectortest.Morning)
	c := hold(t, g, other, func(b *bench) { b.sends(g.Name, work(t, g, 200)...) })
	embellish(t, filepath.Join(c.cfg.Dir, "series.db"))
	r, text := verified(t, c, g, bundleOf(t, c, collectortest.Line(g.Name), collectortest.Morning, collectortest.Morning.Add(3*time.Hour)))
	if r.Check(audit.Intervals).State != audit.Fails || r.Check(audit.Signatures).State != audit.Holds || !strings.Contains(text, "Scrap: the bundle says 0, the readings say") {
		t.Error(text)
	}
}

// TestABundleEndsWithTheLastFinalMinute wants no minute in it that may still grow, and an error where there is none.
func TestABundleEndsWithTheLastFinalMinute(t *testing.T) {
	t.Parallel()
	c, g := hourOfWork(t)
	end := collectortest.Morning.Add(200 * time.Minute)
	b, err := c.Bundle(t.Context(), collectortest.Line(g.Name), collectortest.Morning, end.Add(24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := b.Period().To, end.Add(-3*time.Minute); !got.Equal(want) {
		t.Errorf("ends at %s, want %s", got, want)
	}
	if r, text := verified(t, c, g, bundleOf(t, c, collectortest.Line(g.Name), collectortest.Morning, end.Add(24*time.Hour))); !r.OK() {
		t.Error(text)
	}
	if _, err := c.Bundle(t.Context(), collectortest.Line(g.Name), end, end.Add(time.Hour)); !errors.Is(err, board.ErrOpen) {
		t.Errorf("a period without a final minute: %v", err)
	}
	if _, err := c.Bundle(t.Context(), "oil", collectortest.Morning, end); !errors.Is(err, board.ErrNotFound) {
		t.Errorf("a line that there is not: %v", err)
	}
}
