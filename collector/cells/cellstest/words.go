// Package cellstest holds a form's words to what collector/cells makes of them.
package cellstest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/cells"
)

// texts are those of a workbook, as far as they are compared.
type texts struct {
	Rules   []string `yaml:"rules"`
	Columns map[string]struct {
		Heading string `yaml:"heading"`
		Meaning string `yaml:"meaning"`
	} `yaml:"columns"`
}

// Words holds that no two columns can be headed the same, and that a workbook of either language has a heading for each
// column that is read as that column, and explains it.
func Words[R any](t *testing.T, form cells.Form[R]) {
	t.Helper()
	var columns []string
	for _, c := range form.Columns {
		columns = append(columns, c.Name)
	}
	headings(t, form, columns)
	slices.Sort(columns)
	rules := map[string]int{}
	for _, lang := range []string{"vi", "en"} {
		words := textsOf(t, form, lang)
		if diff := cmp.Diff(columns, slices.Sorted(maps.Keys(words.Columns))); diff != "" {
			t.Errorf("%s: %s", lang, diff)
		}
		for name, c := range words.Columns {
			if got, unit, err := form.Heading(c.Heading); got != name || unit != "" || err != nil {
				t.Errorf("%s: %q is read as %q, %s, %v; want %s", lang, c.Heading, got, unit, err, name)
			}
			if strings.TrimSpace(c.Meaning) == "" {
				t.Errorf("%s: %s is not explained", lang, name)
			}
		}
		rules[lang] = len(words.Rules)
	}
	if rules["vi"] != rules["en"] {
		t.Errorf("rules: %v", rules)
	}
}

// Heading is how a workbook of a language heads a column.
func Heading[R any](t *testing.T, form cells.Form[R], column, lang string) string {
	t.Helper()
	return textsOf(t, form, lang).Columns[column].Heading
}

func textsOf[R any](t *testing.T, form cells.Form[R], lang string) (words texts) {
	t.Helper()
	src, err := form.Texts.ReadFile(lang + ".yaml")
	if err == nil {
		err = yaml.Unmarshal(src, &words)
	}
	if err != nil {
		t.Fatal(err)
	}
	return words
}

func headings[R any](t *testing.T, form cells.Form[R], columns []string) {
	t.Helper()
	var all map[string]struct {
		Names []string `yaml:"names"`
	}
	if err := yaml.Unmarshal(form.Headings, &all); err != nil {
		t.Fatal(err)
	}
	named := map[string]string{}
	for _, c := range columns {
		for _, name := range append([]string{cells.Fold(c)}, all[c].Names...) {
			if other, twice := named[name]; twice || name != cells.Fold(name) {
				t.Errorf("%q heads %s and %q, or is not folded", name, c, other)
			}
			named[name] = c
		}
	}
}
