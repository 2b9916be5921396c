package strictyaml

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Mistake is one thing that is wrong, and where.
type Mistake struct {
	Line, Column int    // from 1; columns count characters
	Message      string // lower case, no full stop
	Hint         string // what to do about it; may be empty
	Source       string // the line as it stands in the file
}

// Error holds every mistake of one file, in order of their places.
type Error struct {
	File     string
	Mistakes []Mistake
}

// Error lists all mistakes, each with its place, the line with a caret below the place, and its hint:
//
//	agent.yaml:12:5: unknown key `singals`
//	   12 |     singals:
//	      |     ^
//	  hint: did you mean `signals`?
func (e *Error) Error() string {
	var b strings.Builder
	if len(e.Mistakes) == 1 {
		fmt.Fprintf(&b, "a mistake in %s\n", e.File)
	} else {
		fmt.Fprintf(&b, "%d mistakes in %s\n", len(e.Mistakes), e.File)
	}
	for _, m := range e.Mistakes {
		fmt.Fprintf(&b, "%s:%d:%d: %s\n", e.File, m.Line, m.Column, m.Message)
		if strings.TrimSpace(m.Source) != "" {
			source := strings.ReplaceAll(m.Source, "\t", " ")
			column := min(m.Column-1, utf8.RuneCountInString(source))
			fmt.Fprintf(&b, "%5d | %s\n%5s | %s^\n", m.Line, source, "", strings.Repeat(" ", column))
		}
		if m.Hint != "" {
			fmt.Fprintf(&b, "  hint: %s\n", m.Hint)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func compareMistakes(a, b Mistake) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}
