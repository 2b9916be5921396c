// Package audit checks an evidence bundle: signatures, chains without holes, inclusion in the ledger, what witnesses
// said, dates, and every minute and figure of the results, computed again from the sealed readings.
//
// It needs the bundle and the keys that its caller trusts, and nothing else: no clock, no files, no network. It does
// not stop at the first thing that is wrong but says all of it, as far as the bundle can be read.
//
// What it cannot know it says: whether a sensor told the truth, whose a key is that came with the bundle, and what was
// never sealed.
package audit

import (
	"errors"
	"io"

	"github.com/lineproof/lineproof/collector/calendar/said"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// Options are what the caller trusts.
type Options struct {
	Ledger    string         // verifier key of the ledger; "": the one in the bundle, which proves nothing by itself
	Witnesses []string       // verifier keys of witnesses, all of whom must have signed
	Gateways  record.Keyring // first keys of gateways; nil: those in the bundle
	Each      bool           // check the signature of each batch, also where a later one speaks for it

	Progress func(done, total uint64) // of batches; may be nil
}

// auditor is one audit.
type auditor struct {
	options Options
	bundle  *bundle.Bundle
	report  *Report
	head    head
	keys    record.Keyring
	first   map[string]record.KeyID // of each gateway
	chains  map[string]*chain
	tree    tree
	minutes *minutes
	said    []entries.Statement // to the office
	planned []said.Calendar     // that catalogues began to say
	count   uint64              // of batches, so far
	signed  uint64              // of those whose own signature was checked
	odd     []tongue.Message    // what a ledger may hold, if it is the ledger's
	told    *told               // nil: nobody asked for it yet
}

// Run checks a bundle. The error is of what the caller gave, never of the bundle.
func Run(r io.ReaderAt, size int64, o Options) (*Report, error) {
	a := &auditor{options: o, report: newReport()}
	trusted, err := trust(o)
	if err != nil {
		return nil, err
	}
	intact := make(chan error, 1)
	go func() { intact <- bundle.Intact(r, size) }() // beside all else, for it takes a while
	a.all(r, size, trusted)
	if err := <-intact; errors.Is(err, bundle.ErrChanged) {
		a.report.failsFirst(File, tongue.M("verify.file_changed"))
	} else if err != nil {
		return nil, err
	}
	return a.report, nil
}

// all is every check but that of the file as a whole.
func (a *auditor) all(r io.ReaderAt, size int64, trusted trusted) {
	var err error
	if a.bundle, err = bundle.Open(r, size); err != nil {
		a.report.fails(File, tongue.M("verify.file_unreadable", "error", err))
		return
	}
	a.report.holds(File)
	a.report.Bundle = a.bundle.Manifest
	a.seals(trusted)
	a.keyring()
	a.catalogues()
	a.batches()
	a.proofs()
	if a.minutes != nil { // else why not stands with them
		computed := a.answers()
		a.figures(computed)
		a.findings(computed)
		a.studies()
	}
}

func (a *auditor) progress(done, total uint64) {
	if a.options.Progress != nil {
		a.options.Progress(done, total)
	}
}
