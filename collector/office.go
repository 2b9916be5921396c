package collector

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
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
	catalogue, err := json.Marshal(record.Catalogue{Gateway: record.Office, Site: record.Office, Timezone: "UTC", Signals: map[string]record.Signal{}})
	if err != nil {
		return nil, fmt.Errorf("office: %w", err)
	}
	return &office{key: key, catalogue: catalogue, clock: c, out: make(chan ingest.Message), grown: make(chan struct{})}, nil
}

func (o *office) public() ed25519.PublicKey { return o.key.Public().(ed25519.PublicKey) }

// Say seals a statement and brings it into the ledger. When it returns nil the ledger has it, and as a rule the
// views too. With an error it is not known whether the ledger gets it yet: it can be said again with the same ID.
func (o *office) Say(ctx context.Context, s record.Statement) error {
	s.Said = o.clock.Now().UTC().Truncate(time.Millisecond)
	s.About = s.About.UTC().Truncate(time.Millisecond)
	if err := s.Check(); err != nil {
		return fmt.Errorf("say: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, keptWithin)
	defer cancel()
	seq, kept, err := o.send(ctx, s)
	if err != nil {
		return fmt.Errorf("say: %w", err)
	}
	select {
	case <-kept:
	case <-ctx.Done():
		return fmt.Errorf("say: the ledger has not taken it yet: %w", ctx.Err())
	}
	o.wait(ctx, seq)
	return nil
}

// send hands over a batch; kept is closed once the ledger has it.
func (o *office) send(ctx context.Context, s record.Statement) (seq uint64, kept chan struct{}, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	b := record.Batch{
		Gateway: record.Office, Seq: o.head.Seq + 1, Prev: o.head.Hash, SealedAt: s.Said, CatalogueHash: record.HashOf(o.catalogue),
		Statements: []record.Statement{s},
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
