package cells

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lineproof/lineproof/internal/sheet"
	"github.com/lineproof/lineproof/record"
)

// reading makes rows of a grid.
type reading[R any] struct {
	form Form[R]
	name string
	zone *time.Location
	*grid
	header header

	found   Table[R]
	more    int            // problems beyond those that are told
	seen    map[string]int // rows, by what no two may share
	unnamed map[int]bool   // columns without a heading that were told of
	merges  merges

	doubtful bool // dates with slashes
}

func (r *reading[R]) table() Table[R] {
	r.seen, r.unnamed = map[string]int{}, map[int]bool{}
	r.merges, r.doubtful = mergesOf(r.merged), r.monthFirst()
	r.found.form, r.found.at = r.form, map[string]int{}
	for _, p := range r.header.placed {
		r.found.at[p.name] = p.at
	}
	for _, p := range r.header.problems {
		r.say(p)
	}
	for _, name := range r.ignored {
		r.say(Problem{Code: IgnoredSheet, Severity: Warning, Value: clip(name), Message: fmt.Sprintf("The sheet %s is not read: only the first with a %s is.", clip(name), r.form.Noun)})
	}
	for _, l := range r.lines {
		r.line(l)
	}
	if r.more > 0 {
		r.found.Problems = append(r.found.Problems, Problem{
			Code: MoreProblems, Severity: Error, Value: strconv.Itoa(r.more), Message: fmt.Sprintf("There are %d problems more.", r.more), Hint: r.form.hint(MoreProblems),
		})
	}
	return r.found
}

func (r *reading[R]) say(p Problem) {
	if len(r.found.Problems) >= MostProblems {
		r.more++
		return
	}
	if p.Severity == "" {
		p.Severity = Error
	}
	p.Hint = r.form.hint(p.Code)
	r.found.Problems = append(r.found.Problems, p)
}

// line reads one row of the file below the header.
func (r *reading[R]) line(l line) {
	r.unnamedColumns(l)
	merged := r.merges.at(l.number)
	first, start := firstCell(l), r.cellOf(l, r.form.Required[0])
	switch {
	case l.torn != "":
		r.say(Problem{Cell: cellName(0, l.number), Row: l.number, Code: TornRow, Value: clip(first.text), Message: l.torn})
		return
	case (start.empty() || start == first) && isTotal(first):
		r.say(Problem{Cell: cellName(slices.Index(l.cells, first), l.number), Row: l.number, Code: IgnoredTotal, Severity: Warning, Value: clip(first.text), Message: "This row of totals is not read."})
		return
	case !slices.ContainsFunc(r.header.placed, func(p placed) bool { return !l.at(p.at).empty() }):
		return
	}
	var row R
	wrong := r.cells(l, &row, merged)
	wrong = append(wrong, r.mistakes(l, row, wrong)...)
	wrong = append(wrong, r.twice(l, row)...)
	slices.SortStableFunc(wrong, func(a, b Problem) int { return r.order(a.Column) - r.order(b.Column) })
	for _, p := range wrong {
		r.say(p)
	}
	if len(wrong) == 0 && !r.header.broken {
		r.form.Place(&row, r.name+":"+strconv.Itoa(l.number), l.number)
		r.found.Rows = append(r.found.Rows, row)
	}
}

func (r *reading[R]) order(name string) int {
	return slices.IndexFunc(r.form.Columns, func(c Column[R]) bool { return c.Name == name })
}

// cells reads the cells into row and returns what is wrong with them.
func (r *reading[R]) cells(l line, row *R, merged []area) (wrong []Problem) {
	if r.comma != 0 && len(l.cells) > len(r.header.line.cells) {
		at := len(r.header.line.cells)
		wrong = append(wrong, Problem{
			Cell: cellName(at, l.number), Row: l.number, Code: TooManyCells, Value: clip(l.cells[at].text),
			Message: fmt.Sprintf("The row has %d cells, the header %d, so that figures may stand in the wrong column.", len(l.cells), at),
		})
	}
	for _, p := range r.header.placed {
		m := r.cell(l.at(p.at), r.form.Columns[p.order], row)
		if r.isMerged(merged, p.at) {
			m = mark{MergedCells, "This cell is merged with others."}
		}
		if m.code != "" {
			wrong = append(wrong, r.problem(l, p, m))
		}
	}
	return wrong
}

