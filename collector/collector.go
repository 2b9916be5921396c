// Package collector is the wiring of the collector: broker, ingest, verify, ledger, cosign, account, series,
// registry, board, alert and web, each a room of its own that knows nothing of those after it.
package collector

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/alert"
	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/broker"
	"github.com/lineproof/lineproof/collector/cosign"
	"github.com/lineproof/lineproof/collector/ingest"
	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/collector/people"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/series/sqlite"
	"github.com/lineproof/lineproof/collector/shiftlog"
	"github.com/lineproof/lineproof/collector/web"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/internal/dirlock"
	"github.com/lineproof/lineproof/record"
)

// Options are what is not configuration.
type Options struct {
	Version string
	Clock   clock.Clock
	Logger  *slog.Logger
	App     fs.FS        // the web app
	HTTP    net.Listener // where pages are served; nil: the collector listens at Config.HTTP

	// Progress is told how many of the ledger's batches the views have, while they are brought up to it.
	Progress func(done, total uint64)
}

// Collector is an open collector. Close it, whether it ran or not.
type Collector struct {
	cfg       Config
	opts      Options
	ledger    *ledger.Ledger
	registry  *registry.Registry
	store     series.Store
	plans     *plans         // where the store is read by others, too
	broker    *broker.Broker // nil with one outside
	ingest    *ingest.Client
	board     *board.Board
	office    *office
	people    *people.People
	log       *shiftlog.Log
	pipeline  *pipeline
	alerts    *alert.Watch  // nil where none is configured
	witnesses *cosign.Round // nil where none is configured
	listener  net.Listener
	closers   []func() error // in the order of opening

	connected atomic.Pointer[time.Time] // to the broker, since when; nil: not yet
}

