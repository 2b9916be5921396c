package audit

import (
	"time"

	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// saidWithin is how long after somebody spoke the office may seal it. It seals at once.
const saidWithin = time.Minute

// before takes what a batch before the period says of calendars. Of such the bundle has those that say another one; that
// there was none between them it cannot prove. Only one that carries its catalogue begins to say something: another might
// stand in for the one that did, to let it have been said later.
func (c *chain) before(b record.Batch, index uint64) {
	if len(b.Catalogue) == 0 {
		return // it announces a key, and nothing else
	}
	cat, err := record.DecodeCatalogue(b.Catalogue)
	if err != nil || cat.Gateway != c.Gateway || record.HashOf(b.Catalogue) != b.CatalogueHash {
		c.report.fails(Catalogues, tongue.M("verify.catalogue_foreign", "gateway", c.Gateway, "batch", b.Seq))
		return
	}
	c.speaks(&b, cat, index)
}

// speaks notes where a catalogue begins to say another calendar.
func (c *chain) speaks(b *record.Batch, now record.Catalogue, index uint64) {
	if b.CatalogueHash == c.spokenOf && c.spoken.Gateway != "" {
		return // the same as before
	}
	c.spokenOf = b.CatalogueHash
	c.planned = append(c.planned, said.CalendarsOf(c.spoken, now, *b, index)...)
	c.spoken = now
}

// foretold wants the calendar that is in force where the period's batches begin to have been said by one before them.
func (c *chain) foretold(first record.Batch) {
	if c.head.CatalogueHash == (record.Hash{}) {
		return // the batch says it itself
	}
	if said.Differ(c.spoken, c.head.Catalogue, c.bundle.Manifest.Line) {
		c.report.fails(Catalogues, tongue.M("verify.calendar_unsaid", "gateway", c.Gateway, "batch", first.Seq))
	}
}

// hears takes what somebody said to the office.
func (c *chain) hears(b *record.Batch, s entries.Statement) {
	c.said = append(c.said, s)
	if b.SealedAt.Sub(s.Said) > saidWithin {
		c.report.fails(Dates, tongue.M("verify.said_before", "id", s.ID, "by", s.By, "time", s.Said, "batch", b.Seq, "sealed", b.SealedAt))
	}
	if from, early := said.Early(s); early && s.Line == c.bundle.Manifest.Line {
		c.report.notes(KPI, tongue.M("verify.calendar_early", "id", s.ID, "by", s.By, "about", s.About, "said", s.Said, "from", from))
	}
}
