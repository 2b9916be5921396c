package cells

import (
	"fmt"
	"slices"
	"strings"
)

// What makes a row a header.
const (
	lastHeaderRow = 20
	leastKnown    = 2 // columns that we know
)

// header is which column stands where.
type header struct {
	names
	line     line
	placed   []placed // columns that can be read, in the file's order
	problems []Problem
	broken   bool // so that no row can be taken
}

// placed is a column with its place in the form and in the file, each counted from 0.
type placed struct {
	name      string
	order, at int
}

// bestHeader finds the row, among the first, that names most columns. known is 0 where none can be a header.
func (n names) bestHeader(lines []line) (at, known int) {
	for i, l := range lines {
		if l.number > lastHeaderRow {
			break
		}
		if k := n.knownIn(l); k >= leastKnown && k > known {
			at, known = i, k
		}
	}
	return at, known
}

func (n names) knownIn(l line) int {
	found := map[string]bool{}
	for _, c := range l.cells {
		if c.kind != typed || len(c.text) > longestHeading {
			continue
		}
		if name, _ := n.headed(c.text); name != "" {
			found[name] = true
		}
	}
	return len(found)
}

const longestHeading = 200 // bytes

func (n names) findHeader(g *grid, required []string) (header, error) {
	at, known := n.bestHeader(g.lines)
	if known == 0 {
		return header{}, unreadable(NoHeader, "none of the first %d rows names the columns of a %s", lastHeaderRow, n.noun)
	}
	h := header{names: n, line: g.lines[at]}
	g.lines = g.lines[at+1:]
	if len(g.lines) > MostRows {
		return header{}, unreadable(TooManyRows, "the file has more than %d rows", MostRows)
	}
	h.place()
	h.missing(required)
	return h, nil
}

// place finds the columns. What stands twice is read from neither place.
func (h *header) place() {
	first := map[string]int{}
	unread := map[string]bool{}
	var found []placed
	for at, c := range h.line.cells {
		if c.empty() {
			continue
		}
		name, unit := "", mark{}
		if c.kind == typed && len(c.text) <= longestHeading {
			name, unit = h.headed(c.text)
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
		found = append(found, placed{name, slices.Index(h.columns, name), at})
	}
	for _, p := range found {
		if !unread[p.name] {
			h.placed = append(h.placed, p)
		}
	}
}

// missing tells of a file without what each row needs, naming what there is.
func (h *header) missing(required []string) {
	var there []string
	has := map[string]bool{}
	for _, c := range h.line.cells {
		if !c.empty() {
			there = append(there, clip(c.text))
		}
	}
	for _, p := range h.placed {
		has[p.name] = true
	}
	for _, p := range h.problems {
		has[p.Column] = true
	}
	for _, name := range required {
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