// Open opens ledger, registry and series, lets the views follow the ledger for a moment, and begins to
// listen. Messages are taken once Run is called.
func Open(ctx context.Context, cfg Config, opts Options) (*Collector, error) {
	c := &Collector{cfg: cfg, opts: opts}
	if err := c.open(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (c *Collector) open(ctx context.Context) (err error) {
	if c.listener = c.opts.HTTP; c.listener == nil {
		if c.listener, err = net.Listen("tcp", c.cfg.HTTP); err != nil {
			return fmt.Errorf("open collector: %w", err)
		}
	}
	c.later(c.listener.Close)
	if err := c.openStores(ctx); err != nil {
		return err
	}
	if err := c.openPipeline(ctx); err != nil {
		return err
	}
	c.openWitnesses()
	if err := c.settle(ctx); err != nil {
		return err
	}
	if err := c.openAlerts(ctx); err != nil {
		return err
	}
	return c.openUplink()
}

// settle gives the views a moment to follow the ledger, so that the first page is not an old one. What takes
// longer goes on while the collector runs.
func (c *Collector) settle(ctx context.Context) error {
	const moment = 10 * time.Second
	waiting, cancel := context.WithTimeout(ctx, moment)
	defer cancel()
	err := c.pipeline.catchUp(waiting)
	if waiting.Err() != nil && ctx.Err() == nil {
		c.opts.Logger.Warn("the views are behind the ledger and follow while the collector runs")
		return nil
	}
	return err
}

func (c *Collector) later(closer func() error) { c.closers = append(c.closers, closer) }

func (c *Collector) openStores(ctx context.Context) (err error) {
	if err := os.MkdirAll(c.cfg.Dir, 0o755); err != nil {
		return fmt.Errorf("open collector: %w", err)
	}
	lock, err := dirlock.Take(c.cfg.Dir, "lineproof")
	if err != nil {
		return fmt.Errorf("open collector: %w", err)
	}
	c.later(lock.Release)
	if err := brokenOff(c.cfg.Dir); err != nil {
		return fmt.Errorf("open collector: %w", err)
	}
	if c.ledger, err = ledger.Open(ctx, filepath.Join(c.cfg.Dir, ledgerName), c.cfg.Origin); err != nil {
		return err
	}
	c.later(c.ledger.Close)
	if c.registry, err = registry.Open(ctx, filepath.Join(c.cfg.Dir, registryName)); err != nil {
		return err
	}
	c.later(c.registry.Close)
	if c.cfg.Influx != nil {
		c.plans = &plans{registry: c.registry}
		c.store, err = c.cfg.Influx.open(c.opts.Logger, c.plans.planned, c.pointRefused)
	} else {
		c.store, err = sqlite.Open(ctx, filepath.Join(c.cfg.Dir, seriesName))
	}
	if err != nil {
		return err
	}
	c.later(c.store.Close)
	return nil
}

// pointRefused lists and shows what InfluxDB will never take.
func (c *Collector) pointRefused(point, reason string) {
	const longest = 1000 // bytes: a point may hold a long text
	if len(point) > longest {
		point = strings.ToValidUTF8(point[:longest], "") + "..."
	}
	if err := c.pipeline.isolate(context.Background(), point, reason); err != nil {
		c.opts.Logger.Error("refused point not listed", "error", err)
	}
}

func (c *Collector) openPipeline(ctx context.Context) error {
	key, err := c.ledger.DeriveKey(record.Office)
	if err != nil {
		return err
	}
	if c.office, err = newOffice(key, c.opts.Clock); err != nil {
		return err
	}
	c.board = board.New(c.store, c.opts.Clock)
	c.board.Remember(c.registry, c.office.Say)
	c.people = people.New(c.registry, c.office.Say, c.opts.Clock)
	c.log = shiftlog.New(c.registry, c.office.Say, c.opts.Clock)
	c.pipeline = &pipeline{
		keys: record.Keyring{}, ledger: c.ledger, store: c.store, registry: c.registry, clock: c.opts.Clock,
		log: c.opts.Logger, metrics: newMetrics(), account: (*account.State).Fold, quiet: rate.NewLimiter(refusedPerSecond, refusedAtOnce),
		changed: c.changed, refused: c.board.Refused, accepted: c.board.Accepted, health: c.board.Views, isolated: c.board.Isolated,
		progress: c.opts.Progress, said: c.office.out, planned: c.loadLines, plans: c.plans,
	}
	c.pipeline.keys.Add(record.Office, c.office.public())
	if c.cfg.Influx != nil {
		c.pipeline.doubts.late = c.cfg.Influx.late()
	}
	if c.cfg.Publish.Intervals {
		c.pipeline.finished = make(chan struct{}, 1)
	}
	for id, g := range c.cfg.Gateways {
		c.pipeline.keys.Add(id, ed25519.PublicKey(g.Key))
		c.board.Know(id)
	}
	refused, err := c.registry.Refused(ctx)
	if err != nil {
		return err
	}
	for i := len(refused) - 1; i >= 0; i-- {
		c.board.Refused(refused[i])
	}
	poisoned, err := c.registry.Poisoned(ctx)
	if err != nil {
		return err
	}
	for i := len(poisoned) - 1; i >= 0; i-- {
		c.board.Isolated(poisoned[i])
	}
	if err := c.board.LoadLines(ctx); err != nil {
		return err
	}
	if err := c.pipeline.load(ctx); err != nil {
		return err
	}
	c.office.begin(c.pipeline.chain.heads[record.Office])
	return nil
}

// changed notes that the books of a gateway have grown, or that what people say has come into the views.
func (c *Collector) changed(g registry.Gateway) {
	if g.ID == record.Office {
		c.loadLines(context.Background())
		c.office.viewed(g.Head)
		return
	}
	c.board.Changed(g)
}

// loadLines lets the board know what was said of lines and of when they are meant to run.
func (c *Collector) loadLines(ctx context.Context) {
	if err := c.board.LoadLines(ctx); err != nil {
		c.opts.Logger.Error("declared lines and calendars not read", "error", err)
	}
}

// HTTPAddr is where the pages are, host:port.
func (c *Collector) HTTPAddr() string { return c.listener.Addr().String() }

// MQTTAddr is where gateways find the embedded broker, host:port.
func (c *Collector) MQTTAddr() string { return c.broker.Addr() }

// Verifier is the ledger's public key in the form of C2SP signed notes.
func (c *Collector) Verifier() string { return c.ledger.Verifier() }

// Run takes messages and serves pages until ctx ends or the ledger fails.
func (c *Collector) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(c.opts.Logger.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return ctx }, // so that event streams end
		Handler: web.Handler(web.Options{
			Version: c.opts.Version, Board: c.board, People: c.people, Log: c.log, Logger: c.opts.Logger, App: c.opts.App, Ledger: c.publicLedger(), Healthy: c.healthy,
			Metrics: promhttp.HandlerFor(c.pipeline.metrics.registry, promhttp.HandlerOpts{}), Alerts: c.alerts.List, Witnesses: c.cosigned, Bundle: c.evidence,
			Reports: c.cfg.reports(),
		}),
	}
	group.Go(func() error {
		if err := c.board.Warm(ctx); err != nil && ctx.Err() == nil {
			c.opts.Logger.Warn("history not read ahead", "error", err) // pages read it when they are asked for it
		}
		return nil
	})
	group.Go(func() error { return c.pipeline.run(ctx, c.ingest.Messages(), c.ingest.Answer) })
	if c.cfg.Publish.Intervals {
		group.Go(func() error { return c.pipeline.publish(ctx, c.ingest.Publish) })
	}
	if c.witnesses != nil {
		group.Go(func() error { return c.witnesses.Run(ctx) })
	}
	if c.alerts != nil {
		group.Go(func() error { return c.alerts.Run(ctx) })
	}
	group.Go(func() error {
		if err := server.Serve(c.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve pages: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		if err := server.Shutdown(grace); err != nil {
			return server.Close()
		}
		return nil
	})
	return group.Wait()
}

func (c *Collector) healthy() error {
	if !c.ingest.Connected() {
		return errors.New("not connected to the broker")
	}
	return nil
}

// Close closes what Open opened, last first. What was taken in is safe already.
func (c *Collector) Close() error {
	var errs []error
	for len(c.closers) > 0 {
		last := len(c.closers) - 1
		if err := c.closers[last](); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
		c.closers = c.closers[:last]
	}
	return errors.Join(errs...)
}
