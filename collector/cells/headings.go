package cells

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
)

// heading is how people head one column.
type heading struct {
	Names  []string `yaml:"names"`  // folded
	Units  []string `yaml:"units"`  // folded; of what cannot be read without its unit, or can be read with it alone
	Needed bool     `yaml:"needed"` // the unit
	Refuse []string `yaml:"refuse"` // units of a count that would make it another figure
}

// names are how the columns of a form are headed, in the form's order.
type names struct {
	noun    string
	columns []string
	all     map[string]heading
}

func (f Form[R]) names() (names, error) {
	n := names{noun: f.Noun}
	for _, c := range f.Columns {
		n.columns = append(n.columns, c.Name)
	}
	if err := yaml.UnmarshalWithOptions(f.Headings, &n.all, yaml.Strict()); err != nil {
		return n, fmt.Errorf("headings: %w", err)
	}
	return n, nil
}

// Heading is the column that a heading names, "" for none, and what is wrong with its unit.
func (f Form[R]) Heading(text string) (column string, unit Code, err error) {
	n, err := f.names()
	if err != nil {
		return "", "", err
	}
	column, m := n.headed(text)
	return column, m.code, nil
}

// letters without their marks, for headings that were typed without.
var plain = func() map[rune]rune {
	all := map[rune]rune{}
	for letter, marked := range map[rune]string{
		'a': "àáảãạăằắẳẵặâầấẩẫậ", 'd': "đ", 'e': "èéẻẽẹêềếểễệ", 'i': "ìíỉĩị",
		'o': "òóỏõọôồốổỗộơờớởỡợ", 'u': "ùúủũụưừứửữự", 'y': "ỳýỷỹỵ",
	} {
		for _, r := range marked {
			all[r] = letter
		}
	}
	return all
}()

// Fold makes one of the ways to write a heading: small letters without marks, one space between words.
func Fold(s string) string {
	s = strings.Map(func(r rune) rune {
		r = unicode.ToLower(r)
		switch {
		case plain[r] != 0:
			return plain[r]
		case unicode.Is(unicode.Mn, r): // a mark that stands by itself, as macOS writes them
			return -1
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '%', r == '/':
			return r
		}
		return ' '
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

var inBrackets = regexp.MustCompile(`[(\[{]([^)\]}]*)[)\]}]`)

// headed is the column that a heading names, and what is wrong with its unit.
func (n names) headed(text string) (name string, m mark) {
	var unit string
	if found := inBrackets.FindStringSubmatch(text); found != nil {
		unit = Fold(found[1])
	}
	bare := Fold(inBrackets.ReplaceAllString(text, " "))
	for _, column := range n.columns {
		h := n.all[column]
		known := append([]string{Fold(column)}, h.Names...)
		own := bare == known[0] // our names say the unit, or have one
		if !own && unit == "" {
			if at := strings.LastIndexByte(bare, ' '); at > 0 && slices.Contains(h.Units, bare[at+1:]) && slices.Contains(known, bare[:at]) {
				return column, mark{}
			}
		}
		if slices.Contains(known, bare) {
			return column, h.judge(text, unit, own)
		}
	}
	return "", mark{}
}

func (h heading) judge(text, unit string, own bool) mark {
	refused := slices.ContainsFunc(strings.Fields(unit), func(word string) bool { return slices.Contains(h.Refuse, word) })
	switch {
	case unit == "" && h.Needed && !own:
		return mark{UnitMissing, text + " does not say in which unit."}
	case unit != "" && h.Units != nil && !slices.Contains(h.Units, unit), refused:
		return mark{UnitWrong, text + " is not in a unit that can be read."}
	}
	return mark{}
}
