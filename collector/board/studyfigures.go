package board

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/record"
)

// asked is a version held against its figures, with what came out.
type asked struct {
	protocol.Asked
	report protocol.Report
	over   bool // every shift of both sides is over, and its minutes are final or given up

	key   string // of the figures
	input []byte // of the report
}

// answers remembers what versions came to, by their id. Figures are read again when another shift is over or something was
// said; a report, which takes far longer for a year of shifts, is made again only where its input has changed.
type answers struct {
	mu  sync.Mutex // held while one is worked out: one reader at a time is enough for the machine
	all map[string]*asked
}

const (
	// silentFor is for how long a shift waits for minutes that have not come. After it the shift counts as it is.
	silentFor = 24 * time.Hour
	// givenUp is for how long a verdict waits.
	givenUp = 7 * 24 * time.Hour
)

// counted is up to when a line's shifts count in a study: their minutes are final, or nothing was heard of them for so long.
func (p place) counted(now time.Time, patience time.Duration) time.Time {
	settled := p.settled()
	switch {
	case p.declared, settled.After(now):
		return now
	case settled.Before(now.Add(-patience)):
		return now.Add(-patience)
	}
	return settled
}

// lookup is which figures of a side are asked for.
type lookup struct {
	side    record.StudySide
	line    string
	machine string                 // "": the line
	of      *record.StudyCovariate // nil: none
	until   time.Time              // zero: what is over by now
	ledger  uint64                 // what people said in later batches is not known; 0: all of it is
}

// lookups are the figures that a version asks for; of a concluded one those that were known then.
func lookups(v protocol.Version) (before, after lookup) {
	after = lookup{side: v.After, line: v.Line, machine: v.Machine, of: v.Covariate}
	if v.Before != nil && v.Before.Source != record.StudyDeclared {
		before = lookup{side: *v.Before, line: v.BeforeLine(), of: v.Covariate}
		if before.line == v.Line {
			before.machine = v.Machine
		}
	}
	if len(v.Verdicts) > 0 {
		w := v.Verdicts[0]
		before.until, before.ledger, after.until, after.ledger = w.Until, w.Ledger, w.Until, w.Ledger
	}
	return before, after
}

// ask gives what a version comes to by now; of a concluded one, by when it was concluded.
func (b *Board) ask(ctx context.Context, v protocol.Version) (*asked, error) {
	before, after := lookups(v)
	key, over, err := b.studyKey(before, after)
	if err != nil {
		return nil, err
	}
	b.answers.mu.Lock()
	defer b.answers.mu.Unlock()
	if b.answers.all == nil {
		b.answers.all = map[string]*asked{}
	}
	known := b.answers.all[v.ID]
	if known != nil && known.key == key {
		return known, nil
	}
	next := &asked{key: key, over: over}
	if next.Asked, err = b.hold(ctx, v); err != nil {
		return nil, err
	}
	if next.input, err = json.Marshal([]any{next.Study, next.Secondary, protocol.Say(next.Notes)}); err != nil {
		return nil, fmt.Errorf("study %s: %w", v.Study, err)
	}
	if known != nil && bytes.Equal(known.input, next.input) {
		next.report = known.report
	} else {
		next.report = next.Report()
	}
	b.answers.all[v.ID] = next
	return next, nil
}

// hold reads the figures of both sides and holds the version against them.
func (b *Board) hold(ctx context.Context, v protocol.Version) (protocol.Asked, error) {
	before, after := lookups(v)
	var sides [2]protocol.Figures
	for i, l := range []lookup{before, after} {
		var err error
		if sides[i], err = b.figures(ctx, l); err != nil {
			return protocol.Asked{}, fmt.Errorf("study %s: %w", v.Study, err)
		}
	}
	return protocol.Ask(v, sides[0], sides[1]), nil
}

// studyKey says on what the figures of both sides depend, and whether all of their shifts are over.
func (b *Board) studyKey(sides ...lookup) (key string, over bool, err error) {
	b.mu.RLock()
	key, over = fmt.Sprint(b.heardOf), true
	b.mu.RUnlock()
	now := b.clock.Now()
	for _, l := range sides {
		if l.line == "" {
			continue
		}
		p, err := b.find(l.line)
		if err != nil {
			return "", false, err
		}
		until := p.countedFor(l, now, silentFor)
		last, end := lastEnd(p.calendar, l.side, until), lastEnd(p.calendar, l.side, l.side.To.Add(record.LongestShift))
		settled := p.settled()
		if settled.After(last) {
			settled = last
		}
		key += fmt.Sprint("|", l.line, l.machine, l.ledger, p.output(), last.UnixMilli(), settled.UnixMilli(), until.Before(l.side.To))
		over = over && !now.Before(l.side.To) && !end.After(p.countedFor(l, now, givenUp))
	}
	return key, over, nil
}

