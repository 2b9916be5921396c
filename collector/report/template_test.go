package report

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
)

func speak(t *testing.T, lang string) tongue.Tongue {
	t.Helper()
	in, err := spoken.New(lang)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// TestMistakesHaveTheirPlace, all of them at once, with what to do.
func TestMistakesHaveTheirPlace(t *testing.T) {
	text := "// a comment\n@letterheads\n# Tên {project.nam}\nMột đoạn\n  văn {khong\n@if secundary\n@signatures BÊN A: {a.sign} | BÊN B: {b.nobody}\n**đậm\n@end\n@else\n@if before\n"
	_, err := Parse("mine.txt", []byte(text))
	if err == nil {
		t.Fatal("no mistake")
	}
	for _, want := range []string{
		"9 mistakes in mine.txt",
		"mine.txt:2:2: there is no element `letterheads`", "hint: did you mean `letterhead`?",
		"mine.txt:3:8: there is no field `project.nam`", "hint: did you mean `project.name`?",
		"mine.txt:5:7: a brace is not closed",
		"mine.txt:6:5: there is no condition `secundary`", "hint: did you mean `secondary`?",
		"mine.txt:7:21: there is no field `a.sign`",
		"mine.txt:7:39: there is no field `b.nobody`",
		"mine.txt:8:6: bold or italic text has no end",
		"mine.txt:10:2: @else without @if",
		"mine.txt:11:1: @if before is never ended",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in\n%v", want, err)
		}
	}
}

