package report

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/lineproof/lineproof/internal/strictyaml"
)

//go:embed templates
var templates embed.FS

// Template is a document with places for what a report has. The comment that Default begins with says how it is written.
// written.
type Template struct{ lines []line }

// line is one line of a template, together with those that go on from it.
type line struct {
	role    Role
	runs    []run
	element string
	parts   [][]run // of the element's argument, between bars
	when    []condition
}

// run is text, or the name of a field.
type run struct {
	text, field  string
	bold, italic bool
}

type condition struct {
	name string
	want bool
}

// Default is the text of the template of a kind in a language, vi or en.
func Default(kind Kind, lang string) ([]byte, error) {
	head, err := templates.ReadFile("templates/head." + lang + ".txt")
	if err != nil {
		return nil, fmt.Errorf("template: there is none in %q", lang)
	}
	body, err := templates.ReadFile(fmt.Sprintf("templates/%s.%s.txt", kind, lang))
	if err != nil {
		return nil, fmt.Errorf("template: there is none of %q", kind)
	}
	return slices.Concat(head, body), nil
}

// Parse reads a template, which came from the named file. The error holds every mistake with its place.
func Parse(file string, src []byte) (Template, error) {
	p := parser{source: strings.Split(strings.TrimPrefix(norm.NFC.String(string(src)), "\ufeff"), "\n")}
	for n := 0; n < len(p.source); n++ {
		p.row, p.column = n+1, 1
		text := strings.TrimRight(p.source[n], " \t\r")
		for n+1 < len(p.source) && strings.HasPrefix(p.source[n+1], "  ") && strings.TrimSpace(p.source[n+1]) != "" {
			n++
			text += "\n" + strings.TrimRight(p.source[n], " \t\r")
		}
		p.line(text)
	}
	for _, open := range p.open {
		p.row, p.column = open.row, 1
		p.wrong("@if "+open.name+" is never ended", "write a line @end")
	}
	if len(p.mistakes) > 0 {
		return Template{}, &strictyaml.Error{File: file, Mistakes: p.mistakes}
	}
	return Template{p.lines}, nil
}

// parser goes through a template line by line.
type parser struct {
	source      []string
	row, column int // of what is read
	lines       []line
	open        []opened
	mistakes    []strictyaml.Mistake
}

type opened struct {
	condition
	row int
}

func (p *parser) wrong(message, hint string) {
	p.mistakes = append(p.mistakes, strictyaml.Mistake{Line: p.row, Column: p.column, Message: message, Hint: hint, Source: strings.TrimRight(p.source[p.row-1], "\r")})
}

// marks are how a line begins that is more than a paragraph.
var marks = []struct {
	mark string
	role Role
}{{"### ", Subsection}, {"## ", Section}, {"# ", Title}, {"~ ", Subtitle}, {"> ", Basis}, {"- ", Item}, {"^ ", Caption}}

func (p *parser) line(text string) {
	switch {
	case strings.TrimSpace(text) == "", strings.HasPrefix(text, "//"):
		return
	case strings.HasPrefix(text, "@"):
		p.at(text[1:])
		return
	}
	l := line{when: p.conditions()}
	for _, m := range marks {
		if rest, ok := strings.CutPrefix(text, m.mark); ok {
			l.role, text = m.role, rest
			p.column += len(m.mark)
			break
		}
	}
	l.runs = p.runs(text)
	p.lines = append(p.lines, l)
}

func (p *parser) conditions() (all []condition) {
	for _, o := range p.open {
		all = append(all, o.condition)
	}
	return all
}

// at reads an element, or what it depends on whether lines are there.
func (p *parser) at(text string) {
	name, args, _ := strings.Cut(text, " ")
	p.column++
	switch name {
	case "if":
		p.column += len("if ")
		known(p, "condition", args, conditions)
		p.open = append(p.open, opened{condition{args, true}, p.row})
	case "else", "end":
		p.close(name)
	default:
		if known(p, "element", name, elements) {
			p.column += utf8.RuneCountInString(name) + 1
			p.lines = append(p.lines, line{element: name, parts: p.parts(args), when: p.conditions()})
		}
	}
}

func (p *parser) close(name string) {
	last := len(p.open) - 1
	switch {
	case last < 0:
		p.wrong("@"+name+" without @if", "write a line such as @if secondary before it")
	case name == "else":
		p.open[last].want = false
	default:
		p.open = p.open[:last]
	}
}

// known tells whether a name is in a table.
func known[T any](p *parser, what, name string, table map[string]T) bool {
	if _, ok := table[name]; ok {
		return true
	}
	var names []string
	for n := range table {
		names = append(names, n)
	}
	slices.Sort(names)
	hint := strictyaml.Suggest(name, names)
	if hint == "" {
		hint = "one of " + strings.Join(names, ", ")
	}
	p.wrong(fmt.Sprintf("there is no %s `%s`", what, name), hint)
	return false
}

func (p *parser) parts(args string) (parts [][]run) {
	if args == "" {
		return nil
	}
	for _, part := range strings.Split(args, "|") {
		parts = append(parts, p.runs(part))
		p.column++
	}
	return parts
}

// runs reads text with {fields}, **bold** and *italic*. A line feed is where a line goes on below.
func (p *parser) runs(text string) (runs []run) {
	var now run
	flush := func() {
		if now.text != "" {
			runs = append(runs, now)
		}
		now.text = ""
	}
	for text != "" {
		size := 1
		switch {
		case strings.HasPrefix(text, "**"):
			flush()
			now.bold, size = !now.bold, 2
		case text[0] == '*':
			flush()
			now.italic = !now.italic
		case text[0] == '\n':
			now.text += " "
			rest := strings.TrimLeft(text, "\n ")
			p.row, p.column, size = p.row+1, 0, len(text)-len(rest)
		case text[0] == '{':
			flush()
			size = p.field(text, now, &runs)
		default:
			_, size = utf8.DecodeRuneInString(text)
			now.text += text[:size]
		}
		p.column += utf8.RuneCountInString(text[:size])
		text = text[size:]
	}
	flush()
	if now.bold || now.italic {
		p.wrong("bold or italic text has no end", "close it with ** or *")
	}
	return runs
}

// field reads one from its brace on, and gives its length.
func (p *parser) field(text string, style run, runs *[]run) int {
	name, _, closed := strings.Cut(text[1:], "}")
	if !closed || strings.ContainsAny(name, "\n{") {
		p.wrong("a brace is not closed", "write a field such as {project.name}")
		return 1
	}
	p.column++
	known(p, "field", name, fields)
	p.column--
	style.text, style.field = "", name
	*runs = append(*runs, style)
	return len(name) + 2
}
