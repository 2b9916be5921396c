// Package shifttable reads the shift logs that people keep in CSV and XLSX files, and writes them.
//
// A cell that can be read in two ways is a problem, never a guess; an empty cell is unknown, never 0. All that is
// wrong with a file is told at once, each thing with the cell as the person finds it in their program, and a row with
// anything wrong is not among the rows. What Read makes of a file, Check holds, and so it can hold what is typed.
//
// What it does not do: it reads one sheet of a workbook, evaluates no formula (it takes the result that the other
// program left), and knows a shift by its two times, not by a day and a name such as "ca 1".
package shifttable

import (
	"bytes"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/record"
)

// What a file may be at most.
const (
	MostBytes    = 10 << 20
	MostRows     = 50_000 // below the header, empty ones not counted
	MostProblems = 10_000 // that are told one by one; a last one says how many more there are
)

// Row is one row of a log.
type Row struct {
	Number int // of the row in the person's program, counted from 1
	Start  time.Time
	Entry  record.ShiftEntry
}

// Severity of a problem.
type Severity string

// An Error keeps its row out, or all rows where it is in the header. A Warning keeps nothing out.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is one thing that is wrong with a file.
type Problem struct {
	Cell     string   `json:"cell" doc:"as in a spreadsheet, such as C7; in CSV too"`
	Row      int      `json:"row" doc:"counted from 1"`
	Column   string   `json:"column" doc:"our name; empty where we know none"` // such as shift_start
	Value    string   `json:"value" doc:"what stands there"`                   // at most 100 characters
	Code     Code     `json:"code"`
	Severity Severity `json:"severity" enum:"error,warning"`
	Message  string   `json:"message"`        // in plain English
	Hint     string   `json:"hint,omitempty"` // what to do
}

// Table is what a file holds.
type Table struct {
	Rows     []Row     // without any error, in the file's order
	Problems []Problem // in the file's order, those of the header first

	at map[string]int // columns by our names, counted from 0
}

// Problem names the cell of something else that is wrong with a row, which only its reader can know.
func (t Table) Problem(r Row, m Mistake) Problem {
	p := Problem{Row: r.Number, Column: m.Column, Code: m.Code, Severity: Error, Message: m.Message}
	if at, ok := t.at[m.Column]; ok {
		p.Cell = cellName(at, r.Number)
	}
	for _, c := range columns {
		switch {
		case c.name != m.Column:
		case c.text != nil:
			p.Value = clip(*c.text(&r.Entry))
		case c.moment != nil:
			p.Value = shown(*c.moment(&r))
		}
	}
	return p
}

// Unreadable is an error of a file that is no table, or none that we take.
type Unreadable struct {
	Code    Code
	Message string
	Hint    string
}

func (u *Unreadable) Error() string { return u.Message }

func unreadable(code Code, format string, values ...any) *Unreadable {
	return &Unreadable{Code: code, Message: fmt.Sprintf(format, values...), Hint: hints[code]}
}

// Read reads a file by what it holds, whatever its name. Times without an offset are those of the zone. Each entry's
// Source is the name and the row. The error is always an *Unreadable.
func Read(name string, data []byte, zone *time.Location) (Table, error) {
	g, err := gridOf(data)
	if err != nil {
		return Table{}, err
	}
	h, err := findHeader(g)
	if err != nil {
		return Table{}, err
	}
	r := reading{name: name, zone: zone, grid: g, header: h}
	return r.table(), nil
}

func gridOf(data []byte) (*grid, error) {
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return nil, unreadable(Empty, "the file is empty")
	case len(data) > MostBytes:
		return nil, unreadable(TooLarge, "the file has %d bytes; at most %d can be read", len(data), MostBytes)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return nil, unreadable(OldWorkbook, "this is an old Excel file (.xls), or one that is locked by a password")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readWorkbook(data)
	}
	return readText(data)
}