// TestTheFormOfATemplate line by line.
func TestTheFormOfATemplate(t *testing.T) {
	template, err := Parse("mine.txt", []byte("# TÊN\n## Một\n### Nhỏ\n### Nhỏ nữa\n## Hai\n### Lại\nA **{a.name}** và\n  *B* {b.name}.\n- ý\n@if achieved\n^ có\n@else\n^ không\n@end\n@page\n"))
	if err != nil {
		t.Fatal(err)
	}
	r := Report{Particulars: Particulars{A: Party{Name: "TTKC"}}}
	r.Result.Verdict = outcome.NotAchieved
	d := template.Fill(r, speak(t, "vi"))
	var got []string
	for _, b := range d.Blocks[:len(d.Blocks)-1] {
		got = append(got, said(b.(Text).Runs))
	}
	want := []string{"TÊN", "I. Một", "1. Nhỏ", "2. Nhỏ nữa", "II. Hai", "1. Lại", "A TTKC và B " + dots + ".", "ý", "không"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	runs := d.Blocks[6].(Text).Runs
	if !runs[1].Bold || runs[0].Bold || !runs[3].Italic || !runs[5].Blank {
		t.Errorf("styles: %+v", runs)
	}
	if d.Title != "TÊN" || d.Blocks[len(d.Blocks)-1] != (PageBreak{}) {
		t.Errorf("%q, %v", d.Title, d.Blocks[len(d.Blocks)-1])
	}
}

// TestLanguagesSayTheSame: both templates of a kind have the same elements, conditions and fields, in the same order.
func TestLanguagesSayTheSame(t *testing.T) {
	for _, kind := range []Kind{Acceptance, Results} {
		var outlines [][]string
		for _, lang := range []string{"vi", "en"} {
			src, err := Default(kind, lang)
			if err != nil {
				t.Fatal(err)
			}
			template, err := Parse("default", src)
			if err != nil {
				t.Fatal(err)
			}
			var outline []string
			for _, l := range template.lines {
				parts := append([]string{l.element}, fieldsOf(l)...)
				for _, c := range l.when {
					parts = append(parts, c.name)
				}
				outline = append(outline, strings.Join(parts, " "))
			}
			outlines = append(outlines, outline)
		}
		if !reflect.DeepEqual(outlines[0], outlines[1]) {
			t.Errorf("%s:\n%q\n%q", kind, outlines[0], outlines[1])
		}
	}
}

func fieldsOf(l line) (names []string) {
	for _, runs := range append([][]run{l.runs}, l.parts...) {
		for _, r := range runs {
			if r.field != "" {
				names = append(names, r.field)
			}
		}
	}
	return names
}

// TestTheHeadNamesAllThereIs: an office that starts from a template finds each element and condition in its comment.
func TestTheHeadNamesAllThereIs(t *testing.T) {
	for _, lang := range []string{"vi", "en"} {
		src, err := Default(Acceptance, lang)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(string(src), "\n\n")
		for name := range elements {
			if !strings.Contains(head, "@"+name) {
				t.Errorf("%s: @%s is not explained", lang, name)
			}
		}
		for name := range conditions {
			if !strings.Contains(head, " "+name) {
				t.Errorf("%s: @if %s is not explained", lang, name)
			}
		}
	}
}

// TestDatesAreWrittenAsTheDecreeWantsThem: a zero before days under 10 and the months 1 and 2.
func TestDatesAreWrittenAsTheDecreeWantsThem(t *testing.T) {
	f := &filler{Words: protocol.Words{Tongue: speak(t, "vi")}}
	for day, want := range map[string]string{
		"2020-01-05": "ngày 05 tháng 01 năm 2020",
		"2020-02-10": "ngày 10 tháng 02 năm 2020",
		"2020-03-09": "ngày 09 tháng 3 năm 2020",
		"2020-12-31": "ngày 31 tháng 12 năm 2020",
	} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.longDate(at); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestGroupsOfDigits as money is written.
func TestGroupsOfDigits(t *testing.T) {
	for _, c := range []struct {
		v      float64
		vi, en string
	}{{0, "0", "0"}, {999, "999", "999"}, {1000, "1.000", "1,000"}, {-1234567, "-1.234.567", "-1,234,567"}, {2.5, "2,5", "2.5"}} {
		for lang, want := range map[string]string{"vi": c.vi, "en": c.en} {
			f := &filler{Words: protocol.Words{Tongue: speak(t, lang)}}
			if got := f.counted(c.v, "%g"); got != want {
				t.Errorf("%v: got %s, want %s", c.v, got, want)
			}
		}
	}
}

// TestMistakesInParticulars are told with their places.
func TestMistakesInParticulars(t *testing.T) {
	_, err := ReadParticulars("project.yaml", []byte("office: {nmae: X, date: 2024-02-30}\nmoney: [{source: X, planned: nhiều}]\n"))
	if err == nil {
		t.Fatal("no mistake")
	}
	for _, want := range []string{"project.yaml:1:10: unknown key `nmae`", `project.yaml:1:25: "2024-02-30" is no day`, "project.yaml:2:30: wants a number"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in\n%v", want, err)
		}
	}
}

// TestTheChartReachesOverAll: its axis has steps that people count in, and holds every figure.
func TestTheChartReachesOverAll(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	for _, c := range []struct {
		name   string
		values []*float64
		want   []string
	}{
		{"shares", []*float64{v(.931), nil, v(.998)}, []string{"92 %", "94 %", "96 %", "98 %", "100 %"}},
		{"one figure", []*float64{v(.5)}, []string{"44 %", "46 %", "48 %", "50 %", "52 %", "54 %", "56 %"}},
		{"nothing", nil, []string{"0 %", "20 %", "40 %", "60 %", "80 %", "100 %"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &filler{Words: protocol.Words{Tongue: speak(t, "vi"), Metric: outcome.Metric{Share: true}}}
			var got []string
			for _, tick := range f.ticks(Chart{Sides: []ChartSide{{Values: c.values}}}.reach()) {
				got = append(got, tick.Text)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestHowTo holds the pages to the program: the project that they show can be read, and leaves nothing out.
func TestHowTo(t *testing.T) {
	for _, name := range []string{"report.md", "report.vi.md"} {
		page, err := os.ReadFile("../../docs/how-to/" + name)
		if err != nil {
			t.Fatal(err)
		}
		_, example, _ := strings.Cut(string(page), "```yaml\n")
		example, _, _ = strings.Cut(example, "```")
		p, err := ReadParticulars(name, []byte(example))
		if err != nil {
			t.Fatal(err)
		}
		for i, v := 0, reflect.ValueOf(p); i < v.NumField(); i++ {
			if v.Field(i).IsZero() {
				t.Errorf("%s shows no %s", name, v.Type().Field(i).Tag.Get("yaml"))
			}
		}
	}
}
