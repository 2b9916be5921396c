// Package publish carries sealed batches from the spool to the collector over MQTT.
//
// What it guarantees: batches are sent in order, at QoS 1, and again until the collector's receipt for
// them has come; the broker's own acknowledgement counts for nothing but for not stuffing a slow connection,
// on which live values must not wait behind batches. At most Window of them are on their way to the
// collector's ledger, and no more than CatchUp a second, so that a long outage does not end in a flood.
// Nothing that calls the publisher ever waits for the network.
//
// Beside the batches it shows live values (QoS 0, for eyes only) and the gateway's status (retained, with
// Online false as the last will).
package publish

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/record"
)

const (
	// Window is how many batches may be under way that the collector's ledger does not have yet, and
	// windowBytes how large together: one more is always allowed.
	Window      = 256
	windowBytes = 1 << 20
	// unsentBytes is how much of batches may be under way that the broker has not taken.
	unsentBytes = 64 << 10
	// DefaultCatchUp is for Options.CatchUp.
	DefaultCatchUp = 2000
)

// Config says where to connect, and as whom.
type Config struct {
	Gateway      string // also the MQTT client id
	Broker       string // mqtts://HOST:PORT, ssl:// or tcp://
	Username     string
	PasswordFile string // read at each connection; its last line end is not part of the password
	CA           string // PEM file; the system's authorities when empty
	Cert, Key    string // PEM files of the gateway's own certificate; may be empty
}

