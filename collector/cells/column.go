package cells

import (
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Column is one column of a form. Exactly one of its five places is set.
type Column[R any] struct {
	Name   string
	Moment func(*R) *time.Time
	Day    func(*R) *record.Date
	Text   func(*R) *string
	Whole  func(*R) **int64
	Number func(*R) **float64

	Long    bool     // a text that may have lines
	Share   bool     // a number that is a part of 1
	Choices []Choice // a text that is one of these
}

// Choice is one of the texts that a column takes.
type Choice struct {
	Value string            // as rows and CSV files have it
	Names map[string]string // by language, as workbooks show it
	Also  []string          // how else people write it
}

// chosen is the value of what people wrote. Upper and lower case, and diacritics, make no difference.
func chosen(all []Choice, text string) (string, bool) {
	folded := Fold(text)
	for _, c := range all {
		ways := append([]string{c.Value}, c.Also...)
		for _, name := range c.Names {
			ways = append(ways, name)
		}
		if slices.ContainsFunc(ways, func(way string) bool { return Fold(way) == folded }) {
			return c.Value, true
		}
	}
	return "", false
}

// choiceNames are how a language shows the choices.
func choiceNames(all []Choice, lang string) (list []string) {
	for _, c := range all {
		list = append(list, c.shown(lang))
	}
	return list
}

func (c Choice) shown(lang string) string {
	if name := c.Names[lang]; name != "" {
		return name
	}
	return c.Value
}

// fewChoices is how many are told in a message.
const fewChoices = 12

func oneOf(all []Choice) string {
	list := choiceNames(all, "")
	if len(list) > fewChoices {
		return strings.Join(list[:fewChoices], ", ") + ", ..."
	}
	return strings.Join(list, ", ")
}

// value is what a row has in a column: a time.Time, record.Date, string, int64 or float64, or nil where nothing is known.
func (c Column[R]) value(r *R) any {
	switch {
	case c.Moment != nil:
		return *c.Moment(r)
	case c.Day != nil:
		if d := *c.Day(r); d != (record.Date{}) {
			return d
		}
	case c.Text != nil:
		if s := *c.Text(r); s != "" {
			return s
		}
	case c.Whole != nil:
		if n := *c.Whole(r); n != nil {
			return *n
		}
	default:
		if n := *c.Number(r); n != nil {
			return *n + 0 // a -0 would be written with its sign
		}
	}
	return nil
}
