package board

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/plausible"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/record"
)

// ErrCannotBe is part of an error about a figure that is never right.
var ErrCannotBe = errors.New("cannot be")

// HandCount is what a person counted at a machine, with what its meters counted in the same time.
type HandCount struct {
	ID   string    `json:"id"`
	From time.Time `json:"from"`
	record.HandCount
	By      string    `json:"by"`
	Said    time.Time `json:"said" doc:"when it reached the collector"`
	Ledger  uint64    `json:"ledger" doc:"index of the batch that holds it in the ledger"`
	Metered *int64    `json:"metered_quantity" doc:"units by the meter; null where nobody looked all along, so that the two cannot be compared"`
	Rejects *int64    `json:"metered_scrap_quantity" doc:"rejects by the meter; null likewise"`
	Limit   float64   `json:"limit" doc:"by how many units the two may differ"`
	Agrees  *bool     `json:"agrees" doc:"null where they cannot be compared"`
}

// CountDraft is a count as somebody wants to write it down.
type CountDraft struct {
	ID   string // chosen by the writer's device: what is sent twice is one count
	From time.Time
	record.HandCount
}

// longestCount bounds a count: nobody counts longer than a shift.
const longestCount = 12 * time.Hour

// Count keeps what a person counted at a machine. One that is there already under its ID, word for word, is no error.
func (b *Board) Count(ctx context.Context, line, by string, d CountDraft) error {
	b.changing.Lock()
	defer b.changing.Unlock()
	p, err := b.find(line)
	if err != nil {
		return err
	}
	d.From, d.To, d.Comment = d.From.UTC(), d.To.UTC(), strings.TrimSpace(d.Comment)
	head := statement{ID: d.ID, Kind: record.StatementCount, Line: line, About: d.From, By: by}
	if heard, err := b.heard(ctx, head, d.HandCount); heard || err != nil {
		return err
	}
	if err := d.check(p, b.clock.Now()); err != nil {
		return err
	}
	if d.Replaces != "" {
		old, there, err := b.registry.Statement(ctx, d.Replaces)
		if err != nil {
			return err
		}
		if !there || old.Kind != record.StatementCount || old.Line != line {
			return fmt.Errorf("replaces %q: %w; name a count of this line, or leave it out", d.Replaces, ErrUnknown)
		}
	}
	if err := b.state(ctx, head, d.HandCount); err != nil {
		return err
	}
	b.doubted.forget(line)
	return nil
}

// check finds what cannot be.
func (d CountDraft) check(p place, now time.Time) error {
	if _, ok := p.model.Machines[d.Machine]; !ok {
		return fmt.Errorf("machine %q: %w; there are %s", d.Machine, ErrUnknown, strings.Join(p.machines(), ", "))
	}
	for _, t := range []struct {
		name string
		at   time.Time
	}{{"from", d.From}, {"to", d.To}} {
		if !t.at.Truncate(account.Minute).Equal(t.at) {
			return fmt.Errorf("%s %s: %w; count from a whole minute to another", t.name, t.at.Format(time.RFC3339Nano), ErrCannotBe)
		}
	}
	switch {
	case !d.From.Before(d.To) || d.To.Sub(d.From) > longestCount:
		return fmt.Errorf("to %s: %w; use a time after from, by %v at the most", d.To.Format(time.RFC3339), ErrCannotBe, longestCount)
	case d.To.After(now):
		return fmt.Errorf("to %s: %w yet; write a count down when it is over", d.To.Format(time.RFC3339), ErrCannotBe)
	case d.Produced < 0:
		return fmt.Errorf("produced_quantity %d: %w; use 0 or more", d.Produced, ErrCannotBe)
	case d.Scrap != nil && (*d.Scrap < 0 || *d.Scrap > d.Produced):
		return fmt.Errorf("scrap_quantity %d: %w; use 0 to produced_quantity", *d.Scrap, ErrCannotBe)
	}
	return nil
}

// counts are those of a line that begin in a window, and that none corrects.
func (b *Board) counts(ctx context.Context, line string, window record.Span) ([]HandCount, error) {
	if b.registry == nil {
		return nil, nil
	}
	said, err := b.registry.Statements(ctx, registry.Said{Kinds: []record.StatementKind{record.StatementCount}, Line: line})
	if err != nil {
		return nil, fmt.Errorf("counts of line %s: %w", line, err)
	}
	counts, err := entries.Counts(slices.Values(said), window)
	if err != nil {
		return nil, err
	}
	var all []HandCount
	for _, c := range counts {
		all = append(all, HandCount{ID: c.ID, From: c.From, HandCount: c.HandCount, By: c.By, Said: c.Said, Ledger: c.Ledger})
	}
	return all, nil
}

// compare sets what the meters counted.
func (c *HandCount) compare(with plausible.Compared) {
	if c.Limit = with.Limit; with.Judged {
		agrees := !with.Differs()
		c.Metered, c.Rejects, c.Agrees = &with.Metered, &with.Scrapped, &agrees
	}
}
