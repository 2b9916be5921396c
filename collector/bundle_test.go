package collector

import (
	"bytes"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/evidence/audit"
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

func TestABundleHolds(t *testing.T) {
	t.Parallel()
	c, g := hourOfWork(t)
	file := bundleOf(t, c, collectortest.Line(g.Name), collectortest.Morning.Add(2*time.Hour), collectortest.Morning.Add(3*time.Hour))
	r, err := audit.Run(bytes.NewReader(file), int64(len(file)), audit.Options{Ledger: c.Verifier(), Gateways: collectortest.Keys(g)})
	if err != nil {
		t.Fatal(err)
	}
	en, err := tongue.New(tongue.English)
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK() {
		t.Error(r.Text(en))
	}
	t.Log(r.Text(en))
}
