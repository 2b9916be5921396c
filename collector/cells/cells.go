// Package cells reads tables that people keep in CSV and XLSX files, and writes them. What the columns are, how people
// head them and what a row may hold says a Form.
//
// A cell that can be read in two ways is a problem, never a guess; an empty cell is unknown, never 0. All that is
// wrong with a file is told at once, each thing with the cell as the person finds it in their program, and a row with
// anything wrong is not among the rows.
//
// What it does not do: it reads one sheet of a workbook, and evaluates no formula (it takes the result that the other
// program left).
package cells

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// What a file may be at most.
const (
	MostBytes    = 10 << 20
	MostRows     = 50_000 // below the header, empty ones not counted
	MostProblems = 10_000 // that are told one by one; a last one says how many more there are
)

// Form is what a table of rows R holds.
type Form[R any] struct {
	Noun     string            // what a file holds, such as "shift log"
	Columns  []Column[R]       // in the order in which they are written
	Headings []byte            // YAML: how people head each column (see heading)
	Texts    fs.ReadFileFS     // vi.yaml and en.yaml: the texts of a workbook
	Required []string          // columns without which no row can be taken; the first is never empty in a row
	Check    func(R) []Mistake // all that cannot be in a row
	Once     Once[R]           // what no two rows may share
	Hints    map[Code]string   // instead of the usual ones, and of the form's own codes
	Place    func(r *R, source string, row int)
}

// Once is what no two rows may share.
type Once[R any] struct {
	Column  string
	Code    Code
	Message string         // %d: the earlier row
	Key     func(R) string // "": not known
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
type Table[R any] struct {
	Rows     []R       // without any error, in the file's order
	Problems []Problem // in the file's order, those of the header first

	form Form[R]
	at   map[string]int // columns by our names, counted from 0
}

// Problem names the cell of something else that is wrong with a row, which only its reader can know.
func (t Table[R]) Problem(r R, row int, m Mistake) Problem {
	p := Problem{Row: row, Column: m.Column, Code: m.Code, Severity: Error, Message: m.Message, Hint: t.form.hint(m.Code)}
	if at, ok := t.at[m.Column]; ok {
		p.Cell = cellName(at, row)
	}
	for _, c := range t.form.Columns {
		switch {
		case c.Name != m.Column:
		case c.Moment != nil:
			p.Value = Shown(*c.Moment(&r))
		default:
			if v := c.value(&r); v != nil {
				p.Value = clip(fmt.Sprint(v))
			}
		}
	}
	return p
}

// Fill gives a row what another one has in the columns that the file does not have.
func (t Table[R]) Fill(row *R, from R) {
	for _, c := range t.form.Columns {
		if _, read := t.at[c.Name]; read {
			continue
		}
		switch {
		case c.Moment != nil:
			*c.Moment(row) = *c.Moment(&from)
		case c.Day != nil:
			*c.Day(row) = *c.Day(&from)
		case c.Text != nil:
			*c.Text(row) = *c.Text(&from)
		case c.Whole != nil:
			*c.Whole(row) = *c.Whole(&from)
		default:
			*c.Number(row) = *c.Number(&from)
		}
	}
}

// Unreadable is an error of a file that is no table, or none that we take.
type Unreadable struct {
	Code    Code
	Message string
	Hint    string
}

func (u *Unreadable) Error() string { return u.Message }

func unreadable(code Code, format string, values ...any) *Unreadable {
	return &Unreadable{Code: code, Message: fmt.Sprintf(format, values...)}
}

// Read reads a file by what it holds, whatever its name. Times without an offset are those of the zone. Place is told
// the name with each row. The error is an *Unreadable, unless the form is wrong.
func (f Form[R]) Read(name string, data []byte, zone *time.Location) (Table[R], error) {
	n, err := f.names()
	if err != nil {
		return Table[R]{}, err
	}
	r := reading[R]{form: f, name: name, zone: zone}
	if r.grid, err = n.gridOf(data); err == nil {
		r.header, err = n.findHeader(r.grid, f.Required)
	}
	var said *Unreadable
	if errors.As(err, &said) {
		said.Hint = f.hint(said.Code)
	}
	if err != nil {
		return Table[R]{}, err
	}
	return r.table(), nil
}

func (n names) gridOf(data []byte) (*grid, error) {
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return nil, unreadable(Empty, "the file is empty")
	case len(data) > MostBytes:
		return nil, unreadable(TooLarge, "the file has %d bytes; at most %d can be read", len(data), MostBytes)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return nil, unreadable(OldWorkbook, "this is an old Excel file (.xls), or one that is locked by a password")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return n.readWorkbook(data)
	}
	return n.readText(data)
}
