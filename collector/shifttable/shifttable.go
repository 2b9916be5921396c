// Package shifttable is the shift logs that people keep in CSV and XLSX files: what their columns are and what cannot be
// in a row. How files are read and written is collector/cells'.
//
// What Read makes of a file, Check holds, and so it can hold what is typed. It knows a shift by its two times, not by a
// day and a name such as "ca 1".
package shifttable

import (
	"io"
	"time"

	"github.com/lineproof/lineproof/collector/cells"
	"github.com/lineproof/lineproof/record"
)

// What is the same in every table.
type (
	Problem    = cells.Problem
	Mistake    = cells.Mistake
	Unreadable = cells.Unreadable
	Code       = cells.Code
)

// Those of cells that the shift log's users ask for.
const (
	MostBytes = cells.MostBytes
	Error     = cells.Error
	Warning   = cells.Warning
	NoHeader  = cells.NoHeader
)

// Row is one row of a log.
type Row struct {
	Number int // of the row in the person's program, counted from 1
	Start  time.Time
	Entry  record.ShiftEntry
}

// Table is what a file holds.
type Table struct{ cells.Table[Row] }

// Problem names the cell of something else that is wrong with a row, which only its reader can know.
func (t Table) Problem(r Row, m Mistake) Problem { return t.Table.Problem(r, r.Number, m) }

// Read reads a file by what it holds, whatever its name. Times without an offset are those of the zone. Each entry's
// Source is the name and the row. The error is always an *Unreadable.
func Read(name string, data []byte, zone *time.Location) (Table, error) {
	t, err := form.Read(name, data, zone)
	return Table{t}, err
}

// WriteCSV writes rows by our names, with times in RFC 3339 with the zone's offset; without rows it is a template.
// Read gives back what was written, but Replaces and Source, which are not of the log. A row that Check finds a
// mistake in is an error, before anything is written.
func WriteCSV(w io.Writer, rows []Row, zone *time.Location) error {
	return form.WriteCSV(w, rows, zone)
}

// WriteXLSX writes rows for people, in the language vi or en, with times by the zone's clock; without rows it is a
// template. A second sheet explains the columns. What Read gives back is as with WriteCSV.
func WriteXLSX(w io.Writer, rows []Row, zone *time.Location, lang string) error {
	return form.WriteXLSX(w, rows, zone, lang)
}
