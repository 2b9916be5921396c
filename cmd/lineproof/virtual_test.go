package main

import (
	"context"
	"net"
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

// virtualHall is the block line's plant in a time that passes as fast as its agent works.
type virtualHall struct {
	t        *testing.T
	dir      string // the agent's is in it
	password string // file
	config   []byte
	clock    *movable
}

// openVirtualHall serves a plant that begins at a time, to be polled as every says.
func openVirtualHall(t *testing.T, dir string, begin time.Time, every string) *virtualHall {
	t.Helper()
	h := &virtualHall{t: t, dir: dir, password: filepath.Join(dir, "password"), clock: &movable{}}
	write(t, h.password, "secret")
	h.clock.set(clock.NewVirtual(begin, 1))
	plant, err := blockpress.New(blockpress.Options{Seed: 1, Start: begin, Clock: h.clock})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- plc.Serve(ctx, ln, plant.Units()) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	h.config = everyKey.ReplaceAll(withAddress(blockpress.Config(), ln.Addr().String()), []byte(every))
	return h
}

// work runs an agent from a time on for so long, and then until says so.
func (h *virtualHall) work(broker string, from time.Time, d, batch time.Duration, opts spool.Options, until func(*edge.Agent)) {
	h.t.Helper()
	agent, c, stop := h.agent(broker, from, batch, opts)
	if err := c.SleepUntil(h.t.Context(), from.Add(d)); err != nil {
		h.t.Fatal(err)
	}
	until(agent)
	stop()
}

// agent runs one from a time on until it is stopped. Whoever sleeps by its clock lets the time pass.
func (h *virtualHall) agent(broker string, from time.Time, batch time.Duration, opts spool.Options) (agent *edge.Agent, c *clock.Virtual, stop func()) {
	h.t.Helper()
	cfg, err := edge.Parse("line.yaml", h.config, kinds())
	if err != nil {
		h.t.Fatal(err)
	}
	cfg.Dir, cfg.Uplink.Batch = filepath.Join(h.dir, "agent"), record.Duration(batch)
	cfg.Uplink.Broker, cfg.Uplink.Username, cfg.Uplink.PasswordFile = broker, cfg.Gateway, h.password
	c = clock.NewVirtual(from, cfg.Sleepers()+1)
	h.clock.set(c)
	if agent, err = edge.New(cfg, edge.Options{Clock: c, Drain: time.Millisecond, Spool: opts}); err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(h.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- agent.Run(ctx) }()
	return agent, c, func() {
		cancel()
		if err := <-ended; err != nil {
			h.t.Fatal(err)
		}
	}
}

// collector is the configuration of one for the hall's agent.
func (h *virtualHall) collector() collector.Config {
	h.t.Helper()
	public, err := edge.PublicKey("huu-lung-01", filepath.Join(h.dir, "agent"))
	if err != nil {
		h.t.Fatal(err)
	}
	gateway := collector.Gateway{Password: "secret"}
	if err := gateway.Key.UnmarshalText([]byte(strings.Fields(public)[1])); err != nil {
		h.t.Fatal(err)
	}
	return collector.Config{
		Dir: filepath.Join(h.dir, "collector"), Origin: "test", HTTP: "127.0.0.1:0", MQTT: &collector.MQTT{Listen: "127.0.0.1:0"},
		Gateways: map[string]collector.Gateway{"huu-lung-01": gateway},
	}
}
