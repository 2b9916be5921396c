package shifttable

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/goccy/go-yaml"
)

//go:embed headings.yaml
var headingsFile []byte

// heading is how people head one column.
type heading struct {
	Names  []string `yaml:"names"`  // folded
	Units  []string `yaml:"units"`  // folded; of what cannot be read without its unit, or can be read with it alone
	Needed bool     `yaml:"needed"` // the unit
	Refuse []string `yaml:"refuse"` // units of a count that would make it another figure
}

// headings are those of headings.yaml by the column's name; nothing changes them.
var headings = sync.OnceValues(func() (all map[string]heading, err error) {
	err = yaml.UnmarshalWithOptions(headingsFile, &all, yaml.Strict())
	return all, err
})

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

// fold makes one of the ways to write a heading: small letters without marks, one space between words.
func fold(s string) string {
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
func headed(all map[string]heading, text string) (name string, m mark) {
	var unit string
	if found := inBrackets.FindStringSubmatch(text); found != nil {
		unit = fold(found[1])
	}
	bare := fold(inBrackets.ReplaceAllString(text, " "))
	for _, c := range columns {
		h := all[c.name]
		names := append([]string{fold(c.name)}, h.Names...)
		own := bare == names[0] // our names say the unit, or have one
		if !own && unit == "" {
			if at := strings.LastIndexByte(bare, ' '); at > 0 && slices.Contains(h.Units, bare[at+1:]) && slices.Contains(names, bare[:at]) {
				return c.name, mark{}
			}
		}
		if slices.Contains(names, bare) {
			return c.name, h.judge(text, unit, own)
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