// Options sets how the publisher behaves; zero values take the defaults.
type Options struct {
	Status         func(asked uint64) record.Status // how the gateway is; Online is set by the publisher. asked: under which number it may ask
	Told           func(asked uint64, at time.Time) // the collector's answer to the last Status that asked
	Ledger         func(record.Receipt) (ok bool)   // judges what a receipt says of the ledger; while it is not ok no receipt counts, and nothing is sent
	Received       func(seq uint64)                 // the collector has confirmed batches up to seq
	Lost           func([]record.Gap)               // batches that the collector wants again and that are no longer kept
	OwnBoot        func(record.Boot) bool           // whether this gateway ran under that boot id
	Superseded     func([]record.Gap)               // batches that were sealed twice, and of which the collector has the first
	CatchUp        float64                          // batches a second, at the most; DefaultCatchUp
	ReceiptTimeout time.Duration                    // without a receipt for so long everything is sent again; 30 s
	StatusEvery    time.Duration                    // 30 s
	ImageEvery     time.Duration                    // all live values, not only the changed; 10 s
	Backoff        time.Duration                    // the longest time between two attempts to connect; 1 min
	Logger         *slog.Logger
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		value *time.Duration
		unset time.Duration
	}{
		{&o.ReceiptTimeout, 30 * time.Second},
		{&o.StatusEvery, 30 * time.Second},
		{&o.ImageEvery, 10 * time.Second},
		{&o.Backoff, time.Minute},
	} {
		if *d.value <= 0 {
			*d.value = d.unset
		}
	}
	if o.CatchUp <= 0 {
		o.CatchUp = DefaultCatchUp
	}
	if o.Told == nil {
		o.Told = func(uint64, time.Time) {}
	}
	if o.Received == nil {
		o.Received = func(uint64) {}
	}
	if o.Ledger == nil {
		o.Ledger = func(record.Receipt) bool { return true }
	}
	if o.OwnBoot == nil {
		o.OwnBoot = func(record.Boot) bool { return false }
	}
	if o.Superseded == nil {
		o.Superseded = func([]record.Gap) {}
	}
	if o.Lost == nil {
		o.Lost = func([]record.Gap) {}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Publisher is one gateway's connection to its broker.
type Publisher struct {
	config    Config
	opts      Options
	spool     *spool.Spool
	tls       *tls.Config // nil for tcp://
	live      *image
	status    chan struct{} // holds one when the status changed
	notice    atomic.Uint64 // batch that says which ones were lost; 0: none
	connected atomic.Bool
	unsure    atomic.Bool   // the last status did not know the time
	refusal   atomic.Value  // string: the collector's last complaint
	asked     atomic.Uint64 // the last question, of a status
	doubt     atomic.Bool   // the collector seems to have less than it had
	refusing  atomic.Bool   // the collector's ledger is not the one that it was
}

// New prepares a publisher. It fails where certificates or the password cannot be read.
func New(config Config, s *spool.Spool, opts Options) (*Publisher, error) {
	p := &Publisher{
		config: config, opts: opts.withDefaults(), spool: s,
		live: newImage(), status: make(chan struct{}, 1),
	}
	if _, err := p.password(); err != nil {
		return nil, err
	}
	var err error
	if p.tls, err = config.tls(p.opts.Logger); err != nil {
		return nil, err
	}
	return p, nil
}

// Show takes what signals say now. It never waits: values that change faster than they can be sent are
// replaced by newer ones.
func (p *Publisher) Show(at time.Time, changed []record.Reading) { p.live.show(at, changed) }

// Notice says that batch seq tells which ones were lost: it is sent ahead of what is left of those before it,
// for without it the collector cannot pass over the hole.
func (p *Publisher) Notice(seq uint64) { p.notice.Store(seq) }

// StatusChanged asks for the status to be published soon.
func (p *Publisher) StatusChanged() {
	select {
	case p.status <- struct{}{}:
	default:
	}
}

// Connected tells whether there is a connection to the broker.
func (p *Publisher) Connected() bool { return p.connected.Load() }

// WaitReceived returns when the collector has confirmed batch seq, or with ctx's error.
func (p *Publisher) WaitReceived(ctx context.Context, seq uint64) error {
	for {
		changed := p.spool.Changed()
		if p.spool.Received() >= seq {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// Run connects and publishes until ctx ends; then it says goodbye to the broker.
func (p *Publisher) Run(ctx context.Context) {
	const patient = time.Minute // a connection that held so long was a good one, and so was one that brought a receipt
	wait, last := time.Second, ""
	for ctx.Err() == nil {
		began, stored := time.Now(), p.spool.StoredSeq()
		err := p.connect(ctx)
		p.connected.Store(false)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > patient || p.spool.StoredSeq() != stored {
			wait, last = time.Second, ""
		}
		wait = min(wait, p.opts.Backoff)
		if text := err.Error(); text != last {
			p.opts.Logger.Warn("no connection to the broker; batches wait in the spool", "broker", p.config.Broker, "error", err, "retry", wait)
			last = text
		}
		pause := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
		pause.Stop()
		wait *= 2
	}
}

// receipt takes the collector's answer. The session notices that the spool changed.
func (p *Publisher) receipt(_ mqtt.Client, m mqtt.Message) {
	r, err := record.DecodeReceipt(m.Payload())
	if err == nil && r.Gateway != p.config.Gateway {
		err = errors.New("it is for gateway " + r.Gateway)
	}
	if err != nil {
		p.opts.Logger.Warn("a receipt cannot be used", "error", err)
		return
	}
	if before, _ := p.refusal.Swap(r.Error).(string); r.Error != "" && r.Error != before {
		p.opts.Logger.Error("the collector refused a batch", "received", r.Seq, "error", r.Error)
	}
	fresh := r.Asked != 0 && r.Asked == p.asked.Load()
	if fresh {
		p.opts.Told(r.Asked, r.Time)
	}
	ok := p.opts.Ledger(r)
	if p.refusing.Swap(!ok) == ok {
		p.StatusChanged() // which tells of it, and wakes the session
	}
	if ok {
		p.take(r, fresh)
	}
}

// take moves the spool to where the collector is. One that has less than it once had was restored from a backup,
// and gets again what is still kept. So much is believed only of an answer to the last question: an older receipt
// may come late.
func (p *Publisher) take(r record.Receipt, fresh bool) {
	stored := max(r.Stored, r.Seq)
	less := stored < p.spool.Received()
	if p.doubt.Store(less && !fresh); less {
		if !fresh {
			p.StatusChanged()
			return
		}
		p.opts.Logger.Warn("the collector has less than it had: it was restored, and gets again what is kept here", "received", p.spool.Received(), "stored", stored)
		p.opts.Lost(p.spool.Rewind(stored))
		p.StatusChanged()
		return
	}
	p.spool.Stored(r.Stored)
	err := p.spool.Receive(r.Seq, r.Hash)
	if (errors.Is(err, spool.ErrHash) || errors.Is(err, spool.ErrUnsent)) && p.opts.OwnBoot(r.Boot) {
		p.opts.Logger.Warn("the collector has a batch that a power cut took from here; what was sealed in its place is given up", "batch", r.Seq)
		p.opts.Superseded(p.spool.Adopt(r.Seq, r.Hash))
		err = nil
	}
	if err != nil {
		p.opts.Logger.Error("a receipt was not accepted", "error", err)
		return
	}
	p.opts.Received(p.spool.Received())
}

// ask numbers a question to the collector.
func (p *Publisher) ask() uint64 {
	n := rand.Uint64()>>11 + 1 // JSON numbers are exact up to 2^53
	p.asked.Store(n)
	return n
}
