package audit

import (
	"errors"
	"maps"
	"slices"

	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// What can be wrong with a proof beside its hashes.
var (
	errNoBatch         = errors.New("the bundle has no such batch")
	errOtherIndex      = errors.New("it is of another entry of the ledger")
	errOtherCheckpoint = errors.New("it is of another checkpoint")
)

// catalogues wants each to be what its name says.
func (a *auditor) catalogues() {
	for _, name := range slices.Sorted(maps.Keys(a.bundle.Catalogues)) {
		if hash := record.HashOf(a.bundle.Catalogues[name]); hash.String() != name {
			a.report.fails(Catalogues, tongue.M("verify.catalogue_changed", "name", name, "hash", hash))
		}
	}
}

// batches walks through all of them once.
func (a *auditor) batches() {
	a.begin()
	if err := a.newMinutes(); err != nil {
		a.report.fails(Intervals, tongue.M("verify.intervals_unreadable", "error", err))
		return
	}
	a.tree.grown, a.tree.proven = factory.NewEmptyRange(0), map[place]leaf{}
	for _, p := range a.bundle.Proofs {
		a.tree.proven[place{p.Gateway, p.Seq}] = leaf{}
	}
	for s, err := range opened(a.bundle, a.keys, a.options.Each) {
		if err == nil {
			err = a.tree.add(s)
		}
		if err != nil {
			a.report.fails(File, tongue.M("verify.batches_unreadable", "error", err))
			break
		}
		if s.Sealed != nil {
			a.take(s)
		}
	}
	for _, c := range a.inOrder() {
		c.end()
		c.rest()
		c.listed()
	}
	a.minutes.end()
	if a.count != a.bundle.Manifest.Batches {
		a.report.fails(Chain, tongue.M("verify.count", "batches", a.count, "said", a.bundle.Manifest.Batches))
	}
	a.included()
	a.report.holds(Signatures, tongue.M("verify.signed", "batches", a.count, "checked", a.signed))
	a.report.holds(Dates)
	a.report.holds(Catalogues)
}

// inOrder are the chains by the names of their gateways.
func (a *auditor) inOrder() (all []*chain) {
	for _, id := range slices.Sorted(maps.Keys(a.chains)) {
		all = append(all, a.chains[id])
	}
	return all
}

// take is for one batch.
func (a *auditor) take(s *step) {
	a.count++
	if total := a.bundle.Manifest.Batches; a.count%64 == 0 || a.count == total {
		a.progress(a.count, max(total, a.count))
	}
	if s.Signed {
		a.signed++
	}
	switch {
	case errors.Is(s.Err, record.ErrUnknownKey):
		a.report.fails(Signatures, tongue.M("verify.unknown_key", "index", s.Index, "error", s.Err))
		return
	case errors.Is(s.Err, record.ErrSignature):
		a.report.fails(Signatures, tongue.M("verify.forged", "index", s.Index, "error", s.Err))
		return
	case s.Err != nil:
		a.report.fails(Signatures, tongue.M("verify.malformed", "index", s.Index, "error", s.Err))
		return
	}
	a.tree.note(s)
	c := a.chains[s.Batch().Gateway]
	if c == nil {
		a.report.fails(Chain, tongue.M("verify.stranger", "gateway", s.Batch().Gateway, "index", s.Index))
		return
	}
	c.take(s)
}
