package collector

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/record"
)

// ahead is how long before a period an account may begin that knows, when the period begins, all that matters of what
// one knows that began with the gateway's first batch. The first of these with which that is so is taken, else the
// gateway's first batch (docs/decisions/0022-evidence-bundles.md).
var ahead = [...]time.Duration{time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}

// bundlePlan finds which of the ledger's batches a bundle needs.
type bundlePlan struct {
	chains
	line     string
	from, to time.Time
	parts    map[string]*part
	said     []entries.Statement // to the office, in the order of the ledger
}

// part is what a bundle needs of one gateway's chain.
type part struct {
	account *account.State        // from the gateway's first batch on
	starts  [len(ahead)]beginning // later ones
	begun   bool                  // the period
	closed  time.Time             // minutes of the line before it are final
	first   uint64                // batch
	last    uint64                // 0: none is needed
	batches []inLedger            // all so far; from first on once the period has begun
	changes []inLedger            // that announce a key, or with which the catalogue says another calendar of the line
	planned []said.Calendar       // that catalogues began to say of the line
	keys    []ed25519.PublicKey   // in the order in which they sealed
	heads   []verify.Head         // where the catalogue changed
	sealed  time.Time             // the last batch
}

// beginning is a batch with which the account could begin.
type beginning struct {
	seq   uint64
	state *account.State
}

// inLedger is a batch with its place in the ledger.
type inLedger struct {
	seq, index uint64
	sealed     time.Time
}

// walk reads the ledger up to a size.
func (p *bundlePlan) walk(ctx context.Context, c *Collector, size uint64) error {
	for e, err := range c.ledger.Entries(ctx, 0) {
		if err != nil {
			return err
		}
		if e.Index >= size {
			break
		}
		// What others sealed is not looked into.
		if err := p.take(e); err != nil && !errors.Is(err, record.ErrUnknownKey) {
			return err
		}
		for _, s := range p.ready {
			p.add(s)
		}
		p.ready = nil
	}
	for _, own := range p.parts {
		own.spoke()
	}
	return p.stuck()
}

// spoke keeps, of a gateway that sealed nothing of the period, what its catalogues said of the line's calendar.
func (own *part) spoke() {
	if n := len(own.changes); own.last == 0 && n > 0 {
		own.first, own.last = own.changes[n-1].seq, own.changes[n-1].seq
	}
}

func (p *bundlePlan) add(s stored) {
	b, own := s.Batch(), p.parts[s.Batch().Gateway]
	own.announced(b, s.index)
	if n := len(own.heads); n == 0 || own.heads[n-1].CatalogueHash != s.Head().CatalogueHash {
		own.replanned(p.line, s)
		own.heads = append(own.heads, s.Head())
	}
	own.sealed = b.SealedAt
	own.batches = append(own.batches, inLedger{b.Seq, s.index, b.SealedAt})
	if b.Gateway == record.Office { // all of it: what people said of the period they may have said at any time since
		own.first, own.last = own.batches[0].seq, b.Seq
		for _, one := range b.Statements {
			p.said = append(p.said, entries.Statement{Statement: one, Ledger: s.index})
		}
		return
	}
	from, to := content(b)
	if !own.begun {
		p.begin(own, b, to)
	}
	own.account.Fold(b, s.Catalogue())
	if !own.begun {
		for _, start := range own.starts {
			if start.state != nil {
				start.state.Fold(b, s.Catalogue())
			}
		}
		return
	}
	if from.Before(p.to) || own.closed.Before(p.to) {
		own.last = b.Seq
	}
	own.closed = closed(own.account, p.line)
}

// announced notes a key that is to take over.
func (own *part) announced(b record.Batch, index uint64) {
	if b.Successor == nil || slices.ContainsFunc(own.keys, func(k ed25519.PublicKey) bool { return bytes.Equal(k, b.Successor.Key) }) {
		return
	}
	own.keys = append(own.keys, b.Successor.Key)
	own.changed(b, index)
}

// replanned notes a catalogue that says another calendar of the line than the one before it.
func (own *part) replanned(line string, s stored) {
	var before record.Catalogue
	if n := len(own.heads); n > 0 {
		before = own.heads[n-1].Catalogue
	}
	if b, now := s.Batch(), s.Catalogue(); said.Differ(before, now, line) {
		own.changed(b, s.index)
		own.planned = append(own.planned, said.CalendarsOf(before, now, b, s.index)...)
	}
}

// calendars are those that catalogues began to say in the bundle's batches.
func (p *bundlePlan) calendars() (all []said.Calendar) {
	held := map[uint64]bool{}
	for _, b := range p.needed() {
		held[b.index] = true
	}
	for _, own := range p.parts {
		for _, c := range own.planned {
			if held[c.Ledger] {
				all = append(all, c)
			}
		}
	}
	return all
}

// changed notes a batch that the bundle needs even where it is from before the period.
func (own *part) changed(b record.Batch, index uint64) {
	if n := len(own.changes); n == 0 || own.changes[n-1].seq != b.Seq {
		own.changes = append(own.changes, inLedger{b.Seq, index, b.SealedAt})
	}
}

// begin lets accounts begin before the period, and chooses among them where it begins itself.
func (p *bundlePlan) begin(own *part, b record.Batch, to time.Time) {
	for i, d := range ahead {
		if own.starts[i].state == nil && to.After(p.from.Add(-d)) {
			own.starts[i] = beginning{b.Seq, account.NewState()}
			own.starts[i].state.Seq = b.Seq - 1
		}
	}
	if !to.After(p.from) {
		return
	}
	own.begun, own.first = true, own.batches[0].seq
	signals := p.signals(own)
	for _, start := range own.starts {
		if own.account.Agrees(start.state, p.line, signals, p.from) {
			own.first = start.seq
			break
		}
	}
	own.batches = slices.DeleteFunc(own.batches, func(b inLedger) bool { return b.seq < own.first })
}

// signals are those that the line's machines have ever had roles for.
func (p *bundlePlan) signals(own *part) (all []string) {
	for _, h := range own.heads {
		for _, m := range h.Catalogue.Lines[p.line].Machines {
			all = append(all, m.Signals()...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// content is when what a batch tells of began and ended.
func content(b record.Batch) (from, to time.Time) {
	from, to = b.SealedAt, b.SealedAt
	for _, r := range b.Readings {
		if r.Time.Before(from) {
			from = r.Time
		}
	}
	for _, o := range b.Observed {
		if len(o.Spans) > 0 && o.Spans[0].From.Before(from) {
			from = o.Spans[0].From
		}
	}
	return from, to
}

// closed is up to when a line's minutes are final.
func closed(s *account.State, line string) (closed time.Time) {
	for _, m := range s.Machines {
		if m.Line == line && (closed.IsZero() || m.Closed.Before(closed)) {
			closed = m.Closed
		}
	}
	return closed
}
