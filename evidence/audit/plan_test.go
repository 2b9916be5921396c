package audit_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/evidence/audit"
	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/record"
)

// TestACalendarChangedAfterTheShiftIsFound has figures as if a word had governed a shift that was over when it was said.
func TestACalendarChangedAfterTheShiftIsFound(t *testing.T) {
	h := good(t)
	const named = "Lan said at 2026-03-02 08:00 UTC, in the statement late, that another calendar governs from 2026-03-01 23:00 UTC on"
	if r := h.check(t, h.bundle); !r.OK() || !strings.Contains(r.Text(english(t)), named) {
		t.Errorf("without %q:\n%s", named, r.Text(english(t)))
	}
	f := forge(t, h)
	f.replace("results/kpi.json", `"planned_busy_time_s": 3600`, `"planned_busy_time_s": 0`)
	r := h.check(t, f.file())
	fails(t, r, audit.KPI, "planned_busy_time_s: the bundle says 0, the minutes say 3600")
	if !strings.Contains(r.Text(english(t)), named) {
		t.Errorf("without %q:\n%s", named, r.Text(english(t)))
	}
}

// TestACalendarThatNoBatchSaysIsFound leaves out the batch from before the period that began to say the calendar.
func TestACalendarThatNoBatchSaysIsFound(t *testing.T) {
	h := good(t)
	f := forge(t, h)
	var first bundle.Chain
	edit(f, "manifest.json", func(m *bundle.Manifest) {
		m.Batches--
		first = m.Gateways[slices.IndexFunc(m.Gateways, func(c bundle.Chain) bool { return c.Gateway == h.main })]
	})
	for _, index := range slices.Sorted(maps.Keys(f.batches)) {
		if b := f.open(h, index); b.Gateway == h.main && b.Seq == 1 {
			delete(f.batches, index)
		}
	}
	fails(t, h.check(t, f.file()), audit.Catalogues, fmt.Sprintf("the calendar that is in force in batch %d of huu-lung-01 is said by no batch", first.First))
}

// TestAStatementOfBeforeItWasSealedIsFound is of a ledger's owner, who seals today what somebody should have said in time.
func TestAStatementOfBeforeItWasSealedIsFound(t *testing.T) {
	h := good(t)
	f := forge(t, h)
	for _, index := range slices.Sorted(maps.Keys(f.batches)) {
		if b := f.open(h, index); b.Gateway == record.Office && b.Seq == 1 {
			f.reseal(h, index, h.clerk, func(b *record.Batch) { b.Statements[1].Said = b.Statements[1].Said.Add(-24 * time.Hour) })
		}
	}
	for index, sealed := range f.batches {
		f.leaves[index] = sealed
	}
	f.checkpoint(signer(t, h.secret))
	fails(t, h.check(t, f.file()), audit.Dates, "the statement late of Lan says that it was said at 2026-03-01 08:00 UTC, but the office sealed it in batch 1 at 2026-03-02 08:00 UTC")
}
