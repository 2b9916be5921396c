package collector

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/collector/web"
	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/record"
)

// Bundle is an evidence bundle that is ready to be written. It goes back to one state of the ledger, however that
// grows.
type Bundle struct {
	c    *Collector
	tree *ledger.Tree
	plan *bundlePlan
	made time.Time

	study string // that it is of; "": of none
}

// Bundle finds what the evidence of a line and a period is. It reads the ledger through, up to its checkpoint.
func (c *Collector) Bundle(ctx context.Context, line string, from, to time.Time) (*Bundle, error) {
	b, err := c.bundle(ctx, line, from.UTC(), to.UTC())
	if err != nil {
		return nil, fmt.Errorf("bundle of line %s: %w", line, err)
	}
	return b, nil
}

func (c *Collector) bundle(ctx context.Context, line string, from, to time.Time) (*Bundle, error) {
	from, to = from.Truncate(account.Minute), to.Truncate(account.Minute)
	b := &Bundle{c: c, made: c.opts.Clock.Now().UTC().Truncate(time.Second)}
	b.plan = &bundlePlan{line: line, from: from, to: to, parts: map[string]*part{}}
	b.plan.chain = &chain{keys: record.Keyring{}, heads: map[string]verify.Head{}}
	if err := c.sealers(ctx, b.plan); err != nil {
		return nil, err
	}
	checkpoint, err := c.checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	if b.tree, err = c.ledger.Tree(checkpoint); err != nil {
		return nil, err
	}
	if err := b.plan.walk(ctx, c, b.tree.Size); err != nil {
		return nil, err
	}
	final := b.plan.final()
	if !from.Before(final) {
		return nil, fmt.Errorf("period: %w; the line's last final minute ends at %s", board.ErrOpen, final.Format(time.RFC3339))
	}
	b.plan.to = final
	viewed, err := c.registry.Next(ctx)
	if err == nil && viewed <= b.plan.newest() {
		err = errors.New("the views are behind the ledger; try again when they have followed")
	}
	return b, err
}

// sealers finds whose batches tell of a line: gateways whose catalogues name it or named it, and the office.
func (c *Collector) sealers(ctx context.Context, p *bundlePlan) error {
	all, err := c.registry.Calendars(ctx)
	if err != nil {
		return err
	}
	for _, said := range all {
		if said.Line == p.line {
			p.sealer(said.Gateway, ed25519.PublicKey(c.cfg.Gateways[said.Gateway].Key))
		}
	}
	if len(p.parts) == 0 {
		return fmt.Errorf("%w: no gateway of the configuration reads it", board.ErrNotFound)
	}
	p.sealer(record.Office, c.office.public())
	return nil
}

func (p *bundlePlan) sealer(id string, first ed25519.PublicKey) {
	if len(first) != ed25519.PublicKeySize || p.parts[id] != nil {
		return // no longer configured, or known
	}
	p.keys.Add(id, first)
	p.parts[id] = &part{account: account.NewState(), keys: []ed25519.PublicKey{first}}
}

// final is the end of the period, no later than the last minute that can no longer grow.
func (p *bundlePlan) final() (final time.Time) {
	for _, own := range p.parts {
		if own.closed.After(final) {
			final = own.closed
		}
	}
	if final.After(p.to) {
		return p.to
	}
	return final
}

// newest is the index of the last batch that is needed.
func (p *bundlePlan) newest() (newest uint64) {
	for _, b := range p.needed() {
		newest = max(newest, b.index)
	}
	return newest
}

// needed are the batches of the bundle, in the order of the ledger.
func (p *bundlePlan) needed() (all []inLedger) {
	for _, own := range p.parts {
		if own.last == 0 {
			continue
		}
		for _, b := range own.changes {
			if b.seq < own.first {
				all = append(all, b)
			}
		}
		for _, b := range own.batches {
			if b.seq >= own.first && b.seq <= own.last {
				all = append(all, b)
			}
		}
	}
	slices.SortFunc(all, func(a, b inLedger) int { return int(int64(a.index) - int64(b.index)) })
	return all
}

// WriteBundle writes the bundle of a collector that does not run. Witnesses are asked once, where some are configured.
func WriteBundle(ctx context.Context, cfg Config, opts Options, line string, from, to time.Time, w io.Writer, progress func(part string, done, total uint64)) error {
	find := func(*Collector) (web.BundleOf, error) { return web.BundleOf{Line: line, From: from, To: to}, nil }
	return writeBundle(ctx, cfg, opts, find, w, progress)
}

// WriteStudyBundle writes that of a study: its line over the time of both sides.
func WriteStudyBundle(ctx context.Context, cfg Config, opts Options, study string, w io.Writer, progress func(part string, done, total uint64)) error {
	find := func(c *Collector) (web.BundleOf, error) {
		line, span, err := c.board.StudySpan(study)
		return web.BundleOf{Line: line, From: span.From, To: span.To, Study: study}, err
	}
	return writeBundle(ctx, cfg, opts, find, w, progress)
}

func writeBundle(ctx context.Context, cfg Config, opts Options, find func(*Collector) (web.BundleOf, error), w io.Writer, progress func(part string, done, total uint64)) (err error) {
	c := &Collector{cfg: cfg, opts: opts}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := c.openStores(ctx); err != nil {
		return err
	}
	if err := c.openPipeline(ctx); err != nil {
		return err
	}
	if err := c.pipeline.catchUp(ctx); err != nil {
		return err
	}
	if c.openWitnesses(); c.witnesses != nil {
		c.witnesses.Ask(ctx)
	}
	of, err := find(c)
	if err != nil {
		return err
	}
	b, err := c.bundleOf(ctx, of)
	if err != nil {
		return err
	}
	return b.Write(ctx, w, func(done, total uint64) { progress("batches", done, total) })
}

