package audit

import (
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// folded is what a chain adds up to.
type folded struct {
	state     *account.State
	failed    bool             // a batch could not be added; nothing that follows is
	catalogue record.Catalogue // the last one that names the line
	of        record.Hash      // the last catalogue of all
	sealed    time.Time        // the last batch
}

// fold adds a batch to the account, which begins with the bundle's first: what happened before is not known to it, as
// it was not to the gateway's first batch of all.
func (c *chain) fold(v verify.Verified, b *record.Batch) {
	f := &c.account
	first := f.state == nil
	if first {
		f.state = account.NewState()
		f.state.Seq = b.Seq - 1
	}
	f.sealed = b.SealedAt
	if first || f.of != b.CatalogueHash {
		f.of = b.CatalogueHash
		c.calibrated(v.Catalogue(), b.SealedAt)
		if _, ok := v.Catalogue().Lines[c.bundle.Manifest.Line]; ok {
			f.catalogue = v.Catalogue()
		}
	}
	if f.failed {
		return
	}
	if err := f.add(b, v.Catalogue()); err != nil {
		f.failed = true
		c.report.fails(Intervals, tongue.M("verify.account_failed", "gateway", c.Gateway, "error", err))
		return
	}
	if final := f.state.Finished(); len(final) > 0 {
		c.minutes.final <- final
	}
}

// add survives what a gateway may have sealed that makes no sense.
func (f *folded) add(b *record.Batch, cat record.Catalogue) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("batch %d: %v", b.Seq, r)
		}
	}()
	f.state.Take(b, cat)
	return nil
}

// rest takes the minutes that are open where the chain ends.
func (c *chain) rest() {
	if c.account.state != nil {
		c.minutes.final <- c.account.state.Unfinished()
	}
}
