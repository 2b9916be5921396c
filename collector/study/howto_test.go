package study_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lineproof/lineproof/collector/outcome"
)

// TestHowTo holds the pages to the program: the study that they show can be read, and so can each of their targets; each
// metric stands there with the columns that it needs.
func TestHowTo(t *testing.T) {
	cells := func(int) string { return "6000,5900,100,24,300" }
	before := log("2024-01-01", 50, "produced,good,scrap,attended_hours,energy_kwh", cells)
	after := log("2024-03-01", 30, "produced,good,scrap,attended_hours,energy_kwh", cells)
	for _, name := range []string{"study.md", "study.vi.md"} {
		page, err := os.ReadFile("../../docs/how-to/" + name)
		if err != nil {
			t.Fatal(err)
		}
		example := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(page)
		if example == nil {
			t.Fatalf("%s shows no study", name)
		}
		s := read(t, string(example[1]), before, after)
		if len(s.Notes) != 1 || s.Notes[0].Key() != "study.excluded" {
			t.Errorf("%s: %v", name, s.Notes)
		}
		targets := regexp.MustCompile(`\{kind: [a-z]+, at_[a-z]+: [-0-9.]+\}`).FindAllString(string(page), -1)
		for _, target := range targets[1:] {
			text := strings.Replace(string(example[1]), targets[0], target, 1)
			if strings.Contains(target, "at_most") {
				text = strings.Replace(text, "quality_ratio", "energy_per_unit", 1)
			}
			read(t, text, before, after)
		}
		for _, m := range outcome.Metrics() {
			row := regexp.MustCompile("(?m)^\\| `" + m.Name + "` \\|.*\\| (.+) \\|$").FindSubmatch(page)
			if row == nil || !slices.Equal(strings.Split(string(row[1]), ", "), quoted(m.Needs)) {
				t.Errorf("%s: %s needs %v; the page has %s", name, m.Name, m.Needs, row)
			}
		}
	}
}

func quoted(names []string) (list []string) {
	for _, n := range names {
		list = append(list, "`"+n+"`")
	}
	return list
}
