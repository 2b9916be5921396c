package edge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/lineproof/lineproof/edge/publish"
	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/internal/dirlock"
	"github.com/lineproof/lineproof/internal/durable"
	"github.com/lineproof/lineproof/record"
)

// Options sets how an agent runs; zero values take the defaults.
type Options struct {
	Version     string
	Clock       clock.Clock     // must never jump; a steady one that begins with the system's time
	ClockSource func() Sighting // what the system says of its own clock; the kernel's answer, or with a Clock that it is simulated
	Logger      *slog.Logger
	Spool       spool.Options
	Publish     publish.Options // Status and Logger are the agent's own
	Drain       time.Duration   // how long Run waits at its end for the last receipts; 3 s
}

func (o Options) withDefaults() Options {
	switch {
	case o.Clock == nil:
		o.Clock = clock.NewSteady()
		if o.ClockSource == nil {
			o.ClockSource = SystemClock
		}
	case o.ClockSource == nil:
		o.ClockSource = SimulatedClock(o.Clock)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Drain <= 0 {
		o.Drain = 3 * time.Second
	}
	o.Spool.Logger = o.Logger
	return o
}

// Agent reads the devices of one gateway and gets what they say to the collector.
type Agent struct {
	config    *Config
	opts      Options
	started   time.Time // by the agent's clock
	lock      *dirlock.Lock
	spool     *spool.Spool
	aside     *undated
	time      *timekeeper
	keys      *keys
	boots     *boots
	ledger    *ledgerWatch
	sealer    *sealer
	publisher *publish.Publisher
	intake    *intake
	deriver   *deriver
	devices   []*device
	ports     []*port
	planned   map[string]float64 // share of its time that each port's plan needs
}

// New takes the agent's directory, opens its spool and its devices. It waits for none of them, nor for
// the broker. The caller has to Run or Close the agent.
func New(c *Config, opts Options) (*Agent, error) {
	a := &Agent{config: c, opts: opts.withDefaults(), intake: newIntake(c.Devices), deriver: newDeriver(c)}
	a.started = a.now()
	if err := a.open(); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *Agent) open() error {
	if err := durable.MkdirAll(a.config.Dir); err != nil {
		return fmt.Errorf("make directory: %w", err)
	}
	var err error
	if a.lock, err = dirlock.Take(a.config.Dir, "lineproof-edge"); err != nil {
		return err
	}
	if a.keys, err = openKeys(a.config.Dir, a.opts.Logger); err != nil {
		return err
	}
	a.time = openTimekeeper(a.opts.ClockSource, a.opts.Clock, filepath.Join(a.config.Dir, "clock"), a.opts.Logger)
	a.boots = openBoots(filepath.Join(a.config.Dir, "boots"), a.time.look().Boot, a.opts.Logger)
	a.ledger = openLedgerWatch(a.config.Dir, a.now, a.opts.Logger)
	catalogue, err := a.config.Catalogue().Encode()
	if err != nil {
		return fmt.Errorf("encode catalogue: %w", err)
	}
	var gaps []record.Gap
	if a.spool, gaps, err = spool.Open(filepath.Join(a.config.Dir, "spool"), a.opts.Spool); err != nil {
		return err
	}
	if err := probe(a.config.Gateway, catalogue, a.keys.current()); err != nil {
		return err
	}
	head, _ := a.spool.Head()
	var unsealed []record.Gap
	if a.aside, unsealed, err = openUndated(filepath.Join(a.config.Dir, "undated"), a.config.Gateway, a.opts.Spool, head, a.opts.Logger); err != nil {
		return err
	}
	a.sealer = &sealer{
		gateway: a.config.Gateway, keys: a.keys, spool: a.spool, time: a.time, aside: a.aside, catalogue: catalogue,
		log: a.opts.Logger, gaps: append(slices.Clone(gaps), unsealed...), lost: gaps,
		notice: func(seq uint64) { a.publisher.Notice(seq) },
	}
	if err := a.openPublisher(); err != nil {
		return err
	}
	return a.openDevices()
}

func (a *Agent) openPublisher() (err error) {
	u, opts := a.config.Uplink, a.opts.Publish
	opts.Status, opts.Logger = a.status, a.opts.Logger
	opts.Told, opts.Received, opts.Lost = a.time.told, a.keys.received, a.sealer.owe
	opts.Ledger = a.judgeLedger
	opts.OwnBoot, opts.Superseded = a.boots.own, a.sealer.confess
	opts.CatchUp = a.config.Uplink.CatchUp
	a.publisher, err = publish.New(publish.Config{
		Gateway: a.config.Gateway, Broker: u.Broker, Username: u.Username, PasswordFile: u.PasswordFile,
		CA: u.CA, Cert: u.Cert, Key: u.Key,
	}, a.spool, opts)
	return err
}

// openDevices opens the devices and gathers those that are polled by their ports.
func (a *Agent) openDevices() error {
	ports := map[string]*port{}
	a.planned = map[string]float64{}
	for _, p := range a.config.Ports() {
		a.planned[p.Port] = p.Share
	}
	for _, d := range a.config.Devices {
		dev, err := openDevice(d, a.opts.Logger)
		if err != nil {
			return err
		}
		a.devices = append(a.devices, dev)
		if d.Config.Period() <= 0 {
			continue
		}
		name := d.Config.Port()
		if ports[name] == nil {
			ports[name] = &port{name: name, clock: a.opts.Clock, log: a.opts.Logger, poll: a.poll}
		}
		ports[name].devices = append(ports[name].devices, dev)
	}
	for _, name := range slices.Sorted(maps.Keys(ports)) {
		a.ports = append(a.ports, ports[name])
	}
	return nil
}

// Sleepers is that of the agent's configuration.
func (a *Agent) Sleepers() int { return a.config.Sleepers() }

// Progress is the number of the last batch sealed and of the last one that the collector confirmed.
func (a *Agent) Progress() (sealed, received uint64) {
	sealed, _ = a.spool.Head()
	return sealed, a.spool.Received()
}

// WaitReceived returns when the collector has confirmed batch seq, or with ctx's error.
func (a *Agent) WaitReceived(ctx context.Context, seq uint64) error {
	return a.publisher.WaitReceived(ctx, seq)
}

// Run polls, seals and publishes until ctx ends. Then it seals what was collected, gives the collector a
// moment to confirm it, and closes the agent. Only what it failed to store or close makes an error.
func (a *Agent) Run(ctx context.Context) error {
	var work, uplink sync.WaitGroup
	publishing, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	uplink.Go(func() { a.publisher.Run(publishing) })
	for _, p := range a.ports {
		work.Go(func() { p.run(ctx) })
	}
	for _, d := range a.devices {
		a.watch(ctx, d, &work)
	}
	work.Go(func() { a.batches(ctx) })
	work.Wait()

	err := a.finish()
	if sealed, _ := a.Progress(); a.publisher.Connected() {
		waiting, cancel := context.WithTimeout(publishing, a.opts.Drain)
		if a.WaitReceived(waiting, sealed) != nil {
			a.opts.Logger.Info("the last batches have no receipt yet; they are sent after the next start", "waiting", a.spool.Len())
		}
		cancel()
	}
	stop()
	uplink.Wait()
	return errors.Join(err, a.Close())
}

// Close lets go of devices, spool and directory. It is for an agent that was not run.
func (a *Agent) Close() error {
	var errs []error
	for _, d := range a.devices {
		errs = append(errs, d.driver.Close())
	}
	a.devices = nil
	if a.spool != nil {
		errs = append(errs, a.spool.Close())
	}
	if a.aside != nil {
		errs = append(errs, a.aside.close())
	}
	if a.lock != nil {
		if a.ledger != nil {
			a.ledger.close()
		}
		errs = append(errs, a.lock.Release())
		a.lock = nil
	}
	return errors.Join(errs...)
}

// judgeLedger holds a receipt against the batch that it is for, while that is kept.
func (a *Agent) judgeLedger(r record.Receipt) (ok bool) {
	var sealed []byte
	if r.Seq > 0 {
		if kept, ok := a.spool.Next(r.Seq - 1); ok && kept.Seq == r.Seq {
			sealed = kept.Sealed
		}
	}
	return a.ledger.receipt(r, sealed)
}

// status is how the gateway is; whether it is online is not for it to say. It asks the collector what time it is,
// under the given number, where no time server says; 0: it asks nothing.
func (a *Agent) status(asked uint64) record.Status {
	sealed, received := a.Progress()
	m := a.time.look()
	c := m.clock()
	s := record.Status{
		Time: m.date(m.steady), Version: a.opts.Version, Started: m.date(a.started),
		Seq: sealed, Received: received, SpoolBytes: a.spool.Bytes(), Undated: a.aside.len(),
		Clock: c.State, ErrorS: c.ErrorBound.Seconds(),
		Devices: map[string]record.DeviceStatus{}, Ports: map[string]record.PortStatus{},
		Ledger: a.ledger.seen(),
	}
	if asked != 0 && a.time.ask(asked) {
		s.Asked = asked
	}
	for _, d := range a.devices {
		s.Devices[d.Name] = d.status()
	}
	for _, p := range a.ports {
		s.Ports[p.name] = p.load.status(a.opts.Clock.Now(), a.planned[p.name])
	}
	return s
}