func (r *reading[R]) problem(l line, p placed, m mark) Problem {
	return Problem{Cell: cellName(p.at, l.number), Row: l.number, Column: p.name, Value: clip(l.at(p.at).text), Code: m.code, Message: m.message}
}

// cell reads one cell into its place in row. What cannot be read leaves it unknown.
func (r *reading[R]) cell(c cell, col Column[R], row *R) mark {
	switch {
	case c.kind == broken:
		return mark{NoResult, "The formula gave the error " + c.text + "."}
	case c.kind == pending:
		return mark{NoResult, "The file does not hold the result of the formula."}
	case c.empty():
		return mark{}
	case (col.Moment != nil || col.Day != nil) && r.doubtful && c.kind == typed && slashed.MatchString(c.text):
		return mark{DayOrMonth, "In " + c.text + " the day or the month may stand first."}
	case col.Moment != nil:
		return read(c, col.Moment(row), func(c cell) (time.Time, mark) { return momentOf(c, r.system, r.zone) })
	case col.Day != nil:
		return read(c, col.Day(row), func(c cell) (record.Date, mark) { return dayOf(c, r.system) })
	case c.kind == dated:
		return mark{BecameDate, "This is a date, the number " + c.text + "."}
	case col.Text != nil:
		return read(c, col.Text(row), func(c cell) (string, mark) { return r.text(c, col.Choices) })
	case col.Whole != nil:
		return readKnown(c, col.Whole(row), wholeNumber)
	}
	return readKnown(c, col.Number(row), func(c cell) (float64, mark) { return realNumber(c, r.comma == ',', col.Share) })
}

func read[T any](c cell, into *T, of func(cell) (T, mark)) mark {
	v, m := of(c)
	*into = v
	return m
}

func readKnown[T any](c cell, into **T, of func(cell) (T, mark)) mark {
	v, m := of(c)
	if m.code == "" {
		*into = &v
	}
	return m
}

// text reads a text, and of choices the one that is meant.
func (r *reading[R]) text(c cell, choices []Choice) (string, mark) {
	text, m := textOf(c, r.comma != 0)
	if m.code != "" || choices == nil {
		return text, m
	}
	value, ok := chosen(choices, text)
	if !ok {
		return "", mark{NotAChoice, clip(text) + " is none of: " + oneOf(choices) + "."}
	}
	return value, mark{}
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
func (r *reading[R]) mistakes(l line, row R, wrong []Problem) (more []Problem) {
	for _, m := range r.form.Check(row) {
		at := slices.IndexFunc(r.header.placed, func(p placed) bool { return p.name == m.Column })
		told := slices.ContainsFunc(wrong, func(p Problem) bool { return p.Column == m.Column })
		if at >= 0 && !told {
			more = append(more, r.problem(l, r.header.placed[at], mark{m.Code, m.Message}))
		}
	}
	return more
}

// twice tells of what an earlier row has already.
func (r *reading[R]) twice(l line, row R) []Problem {
	once := r.form.Once
	at := slices.IndexFunc(r.header.placed, func(p placed) bool { return p.name == once.Column })
	key := once.Key(row)
	if key == "" || at < 0 {
		return nil
	}
	earlier, there := r.seen[key]
	if !there {
		r.seen[key] = l.number
		return nil
	}
	return []Problem{r.problem(l, r.header.placed[at], mark{once.Code, fmt.Sprintf(once.Message, earlier)})}
}

func (r *reading[R]) cellOf(l line, name string) cell {
	for _, p := range r.header.placed {
		if p.name == name {
			return l.at(p.at)
		}
	}
	return cell{}
}

// unnamedColumns tells, once for each, of columns that hold something and have no heading.
func (r *reading[R]) unnamedColumns(l line) {
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
	return c.kind == typed && len(c.text) <= longestHeading && total.MatchString(Fold(c.text))
}
