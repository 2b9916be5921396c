package audit

import (
	"errors"
	"slices"

	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// mostEarly is how many batches of a gateway may come before the one that they follow, in the order of the ledger. More
// than the collector appends at once; what is missing beyond is missing.
const mostEarly = 2048

// chain is one gateway's chain as far as it was followed.
type chain struct {
	bundle.Chain
	*auditor
	head  verify.Head
	begun bool
	early []*step // their turn has not come

	dates    dates
	spoken   record.Catalogue // the last one, also of batches before the period
	spokenOf record.Hash
	account  folded

	calibrations calibrations
}

// begin makes the chains that the manifest names.
func (a *auditor) begin() {
	a.chains = map[string]*chain{}
	for _, c := range a.bundle.Manifest.Gateways {
		id, ok := a.first[c.Gateway]
		if !ok || c.First == 0 || a.chains[c.Gateway] != nil {
			a.report.fails(Chain, tongue.M("verify.chain_unknown", "gateway", c.Gateway))
			continue
		}
		a.chains[c.Gateway] = &chain{Chain: c, auditor: a, head: verify.Head{SealedBy: id}}
	}
}

// take gives an opened batch its place.
func (c *chain) take(s *step) {
	b := s.Batch()
	if b.Seq < c.First {
		c.custody(b)
		c.before(b, s.Index)
		return
	}
	if !c.begun && b.Seq == c.First {
		c.start(b)
	}
	if !c.begun || !c.place(s) {
		c.strange(tongue.M("verify.out_of_order", "gateway", c.Gateway, "batch", b.Seq, "after", c.head.Seq, "index", s.Index))
		c.early = append(c.early, s)
		s.job.held = true
	}
	for c.begun && c.retry() {
	}
	if len(c.early) > mostEarly {
		c.hole()
	}
}

// custody follows the keys through batches before the period, of which the bundle has those that announce one, and those
// that say another calendar.
func (c *chain) custody(b record.Batch) {
	if b.SealedBy != c.head.SealedBy && (c.head.Successor == nil || b.SealedBy != record.KeyIDOf(c.head.Successor)) {
		c.report.fails(Keys, tongue.M("verify.retired", "gateway", c.Gateway, "batch", b.Seq, "key", b.SealedBy))
		return
	}
	c.head.SealedBy = b.SealedBy
	if b.Successor != nil {
		c.head.Successor = b.Successor.Key
	}
}

// start puts the head before the first batch, with the catalogue that was in force then.
func (c *chain) start(b record.Batch) {
	c.begun = true
	c.resume(b)
	c.foretold(b)
}

// resume puts the head just before a batch.
func (c *chain) resume(b record.Batch) {
	c.head.Seq, c.head.Hash = b.Seq-1, b.Prev
	if len(b.Catalogue) > 0 || b.CatalogueHash == c.head.CatalogueHash {
		return
	}
	if text, ok := c.bundle.Catalogue(b.CatalogueHash); ok {
		if cat, err := record.DecodeCatalogue(text); err == nil && cat.Gateway == c.Gateway {
			c.head.CatalogueHash, c.head.CatalogueJSON, c.head.Catalogue = b.CatalogueHash, text, cat
		}
	}
}

// retry places what came early, as far as its turn has come.
func (c *chain) retry() bool {
	for i, s := range c.early {
		b := s.Batch()
		if b.Seq > c.head.Seq+1 && c.head.Ahead == nil {
			continue
		}
		if c.place(s) {
			c.early = slices.Delete(c.early, i, i+1)
			return true
		}
	}
	return false
}

// place puts a batch at the chain's end, or says what is wrong with it. false: it may have its turn later.
func (c *chain) place(s *step) (done bool) {
	b := s.Batch()
	v, err := s.Place(c.head, nil)
	switch {
	case err == nil:
		c.head = v.Head()
		c.placed(v, s.Index)
	case errors.Is(err, verify.ErrMissing):
		c.head.Ahead = v.Head().Ahead
		return false
	case errors.Is(err, verify.ErrSeen):
		c.strange(tongue.M("verify.doubled", "gateway", c.Gateway, "batch", b.Seq, "index", s.Index))
	case errors.Is(err, verify.ErrRetired):
		c.report.fails(Keys, tongue.M("verify.retired", "gateway", c.Gateway, "batch", b.Seq, "key", b.SealedBy))
		c.head.Seq, c.head.Hash = b.Seq, s.Hash() // what follows it is judged by itself
	case errors.Is(err, verify.ErrForked) && b.Seq <= c.head.Seq:
		c.report.fails(Chain, tongue.M("verify.another", "gateway", c.Gateway, "batch", b.Seq, "index", s.Index))
	case errors.Is(err, verify.ErrForked):
		c.report.fails(Chain, tongue.M("verify.forked", "gateway", c.Gateway, "batch", b.Seq, "index", s.Index))
		c.resume(b)
		return c.place(s)
	default:
		c.report.fails(Catalogues, tongue.M("verify.catalogue_broken", "gateway", c.Gateway, "batch", b.Seq, "error", err))
		c.head.Seq, c.head.Hash = b.Seq, s.Hash()
	}
	return true
}

// strange is what a ledger may hold, but a changed bundle may hold too: the root tells which.
func (c *chain) strange(m tongue.Message) {
	if len(c.odd) < mostFindings {
		c.odd = append(c.odd, m)
	}
}

// hole names what is missing before the first of those that wait, and goes on after it.
func (c *chain) hole() {
	slices.SortStableFunc(c.early, func(a, b *step) int { return int(min(max(int64(a.Batch().Seq)-int64(b.Batch().Seq), -1), 1)) })
	s := c.early[0]
	c.early = c.early[1:]
	b := s.Batch()
	first := c.head.Seq + 1
	if !c.begun {
		first = c.First
	}
	c.begun = true
	if b.Seq > first {
		c.report.fails(Chain, tongue.M("verify.missing", "gateway", c.Gateway, "first", first, "last", b.Seq-1))
		c.resume(b)
	}
	c.place(s)
	for c.retry() {
	}
}

// end finds what never came.
func (c *chain) end() {
	for len(c.early) > 0 {
		c.hole()
	}
	if !c.begun {
		c.head.Seq = c.First - 1
	}
	if c.head.Seq < c.Last {
		c.report.fails(Chain, tongue.M("verify.missing", "gateway", c.Gateway, "first", c.head.Seq+1, "last", c.Last))
	}
	if c.head.Seq > c.Last {
		c.report.fails(Chain, tongue.M("verify.beyond", "gateway", c.Gateway, "last", c.head.Seq, "said", c.Last))
	}
	c.report.holds(Chain, tongue.M("verify.chain_whole", "gateway", c.Gateway, "first", c.First, "last", c.Last))
}

// placed takes a batch at its place: what a gateway read, or what people said to the office.
func (c *chain) placed(v verify.Verified, index uint64) {
	b := v.Batch()
	c.dated(&b)
	if c.Gateway != record.Office {
		c.speaks(&b, v.Catalogue(), index)
		c.fold(v, &b)
		return
	}
	for _, s := range b.Statements {
		c.hears(&b, entries.Statement{Statement: s, Ledger: index})
	}
}