// countedFor is up to when shifts count that are asked for.
func (p place) countedFor(l lookup, now time.Time, patience time.Duration) time.Time {
	switch {
	case !l.until.IsZero():
		return l.until
	case l.side.Source != record.StudyMetered:
		return now
	}
	return p.counted(now, patience)
}

// figures are those of one side; none where nothing is asked for.
func (b *Board) figures(ctx context.Context, l lookup) (f protocol.Figures, err error) {
	if l.line == "" {
		return f, nil
	}
	p, err := b.find(l.line)
	if err != nil {
		return f, err
	}
	f.Calendar, f.Until = p.calendar, p.countedFor(l, b.clock.Now(), silentFor)
	window := protocol.Window(l.side)
	if f.Log, err = b.logAt(ctx, l, window); err != nil {
		return f, err
	}
	if l.side.Source == record.StudyImported {
		files, err := b.files(ctx, l.line, l.ledger)
		file, _ := protocol.FileNamed(files, l.side.File)
		f.Records = file.Rows
		return f, err
	}
	if l.side.Source != record.StudyMetered {
		return f, nil
	}
	model := protocol.Model(p.kpiModel(), l.machine)
	model.Log = entries.Logged(f.Log)
	if now := p.until(b.clock.Now()); window.To.After(now) {
		window.To = now
	}
	if window.From.Before(window.To) {
		f.Rows, err = kpi.Compute(b.intervals(ctx, p, window), model, window, kpi.ByShift)
	}
	if l.of != nil && err == nil && window.From.Before(window.To) {
		minutes := b.store.Intervals(ctx, series.Query{Site: p.site, Line: p.id, Machine: l.of.Machine, From: window.From, To: window.To}) // hours have no measures
		f.Means, err = protocol.Means(minutes, f.Calendar, l.side, *l.of)
	}
	for i := range f.Rows {
		f.Rows[i].Explain, f.Rows[i].Losses = nil, nil
	}
	return f, err
}

// StudyFile is machine records that somebody imported for a line.
type StudyFile struct {
	Hash   record.Hash `json:"hash" doc:"SHA-256 of the file, by which a study names it"`
	Name   string      `json:"name"`
	By     string      `json:"by"`
	Ledger uint64      `json:"ledger" doc:"index of the batch that holds its last part in the ledger"`
	Rows   int         `json:"rows"`
	From   time.Time   `json:"from" doc:"when its first shift begins"`
	To     time.Time   `json:"to" doc:"when its last shift ends"`
}

// StudyFiles lists the machine records of a line.
func (b *Board) StudyFiles(ctx context.Context, line string) ([]StudyFile, error) {
	if err := b.Has(line); err != nil {
		return nil, err
	}
	files, err := b.files(ctx, line, 0)
	all := []StudyFile{}
	for _, f := range files {
		one := StudyFile{Hash: f.Hash, Name: f.Name, By: f.By, Ledger: f.Ledger, Rows: len(f.Rows)}
		for _, r := range f.Rows {
			if one.From.IsZero() || r.Start.Before(one.From) {
				one.From = r.Start
			}
			if r.Entry.ShiftEnd.After(one.To) {
				one.To = r.Entry.ShiftEnd
			}
		}
		all = append(all, one)
	}
	return all, err
}

// files are the machine records of a line, as far as they were said by then.
func (b *Board) files(ctx context.Context, line string, ledger uint64) ([]protocol.File, error) {
	if b.registry == nil {
		return nil, nil
	}
	said, err := b.registry.Statements(ctx, registry.Said{Line: line, Kinds: []record.StatementKind{record.StatementRecords}})
	if err != nil {
		return nil, fmt.Errorf("machine records of %s: %w", line, err)
	}
	return protocol.Files(func(yield func(entries.Statement) bool) {
		for _, s := range said {
			if (ledger == 0 || s.Ledger <= ledger) && !yield(s) {
				return
			}
		}
	})
}

// logAt is what people wrote down of a line's shifts, as far as it was said by then.
func (b *Board) logAt(ctx context.Context, l lookup, window record.Span) ([]entries.Entry, error) {
	if b.registry == nil {
		return nil, nil
	}
	within := entries.Within(window)
	said, err := b.registry.Statements(ctx, registry.Said{Line: l.line, From: within.From, To: within.To})
	if err != nil {
		return nil, fmt.Errorf("shift log of %s: %w", l.line, err)
	}
	var known []entries.Statement
	for _, s := range said {
		if l.ledger == 0 || s.Ledger <= l.ledger {
			known = append(known, s)
		}
	}
	return entries.Of(slices.Values(known))
}
