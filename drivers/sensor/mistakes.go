package sensor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lineproof/lineproof/drivers"
)

// Mistakes collects what is wrong with a device's section.
type Mistakes []drivers.Problem

// Add notes a mistake at a path from the section on.
func (m *Mistakes) Add(path []string, hint, format string, args ...any) {
	*m = append(*m, drivers.Problem{Path: path, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// Require notes a mistake where ok is false.
func (m *Mistakes) Require(ok bool, path []string, hint, format string, args ...any) {
	if !ok {
		m.Add(path, hint, format, args...)
	}
}

// OneOf is the hint for a name that is not among the known ones.
func OneOf(word string, known []string) string {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(" -_", r) {
				return -1
			}
			return r
		}, strings.ToLower(s))
	}
	for _, k := range known {
		if p := plain(word); p != "" && (strings.HasPrefix(plain(k), p) || strings.HasPrefix(p, plain(k))) {
			return "did you mean " + k + "?"
		}
	}
	return "use one of " + strings.Join(slices.Clone(known), ", ")
}