func (c *Collector) bundleOf(ctx context.Context, of web.BundleOf) (*Bundle, error) {
	b, err := c.Bundle(ctx, of.Line, of.From, of.To)
	if err == nil {
		b.study = of.Study
	}
	return b, err
}

// evidence is Bundle as pages ask for it.
func (c *Collector) evidence(ctx context.Context, of web.BundleOf) (func(context.Context, io.Writer) error, error) {
	b, err := c.bundleOf(ctx, of)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, w io.Writer) error { return b.Write(ctx, w, nil) }, nil
}

// Period is what the bundle is of: the period that was asked for, as far as it is final.
func (b *Bundle) Period() record.Span { return record.Span{From: b.plan.from, To: b.plan.to} }

// Write writes the bundle.
func (b *Bundle) Write(ctx context.Context, to io.Writer, progress func(done, total uint64)) error {
	if err := b.write(ctx, to, progress); err != nil {
		return fmt.Errorf("write bundle of line %s: %w", b.plan.line, err)
	}
	return nil
}

func (b *Bundle) write(ctx context.Context, to io.Writer, progress func(done, total uint64)) error {
	needed := b.plan.needed()
	w, err := bundle.NewWriter(to, b.manifest(uint64(len(needed))), b.plan.ring(), b.tree.Checkpoint)
	if err != nil {
		return err
	}
	if err := w.Catalogues(b.plan.catalogues()); err != nil {
		return err
	}
	if err := b.batches(ctx, w, needed, progress); err != nil {
		return err
	}
	if err := b.proofs(w); err != nil {
		return err
	}
	out, err := w.BeginIntervals()
	if err != nil {
		return err
	}
	r, err := b.newResults()
	if err != nil {
		return err
	}
	if err := r.minutes(ctx, out); err != nil {
		return err
	}
	results, err := r.all(ctx)
	if err != nil {
		return err
	}
	return w.Close(results)
}

func (b *Bundle) query() series.Query {
	return series.Query{Line: b.plan.line, From: b.plan.from, To: b.plan.to}
}

func (b *Bundle) manifest(batches uint64) bundle.Manifest {
	m := bundle.Manifest{
		Format: bundle.Format, Made: b.made, Version: b.c.opts.Version, Origin: b.c.cfg.Origin, LedgerKey: b.c.ledger.Verifier(),
		Line: b.plan.line, Study: b.study, From: b.plan.from, To: b.plan.to, Batches: batches, Gateways: []bundle.Chain{},
	}
	for _, id := range slices.Sorted(maps.Keys(b.plan.parts)) {
		if own := b.plan.parts[id]; own.last != 0 {
			m.Gateways = append(m.Gateways, bundle.Chain{Gateway: id, First: own.first, Last: own.last})
		}
	}
	return m
}

// ring lists the keys, those of each gateway in the order in which they sealed.
func (p *bundlePlan) ring() (all []bundle.Key) {
	for _, id := range slices.Sorted(maps.Keys(p.parts)) {
		if p.parts[id].last == 0 {
			continue
		}
		for _, key := range p.parts[id].keys {
			all = append(all, bundle.NewKey(id, key))
		}
	}
	return all
}

// catalogues are those in force in the bundle's batches.
func (p *bundlePlan) catalogues() map[record.Hash][]byte {
	all := map[record.Hash][]byte{}
	for _, own := range p.parts {
		for i, h := range own.heads {
			ended := i+1 < len(own.heads) && own.heads[i+1].Seq <= own.first
			if own.last != 0 && !ended && h.Seq <= own.last {
				all[h.CatalogueHash] = h.CatalogueJSON
			}
		}
	}
	return all
}

func (b *Bundle) batches(ctx context.Context, w *bundle.Writer, needed []inLedger, progress func(done, total uint64)) error {
	if err := w.BeginBatches(b.tree.Nodes); err != nil {
		return err
	}
	next := 0
	for e, err := range b.c.ledger.Entries(ctx, needed[0].index) {
		if err != nil {
			return err
		}
		if next == len(needed) {
			break
		}
		if e.Index != needed[next].index {
			continue
		}
		if err := w.Batch(e.Index, e.Sealed); err != nil {
			return err
		}
		if next++; progress != nil {
			progress(uint64(next), uint64(len(needed)))
		}
	}
	return w.EndBatches(b.tree.Size)
}

// proofs gives other programs a proof of the first and the last batch of each gateway, and of the first of each day.
func (b *Bundle) proofs(w *bundle.Writer) error {
	for _, id := range slices.Sorted(maps.Keys(b.plan.parts)) {
		own, day := b.plan.parts[id], ""
		for _, at := range own.batches {
			if own.last == 0 || at.seq < own.first || at.seq > own.last {
				continue
			}
			date := at.sealed.UTC().Format(time.DateOnly)
			if date == day && at.seq != own.last {
				continue
			}
			day = date
			hashes, err := b.tree.Proof(at.index)
			if err != nil {
				return err
			}
			if err := w.Proof(id, at.seq, bundle.Proof{Index: at.index, Hashes: hashes, Checkpoint: b.tree.Checkpoint}); err != nil {
				return err
			}
		}
	}
	return nil
}
