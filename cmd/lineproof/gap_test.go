package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/internal/clock"
)

// TestAFullSpoolLeavesAGapAndGoesOn keeps an agent without its collector until its small spool has dropped
// most of what it sealed. When the collector comes, it passes over the hole because the agent owns up to
// it under its seal, and what follows from the ledger is the same again at a rebuild.
func TestAFullSpoolLeavesAGapAndGoesOn(t *testing.T) {
	begin := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) // a Monday, 07:00 in Hà Nội
	dir := t.TempDir()
	hall := openVirtualHall(t, dir, begin, "every: 30s")
	work := func(broker string, from time.Time, d time.Duration, until func(*edge.Agent)) {
		t.Helper()
		hall.work(broker, from, d, 5*time.Minute, spool.Options{SegmentBytes: 8 << 10, MaxBytes: 32 << 10}, until)
	}
	work("tcp://127.0.0.1:9", begin, 24*time.Hour, func(a *edge.Agent) {
		if sealed, received := a.Progress(); sealed < 200 || received != 0 {
			t.Fatalf("%d sealed, %d received", sealed, received)
		}
	})

	cfg := hall.collector()
	now := begin.Add(27 * time.Hour)
	opts := collector.Options{Clock: clock.NewVirtual(now, 2), Logger: slog.New(slog.DiscardHandler), App: os.DirFS(dir)}
	server, err := collector.Open(t.Context(), cfg, opts)
	if err != nil {
		t.Fatal(err)
	}
	run, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(run) }()
	work("tcp://"+server.MQTTAddr(), begin.Add(24*time.Hour), 3*time.Hour, func(a *edge.Agent) {
		sealed, _ := a.Progress()
		waiting, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := a.WaitReceived(waiting, sealed); err != nil {
			_, received := a.Progress()
			t.Fatalf("%d of %d batches received: %v", received, sealed, err)
		}
	})
	row := get[rows](t, fmt.Sprintf("http://%s/api/v1/lines/block-line/kpi?from=%s&to=%s", server.HTTPAddr(),
		begin.Format(time.RFC3339), now.Format(time.RFC3339))).Rows[0]
	if row.Coverage == nil || *row.Coverage > 0.6 || *row.Coverage < 0.05 {
		t.Errorf("coverage %v, want what is left of 27 hours after most was dropped", row.Coverage)
	}
	if row.ProducedQuantity == nil || *row.ProducedQuantity == 0 {
		t.Error("nothing of what was left is counted")
	}
	end()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	// The agent's very last batch may have come into the ledger only: the next start brings the views up to it.
	if server, err = collector.Open(t.Context(), cfg, opts); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := collector.Rebuild(t.Context(), cfg, opts)
	if err != nil {
		t.Fatal(err)
	}
	if r.Before != r.After || r.Batches == 0 {
		t.Errorf("the views of %d batches were %s and are %s after a rebuild", r.Batches, r.Before, r.After)
	}
}
