package shifttable

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lineproof/lineproof/internal/sheet"
)

// reading makes rows of a grid.
type reading struct {
	name string
	zone *time.Location
	*grid
	header header

	found   Table
	more    int            // problems beyond those that are told
	seen    map[string]int // the rows of shifts, by what tells them apart
	unnamed map[int]bool   // columns without a heading that were told of
	merges  merges

	doubtful bool // dates with slashes
}

func (r *reading) table() Table {
	r.seen, r.unnamed = map[string]int{}, map[int]bool{}
	r.merges, r.doubtful = mergesOf(r.merged), r.monthFirst()
	r.found.at = map[string]int{}
	for _, p := range r.header.columns {
		r.found.at[p.name] = p.at
	}
	for _, p := range r.header.problems {
		r.say(p)
	}
	for _, name := range r.ignored {
		r.say(Problem{Code: IgnoredSheet, Severity: Warning, Value: clip(name), Message: fmt.Sprintf("The sheet %s is not read: only the first with a shift log is.", clip(name))})
	}
	for _, l := range r.lines {
		r.line(l)
	}
	if r.more > 0 {
		r.found.Problems = append(r.found.Problems, Problem{
			Code: MoreProblems, Severity: Error, Value: strconv.Itoa(r.more), Message: fmt.Sprintf("There are %d problems more.", r.more), Hint: hints[MoreProblems],
		})
	}
	return r.found
}

func (r *reading) say(p Problem) {
	if len(r.found.Problems) >= MostProblems {
		r.more++
		return
	}
	if p.Severity == "" {
		p.Severity = Error
	}
	p.Hint = hints[p.Code]
	r.found.Problems = append(r.found.Problems, p)
}

// line reads one row of the file below the header.
func (r *reading) line(l line) {
	r.unnamedColumns(l)
	merged := r.merges.at(l.number)
	first, start := firstCell(l), r.cellOf(l, shiftStart)
	switch {
	case l.torn != "":
		r.say(Problem{Cell: cellName(0, l.number), Row: l.number, Code: TornRow, Value: clip(first.text), Message: l.torn})
		return
	case (start.empty() || start == first) && isTotal(first):
		r.say(Problem{Cell: cellName(slices.Index(l.cells, first), l.number), Row: l.number, Code: IgnoredTotal, Severity: Warning, Value: clip(first.text), Message: "This row of totals is not read."})
		return
	case !slices.ContainsFunc(r.header.columns, func(p placed) bool { return !l.at(p.at).empty() }):
		return
	}
	row := Row{Number: l.number}
	wrong := r.cells(l, &row, merged)
	wrong = append(wrong, r.mistakes(l, row, wrong)...)
	wrong = append(wrong, r.twice(l, row)...)
	slices.SortStableFunc(wrong, func(a, b Problem) int { return columnOf(a.Column) - columnOf(b.Column) })
	for _, p := range wrong {
		r.say(p)
	}
	if len(wrong) == 0 && !r.header.broken {
		row.Entry.Source = r.name + ":" + strconv.Itoa(l.number)
		r.found.Rows = append(r.found.Rows, row)
	}
}

func columnOf(name string) int {
	return slices.IndexFunc(columns, func(c column) bool { return c.name == name })
}

// cells reads the cells into row and returns what is wrong with them.
func (r *reading) cells(l line, row *Row, merged []area) (wrong []Problem) {
	if r.comma != 0 && len(l.cells) > len(r.header.line.cells) {
		at := len(r.header.line.cells)
		wrong = append(wrong, Problem{
			Cell: cellName(at, l.number), Row: l.number, Code: TooManyCells, Value: clip(l.cells[at].text),
			Message: fmt.Sprintf("The row has %d cells, the header %d, so that figures may stand in the wrong column.", len(l.cells), at),
		})
	}
	for _, p := range r.header.columns {
		m := r.cell(l.at(p.at), p.column, row)
		if r.isMerged(merged, p.at) {
			m = mark{MergedCells, "This cell is merged with others."}
		}
		if m.code != "" {
			wrong = append(wrong, r.problem(l, p, m))
		}
	}
	return wrong
}

func (r *reading) problem(l line, p placed, m mark) Problem {
	return Problem{Cell: cellName(p.at, l.number), Row: l.number, Column: p.name, Value: clip(l.at(p.at).text), Code: m.code, Message: m.message}
}

