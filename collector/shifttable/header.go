package shifttable

import (
	"fmt"
	"strings"
)

// What makes a row a header.
const (
	lastHeaderRow = 20
	leastKnown    = 2 // columns that we know
)

// header is which column stands where.
type header struct {
	line     line
	columns  []placed // that can be read, in the file's order
	problems []Problem
	broken   bool // so that no row can be taken
}

type placed struct {
	column
	at int // counted from 0
}

// bestHeader finds the row, among the first, that names most columns. known is 0 where none can be a header.
func bestHeader(all map[string]heading, lines []line) (at, known int) {
	for n, l := range lines {
		if l.number > lastHeaderRow {
			break
		}
		if k := knownIn(all, l); k >= leastKnown && k > known {
			at, known = n, k
		}
	}
	return at, known
}

func knownIn(all map[string]heading, l line) int {
	found := map[string]bool{}
	for _, c := range l.cells {
		if c.kind != typed || len(c.text) > longestHeading {
			continue
		}
		if name, _ := headed(all, c.text); name != "" {
			found[name] = true
		}
	}
	return len(found)
}

const longestHeading = 200 // bytes

func findHeader(g *grid) (header, error) {
	all, err := headings()
	if err != nil {
		return header{}, fmt.Errorf("headings: %w", err)
	}
	at, known := bestHeader(all, g.lines)
	if known == 0 {
		return header{}, unreadable(NoHeader, "none of the first %d rows names the columns of a shift log", lastHeaderRow)
	}
	h := header{line: g.lines[at]}
	g.lines = g.lines[at+1:]
	if len(g.lines) > MostRows {
		return header{}, unreadable(TooManyRows, "the file has more than %d rows", MostRows)
	}
	h.place(all)
	h.missing()
	return h, nil
}

// place finds the columns. What stands twice is read from neither place.
func (h *header) place(all map[string]heading) {
	first := map[string]int{}
	unread := map[string]bool{}
	var found []placed
	for at, c := range h.line.cells {
		if c.empty() {
			continue
		}
		name, unit := "", mark{}
		if c.kind == typed && len(c.text) <= longestHeading {
			name, unit = headed(all, c.text)
		}
		earlier, twice := first[name]
		switch {
		case name == "":
			h.say(at, Problem{Code: UnknownColumn, Severity: Warning, Message: fmt.Sprintf("The column %s is not read: no such column is known.", clip(c.text))})
			continue
		case twice:
			h.say(at, Problem{Column: name, Code: SameColumn, Message: fmt.Sprintf("This column is %s, as is %s.", name, cellName(earlier, h.line.number))})
			unread[name] = true
			continue
		case unit.code != "":
			h.say(at, Problem{Column: name, Code: unit.code, Message: unit.message})
			unread[name] = true
		}
		first[name] = at
		found = append(found, placed{columnNamed(name), at})
	}
	for _, p := range found {
		if !unread[p.name] {
			h.columns = append(h.columns, p)
		}
	}
}

// missing tells of a log without times, naming what there is.
func (h *header) missing() {
	var there []string
	has := map[string]bool{}
	for _, c := range h.line.cells {
		if !c.empty() {
			there = append(there, clip(c.text))
		}
	}
	for _, p := range h.columns {
		has[p.name] = true
	}
	for _, p := range h.problems {
		has[p.Column] = true
	}
	for _, name := range []string{shiftStart, shiftEnd} {
		if !has[name] {
			h.say(0, Problem{
				Column: name, Code: MissingColumn, Value: clip(strings.Join(there, ", ")),
				Message: fmt.Sprintf("The column %s is missing. There are: %s.", name, strings.Join(there, ", ")),
			})
		}
	}
}

func (h *header) say(at int, p Problem) {
	p.Cell, p.Row = cellName(at, h.line.number), h.line.number
	if p.Value == "" {
		p.Value = clip(h.line.at(at).text)
	}
	h.broken = h.broken || p.Severity != Warning
	h.problems = append(h.problems, p)
}

// clip keeps a value that is shown to people short.
func clip(s string) string {
	const longest = 100
	if runes := []rune(s); len(runes) > longest {
		return string(runes[:longest-1]) + "…"
	}
	return s
}
