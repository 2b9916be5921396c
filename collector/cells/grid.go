package cells

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// cellKind is what a cell is in the file. In CSV all are typed.
type cellKind int

const (
	typed   cellKind = iota // text, as somebody typed it
	numeric                 // a number that a program stored: its point is a decimal point
	dated                   // a number shown as a date or a time
	broken                  // an error such as #DIV/0!
	pending                 // a formula whose result the file does not hold
)

type cell struct {
	text string // without spaces around it
	kind cellKind
}

func (c cell) empty() bool { return c.text == "" }

// line is a row of the file that is not empty. A cell past its end is empty.
type line struct {
	number int
	cells  []cell
	torn   string // what keeps the line from being read as cells
}

func (l line) at(column int) cell {
	if column < len(l.cells) {
		return l.cells[column]
	}
	return cell{}
}

func (l line) empty() bool {
	for _, c := range l.cells {
		if !c.empty() {
			return false
		}
	}
	return l.torn == ""
}

// area is a rectangle of cells, both ends within; columns are counted from 0, rows from 1.
type area struct{ left, top, right, bottom int }

// grid is a file as cells.
type grid struct {
	lines   []line
	comma   rune   // what stands between the cells; 0 in a workbook
	system  int    // 1900 or 1904, of serial dates
	merged  []area // cells that were made one, of which only the first holds the value
	ignored []string
}

// cellName is such as C7.
func cellName(column, row int) string {
	name, err := excelize.ColumnNumberToName(column + 1)
	if err != nil {
		return fmt.Sprintf("row %d", row)
	}
	return fmt.Sprintf("%s%d", name, row)
}

// mostColumns bounds a row; a table has some twenty columns.
const mostColumns = 256
