package shiftlog

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/shifttable"
	"github.com/lineproof/lineproof/record"
)

// Loaded says what a file holds.
type Loaded struct {
	Rows     int                  `json:"rows" doc:"that can be kept, or were"`
	There    int                  `json:"there" doc:"rows that are in the log already, word for word; they are left"`
	Problems []shifttable.Problem `json:"problems" nullable:"false" doc:"every cell that cannot be right; while there is one that is no warning, nothing is kept"`
	Kept     bool                 `json:"kept" doc:"whether the rows are in the log now"`
}

// Load reads a file of entries, as XLSX or CSV, and keeps them all or none: none while a cell is wrong, or when it is
// only a try. An error is one of the file as a whole.
func (l *Log) Load(ctx context.Context, line Line, by, file string, data []byte, try bool) (Loaded, error) {
	table, err := shifttable.Read(file, data, line.Zone)
	if err != nil {
		return Loaded{}, err
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	there, err := l.around(ctx, line.ID, table.Rows)
	if err != nil {
		return Loaded{}, err
	}
	loaded := Loaded{Problems: append([]shifttable.Problem{}, table.Problems...)}
	var said []record.Statement
	for _, row := range table.Rows {
		d := Draft{ID: rand.Text(), Start: row.Start, ShiftEntry: row.Entry}
		entries := there[d.Start.UnixMilli()]
		if written(entries, d) {
			loaded.There++
			continue
		}
		mistakes := l.strange(line, d)
		if err := vacant(entries, d); err != nil {
			mistakes = append(mistakes, shifttable.Mistake{Column: "shift_start", Code: alreadyThere, Message: err.Error()})
		}
		for _, m := range mistakes {
			loaded.Problems = append(loaded.Problems, table.Problem(row, m))
		}
		s, err := d.statement(line.ID, by)
		if err != nil {
			return Loaded{}, err
		}
		said = append(said, s)
	}
	loaded.Rows = len(said)
	if try || loaded.bad() {
		return loaded, nil
	}
	if err := l.say(ctx, said...); err != nil {
		return Loaded{}, fmt.Errorf("load %s: %w", file, err)
	}
	loaded.Kept = true
	return loaded, nil
}

// around gives the standing entries of all shifts that rows begin with, by their beginning in Unix milliseconds.
func (l *Log) around(ctx context.Context, line string, rows []shifttable.Row) (map[int64][]Entry, error) {
	there := map[int64][]Entry{}
	if len(rows) == 0 {
		return there, nil
	}
	window := record.Span{From: rows[0].Start, To: rows[0].Start}
	for _, r := range rows {
		if r.Start.Before(window.From) {
			window.From = r.Start
		}
		if r.Start.After(window.To) {
			window.To = r.Start
		}
	}
	window.To = window.To.Add(time.Millisecond)
	entries, err := l.Entries(ctx, line, window)
	for _, e := range Standing(entries) {
		there[e.Start.UnixMilli()] = append(there[e.Start.UnixMilli()], e)
	}
	return there, err
}

func (l Loaded) bad() bool {
	return slices.ContainsFunc(l.Problems, func(p shifttable.Problem) bool { return p.Severity == shifttable.Error })
}

// written tells whether the log has an entry already, but for where it was read from.
func written(there []Entry, d Draft) bool {
	plain := func(e record.ShiftEntry) record.Hash {
		e.Source, e.Replaces = "", ""
		s, err := record.NewStatement("-", record.StatementShift, "-", e)
		if err != nil {
			return record.Hash{}
		}
		return record.HashOf(s.Body)
	}
	for _, e := range Standing(there) {
		if e.Same(Entry{Start: d.Start, ShiftEntry: d.ShiftEntry}) && plain(e.ShiftEntry) == plain(d.ShiftEntry) {
			return true
		}
	}
	return false
}
