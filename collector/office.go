package collector

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/lineproof/lineproof/collector/ingest"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/record"
)

// How long Say waits for the ledger, and for the views to have what the ledger has. It is real time.
const keptWithin, seenWithin = 20 * time.Second, 5 * time.Second

// office seals what people say as a gateway seals what it reads: numbered, chained and signed, by the same way
// into the same ledger. So a statement can be neither changed nor dropped later, and the views get it by a replay
// too (docs/decisions/0018-what-people-say.md).
type office struct {
	key       ed25519.PrivateKey
	catalogue []byte // as a gateway's, so that nothing has to be told apart: it names no signals and no lines
	clock     clock.Clock
	out       chan ingest.Message

	mu   sync.Mutex
	head verify.Head // of the last batch that was sealed
	told bool        // the catalogue was sent since the start

	seen  uint64        // last batch in the views
	grown chan struct{} // closed when seen grows
}

func newOffice(key ed25519.PrivateKey, c clock.Clock) (*office, error) {
	catalogue, err := record.Catalogue{Gateway: record.Office, Site: record.Office, Timezone: "UTC", Signals: map[string]record.Signal{}}.Encode()
	if err != nil {
		return nil, fmt.Errorf("office: %w", err)
	}
	return &office{key: key, catalogue: catalogue, clock: c, out: make(chan ingest.Message), grown: make(chan struct{})}, nil
}

func (o *office) public() ed25519.PublicKey { return o.key.Public().(ed25519.PublicKey) }

// atOnce is how many statements go into one batch, as far as they fit.
const atOnce = 64

// Say seals statements and brings them into the ledger, in order. When it returns nil the ledger has them, and as a
// rule the views too. With an error it is not known how many of them the ledger gets yet: they can be said again with
// the same IDs.
func (o *office) Say(ctx context.Context, all ...record.Statement) error {
	now := o.clock.Now().UTC().Truncate(time.Millisecond)
	all = slices.Clone(all)
	for i := range all {
		s := &all[i]
		s.Said, s.About = now, s.About.UTC().Truncate(time.Millisecond)
		if err := s.Check(); err != nil {
			return fmt.Errorf("say: %w", err)
		}
	}
	var last uint64
	for some := range slices.Chunk(all, atOnce) {
		seq, err := o.keep(ctx, some)
		if err != nil {
			return fmt.Errorf("say: %w", err)
		}
		last = seq
	}
	o.wait(ctx, last)
	return nil
}

// keep brings statements into the ledger, in as many batches as they need, and gives the number of the last.
func (o *office) keep(ctx context.Context, some []record.Statement) (seq uint64, err error) {
	within, cancel := context.WithTimeout(ctx, keptWithin)
	defer cancel()
	seq, kept, err := o.send(within, some)
	if half := len(some) / 2; errors.Is(err, record.ErrTooLarge) && half > 0 {
		if _, err := o.keep(ctx, some[:half]); err != nil {
			return 0, err
		}
		return o.keep(ctx, some[half:])
	}
	if err != nil {
		return 0, err
	}
	select {
	case <-kept:
		return seq, nil
	case <-within.Done():
		return 0, fmt.Errorf("the ledger has not taken it yet: %w", within.Err())
	}
}

// send hands over a batch; kept is closed once the ledger has it.
func (o *office) send(ctx context.Context, some []record.Statement) (seq uint64, kept chan struct{}, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	b := record.Batch{
		Gateway: record.Office, Seq: o.head.Seq + 1, Prev: o.head.Hash, SealedAt: some[0].Said, CatalogueHash: record.HashOf(o.catalogue),
		Statements: some,
	}
	if !o.told {
		b.Catalogue = o.catalogue
	}
	sealed, err := record.Seal(b, o.key)
	if err != nil {
		return 0, nil, err
	}
	kept = make(chan struct{})
	select {
	case o.out <- ingest.Message{Gateway: record.Office, Sealed: sealed, Ack: func() { close(kept) }}:
	case <-ctx.Done():
		return 0, nil, ctx.Err()
	}
	o.head.Seq, o.head.Hash, o.told = b.Seq, record.HashOf(sealed), true
	return b.Seq, kept, nil
}

// wait lets the views follow for a moment.
func (o *office) wait(ctx context.Context, seq uint64) {
	ctx, cancel := context.WithTimeout(ctx, seenWithin)
	defer cancel()
	for {
		o.mu.Lock()
		seen, grown := o.seen, o.grown
		o.mu.Unlock()
		if seen >= seq {
			return
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return
		}
	}
}

// viewed notes how far the views are with the office's chain.
func (o *office) viewed(head verify.Head) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen = head.Seq
	close(o.grown)
	o.grown = make(chan struct{})
}

// begin goes on from where the ledger ends.
func (o *office) begin(head verify.Head) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.head = head
}