// cell reads one cell into its place in row. What cannot be read leaves it unknown.
func (r *reading) cell(c cell, col column, row *Row) mark {
	switch {
	case c.kind == broken:
		return mark{NoResult, "The formula gave the error " + c.text + "."}
	case c.kind == pending:
		return mark{NoResult, "The file does not hold the result of the formula."}
	case c.empty():
		return mark{}
	case col.moment != nil:
		if r.doubtful && c.kind == typed && slashed.MatchString(c.text) {
			return mark{DayOrMonth, "In " + c.text + " the day or the month may stand first."}
		}
		at, m := momentOf(c, r.system, r.zone)
		*col.moment(row) = at
		return m
	case c.kind == dated:
		return mark{BecameDate, "This is a date, the number " + c.text + "."}
	case col.text != nil:
		text, m := textOf(c, r.comma != 0)
		*col.text(&row.Entry) = text
		return m
	case col.whole != nil:
		n, m := wholeNumber(c)
		if m.code == "" {
			*col.whole(&row.Entry) = &n
		}
		return m
	}
	n, m := realNumber(c, r.comma == ',', col.name == coverage)
	if m.code == "" {
		*col.number(&row.Entry) = &n
	}
	return m
}

var storedCode = regexp.MustCompile(`^-?[0-9]{1,15}$|^-?[0-9.]{1,16}$`)

// textOf reads a text. A number of more than 15 digits has lost some on its way into a workbook.
func textOf(c cell, quoted bool) (string, mark) {
	if c.kind == numeric && !storedCode.MatchString(c.text) {
		return "", mark{DigitsLost, c.text + " is a number that may have lost digits."}
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(c.text)
	if quoted {
		text = strings.TrimSpace(sheet.Plain(text))
	}
	return text, mark{}
}

// mistakes holds a row to the rules, where its cells could be read.
func (r *reading) mistakes(l line, row Row, wrong []Problem) (more []Problem) {
	for _, m := range Check(row.Start, row.Entry) {
		at := slices.IndexFunc(r.header.columns, func(p placed) bool { return p.name == m.Column })
		told := slices.ContainsFunc(wrong, func(p Problem) bool { return p.Column == m.Column })
		if at >= 0 && !told {
			more = append(more, r.problem(l, r.header.columns[at], mark{m.Code, m.Message}))
		}
	}
	return more
}

// twice tells of a shift that an earlier row is of.
func (r *reading) twice(l line, row Row) []Problem {
	at := slices.IndexFunc(r.header.columns, func(p placed) bool { return p.name == shiftStart })
	if row.Start.IsZero() || at < 0 {
		return nil
	}
	key := fmt.Sprintf("%d %q %q %q", row.Start.UnixNano(), row.Entry.Machine, row.Entry.Product, row.Entry.Order)
	earlier, there := r.seen[key]
	if !there {
		r.seen[key] = l.number
		return nil
	}
	return []Problem{r.problem(l, r.header.columns[at], mark{SameShift, fmt.Sprintf("The same shift, machine, product and order stand in row %d.", earlier)})}
}

func (r *reading) cellOf(l line, name string) cell {
	for _, p := range r.header.columns {
		if p.name == name {
			return l.at(p.at)
		}
	}
	return cell{}
}

// unnamedColumns tells, once for each, of columns that hold something and have no heading.
func (r *reading) unnamedColumns(l line) {
	for at, c := range l.cells {
		if c.empty() || !r.header.line.at(at).empty() || r.unnamed[at] || (r.comma != 0 && at >= len(r.header.line.cells)) {
			continue
		}
		r.unnamed[at] = true
		r.say(Problem{Cell: cellName(at, l.number), Row: l.number, Code: UnnamedColumn, Severity: Warning, Value: clip(c.text), Message: "The column of this cell has no heading and is not read."})
	}
}

func firstCell(l line) cell {
	for _, c := range l.cells {
		if !c.empty() {
			return c
		}
	}
	return cell{}
}

// total are the first words of rows of sums. "cong" could be "công", work, and stands alone or before what is summed.
var total = regexp.MustCompile(`^((tong|tong cong|total|grand total|sub ?total|sum)( .*)?|cong( (ca|ngay|tuan|thang|quy|nam|don)( .*)?)?)$`)

func isTotal(c cell) bool {
	return c.kind == typed && len(c.text) <= longestHeading && total.MatchString(fold(c.text))
}
