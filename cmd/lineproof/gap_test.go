package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/internal/clock"
	blockpress "github.com/lineproof/lineproof/lines/block-press"
	"github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/record"
)

// TestAFullSpoolLeavesAGapAndGoesOn keeps an agent without its collector until its small spool has dropped
// most of what it sealed. When the collector comes, it passes over the hole because the agent owns up to
// it under its seal, and what follows from the ledger is the same again at a rebuild.
func TestAFullSpoolLeavesAGapAndGoesOn(t *testing.T) {
	begin := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) // a Monday, 07:00 in Hà Nội
	plantClock := &movable{}
	plantClock.set(clock.NewVirtual(begin, 1))
	plant, err := blockpress.New(blockpress.Options{Seed: 1, Start: begin, Clock: plantClock})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- plc.Serve(ctx, ln, plant.Units()) }()
	defer func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()
	dir := t.TempDir()
	password := filepath.Join(dir, "password")
	write(t, password, "secret")
	config := everyKey.ReplaceAllString(string(withAddress(blockpress.Config(), ln.Addr().String())), "every: 30s")
	// work runs an agent for some hours and gives how far it sealed.
	work := func(broker string, from time.Time, d time.Duration, until func(*edge.Agent)) {
		t.Helper()
		cfg, err := edge.Parse("line.yaml", []byte(config), kinds())
		if err != nil {
			t.Fatal(err)
		}
		cfg.Dir, cfg.Uplink.Batch = filepath.Join(dir, "agent"), record.Duration(5*time.Minute)
		cfg.Uplink.Broker, cfg.Uplink.Username, cfg.Uplink.PasswordFile = broker, cfg.Gateway, password
		c := clock.NewVirtual(from, cfg.Sleepers()+1)
		plantClock.set(c)
		agent, err := edge.New(cfg, edge.Options{Clock: c, Drain: time.Millisecond, Spool: spool.Options{SegmentBytes: 8 << 10, MaxBytes: 32 << 10}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- agent.Run(ctx) }()
		if err := c.SleepUntil(t.Context(), from.Add(d)); err != nil {
			t.Fatal(err)
		}
		until(agent)
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	}
	work("tcp://127.0.0.1:9", begin, 24*time.Hour, func(a *edge.Agent) {
		if sealed, received := a.Progress(); sealed < 200 || received != 0 {
			t.Fatalf("%d sealed, %d received", sealed, received)
		}
	})

	public, err := edge.PublicKey("huu-lung-01", filepath.Join(dir, "agent"))
	if err != nil {
		t.Fatal(err)
	}
	gateway := collector.Gateway{Password: "secret"}
	if err := gateway.Key.UnmarshalText([]byte(strings.Fields(public)[1])); err != nil {
		t.Fatal(err)
	}
	cfg := collector.Config{
		Dir: filepath.Join(dir, "collector"), Origin: "test", HTTP: "127.0.0.1:0", MQTT: &collector.MQTT{Listen: "127.0.0.1:0"},
		Gateways: map[string]collector.Gateway{"huu-lung-01": gateway},
	}
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
