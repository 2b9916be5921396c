package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/collector/alert"
	"github.com/lineproof/lineproof/dashboards"
	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/internal/command"
	"github.com/lineproof/lineproof/record"
)

// errDone ends an agent and a collector that have done what they were started for.
var errDone = errors.New("done")

// part is one stretch of time in which an agent and a collector run together.
type part struct {
	config []byte        // the agent's
	batch  time.Duration // how often it seals; 0: as its configuration says
	from   time.Time     // where a virtual clock begins, held back by ready; zero: the computer's clock
	http   net.Listener  // nil: nobody looks
	ready  func(*running) error
}

// running is what a part gives to its ready function.
type running struct {
	ctx       context.Context
	clock     clock.Clock
	agent     *edge.Agent
	collector *collector.Collector
}

// together runs agent and collector until ready says errDone, one of them fails, or ctx ends. The agent
// ends first, so that the collector still takes its last batch.
func (d *demo) together(ctx context.Context, p part) (err error) {
	cfg, err := d.agentConfig(p)
	if err != nil {
		return err
	}
	var c clock.Clock = clock.System{}
	if !p.from.IsZero() {
		c = clock.NewVirtual(p.from, cfg.Sleepers()+1)
	}
	d.clock.set(c)
	server, err := d.openCollector(ctx, cfg, collector.Options{Version: command.Version(), Clock: c, Logger: d.log, App: dashboards.Files(), HTTP: p.http})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	cfg.Uplink.Broker = "tcp://" + server.MQTTAddr()
	agent, err := edge.New(cfg, edge.Options{
		Version: command.Version(), Clock: c, Logger: d.log,
		ClockSource: edge.SimulatedClock(c),
	})
	if err != nil {
		return err
	}

	serverCtx, endServer := context.WithCancel(context.WithoutCancel(ctx))
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer endServer()
		return agent.Run(ctx)
	})
	group.Go(func() error { return server.Run(serverCtx) })
	group.Go(func() error {
		return p.ready(&running{ctx: ctx, clock: c, agent: agent, collector: server})
	})
	if err := group.Wait(); !errors.Is(err, errDone) {
		return err
	}
	return nil
}

// openCollector makes the collector that belongs to the agent, and gives both the broker's password.
func (d *demo) openCollector(ctx context.Context, agent *edge.Config, opts collector.Options) (*collector.Collector, error) {
	line, err := edge.PublicKey(agent.Gateway, agent.Dir)
	if err != nil {
		return nil, err
	}
	gateway := collector.Gateway{Password: d.story.Password}
	if err := gateway.Key.UnmarshalText([]byte(strings.Fields(line)[1])); err != nil {
		return nil, err
	}
	cfg := collector.Config{
		Dir: filepath.Join(d.dir, "collector"), Origin: "lineproof-demo", HTTP: "127.0.0.1:0",
		MQTT:     &collector.MQTT{Listen: d.mqtt},
		Gateways: map[string]collector.Gateway{agent.Gateway: gateway},
	}
	if opts.HTTP != nil { // of the weeks that are made up nobody wants to be told
		cfg.Alerts = watched()
	}
	return collector.Open(ctx, cfg, opts)
}

// watched is what the demonstration's start page tells of. Of a day's blocks some 97 % are good, so that there is an alert
// to be looked at.
func watched() *alert.Config {
	const under, atLeast = 0.98, 200
	minutes := func(n int) record.Duration { return record.Duration(time.Duration(n) * time.Minute) }
	return &alert.Config{Timezone: alert.DefaultTimezone, Rules: alert.Rules{
		Stopped: &alert.Stopped{For: minutes(10), Settle: minutes(5)},
		Quality: &alert.Quality{Under: under, Window: minutes(24 * 60), Minimum: atLeast, Settle: minutes(10)},
		Silent:  &alert.Silent{For: minutes(10), Settle: minutes(2)},
	}}
}

// agentConfig loads the agent's configuration from the demonstration's folder, where it stays to be looked at.
func (d *demo) agentConfig(p part) (*edge.Config, error) {
	file := filepath.Join(d.dir, "agent.yaml")
	if err := os.WriteFile(file, p.config, 0o644); err != nil {
		return nil, err
	}
	cfg, err := edge.Load(file, kinds())
	if err != nil {
		return nil, err
	}
	cfg.Dir = filepath.Join(d.dir, "agent")
	cfg.Uplink.Username, cfg.Uplink.PasswordFile = cfg.Gateway, filepath.Join(d.dir, "password")
	if err := os.WriteFile(cfg.Uplink.PasswordFile, []byte(d.story.Password+"\n"), 0o600); err != nil {
		return nil, err
	}
	if p.batch > 0 {
		cfg.Uplink.Batch = record.Duration(p.batch)
	}
	return cfg, nil
}

// kinds are the drivers that the demonstration's agent has.
func kinds() map[string]drivers.Kind {
	return map[string]drivers.Kind{"modbus": modbus.Kind()}
}

var everyKey = regexp.MustCompile(`\bevery: [0-9a-z.]+`)

// withAddress puts a plant's real address into one of its configurations.
func withAddress(config []byte, addr string) []byte {
	return []byte(strings.ReplaceAll(string(config), "127.0.0.1:1502", addr))
}

// movable is a clock that can be exchanged under those who look at it.
type movable struct{ clock atomic.Pointer[clock.Clock] }

func (m *movable) set(c clock.Clock) { m.clock.Store(&c) }

// Now is the time of the clock that is set.
func (m *movable) Now() time.Time { return (*m.clock.Load()).Now() }

// SleepUntil waits by the clock that is set.
func (m *movable) SleepUntil(ctx context.Context, t time.Time) error {
	return (*m.clock.Load()).SleepUntil(ctx, t)
}
