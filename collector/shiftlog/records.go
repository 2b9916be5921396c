package shiftlog

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/lineproof/lineproof/collector/shifttable"
	"github.com/lineproof/lineproof/record"
)

// ErrTooMany is part of an error about a file with more rows than are sealed.
var ErrTooMany = errors.New("too many rows")

// MostRecords is how many rows of machine records are sealed of one file: three years of two shifts a day. RecordsInPart is
// how many go into one statement.
const (
	MostRecords   = 2500
	RecordsInPart = 100
)

// Imported says what a file of machine records holds.
type Imported struct {
	Hash     record.Hash          `json:"hash" doc:"SHA-256 of the file, by which a study names it"`
	Rows     int                  `json:"rows"`
	Problems []shifttable.Problem `json:"problems" nullable:"false" doc:"every cell that cannot be right; while there is one that is no warning, nothing is kept"`
	Kept     bool                 `json:"kept" doc:"whether the rows are sealed now"`
}

// Import seals the rows of a file of machine records, in the columns of the shift log, all or none. They are no entries of
// the log: nobody wrote them down, and only a study that names the file counts with them. The same file twice is one. An
// error is one of the file as a whole.
func (l *Log) Import(ctx context.Context, line Line, by, file string, data []byte) (Imported, error) {
	table, err := shifttable.Read(file, data, line.Zone)
	if err != nil {
		return Imported{}, err
	}
	i := Imported{Hash: record.HashOf(data), Rows: len(table.Rows), Problems: append([]shifttable.Problem{}, table.Problems...)}
	if i.Rows > MostRecords {
		return i, fmt.Errorf("%s: %w: %d, and %d are sealed at most; split it", file, ErrTooMany, i.Rows, MostRecords)
	}
	for _, row := range table.Rows {
		for _, m := range l.strange(line, Draft{Start: row.Start, ShiftEntry: row.Entry}) {
			i.Problems = append(i.Problems, table.Problem(row, m))
		}
	}
	if i.Rows == 0 || slices.ContainsFunc(i.Problems, func(p shifttable.Problem) bool { return p.Severity == shifttable.Error }) {
		return i, nil
	}
	said, err := i.statements(line.ID, by, file, table.Rows)
	if err != nil {
		return i, err
	}
	if err := l.say(ctx, said...); err != nil {
		return i, fmt.Errorf("import %s: %w", file, err)
	}
	i.Kept = true
	return i, nil
}

// statements are the parts of the file. Their IDs follow from line and content.
func (i Imported) statements(line, by, file string, rows []shifttable.Row) (said []record.Statement, err error) {
	of := record.HashOf([]byte(line + "\n" + i.Hash.String())).String()[:40]
	parts := slices.Collect(slices.Chunk(rows, RecordsInPart))
	for n, some := range parts {
		part := record.MachineRecords{File: i.Hash, Name: file, Part: n, Of: len(parts)}
		for _, r := range some {
			part.Rows = append(part.Rows, record.RecordRow{Start: r.Start, ShiftEntry: r.Entry})
		}
		s, err := record.NewStatement(fmt.Sprintf("%s-%d", of, n), record.StatementRecords, by, part)
		if err != nil {
			return nil, err
		}
		s.Line, s.About = line, some[0].Start
		said = append(said, s)
	}
	return said, nil
}
