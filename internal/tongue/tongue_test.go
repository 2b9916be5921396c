package tongue

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

func speak(t *testing.T, lang string) Tongue {
	t.Helper()
	tongue, err := New(lang, os.DirFS("spoken"))
	if err != nil {
		t.Fatal(err)
	}
	return tongue
}

// holes lists the placeholders of a text, each once.
func holes(text string) []string {
	return slices.Compact(slices.Sorted(slices.Values(placeholder.FindAllString(text, -1))))
}

func TestLanguagesSayTheSame(t *testing.T) {
	vi, en := speak(t, Vietnamese), speak(t, English)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(en.texts)), slices.Sorted(maps.Keys(vi.texts))); diff != "" {
		t.Errorf("keys, English and Vietnamese:\n%s", diff)
	}
	for key, text := range en.texts {
		if diff := cmp.Diff(holes(text), holes(vi.texts[key])); diff != "" {
			t.Errorf("placeholders of %s:\n%s", key, diff)
		}
		if strings.Count(text, "\t") != strings.Count(vi.texts[key], "\t") {
			t.Errorf("columns of %s differ", key)
		}
		if text == "" || vi.texts[key] == "" {
			t.Errorf("%s says nothing", key)
		}
	}
}

// use is one place in the code that says something.
type use struct {
	place string
	key   string
	names []string
}

// uses finds what the packages say: calls of M and Say, and of the local short forms, with a literal key.
func uses(t *testing.T, folders ...string) (list []use) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					if u, ok := said(call); ok {
						u.place = files.Position(call.Pos()).String()
						list = append(list, u)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return list
}

func said(call *ast.CallExpr) (u use, ok bool) {
	name, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || name.Sel.Name != "M" && name.Sel.Name != "Say" || len(call.Args) == 0 {
		return u, false
	}
	if u.key, ok = literal(call.Args[0]); !ok {
		return u, false
	}
	for i := 1; i < len(call.Args); i += 2 {
		text, _ := literal(call.Args[i])
		u.names = append(u.names, "{"+text+"}")
	}
	slices.Sort(u.names)
	return u, true
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}

// templates finds what the templates say: {{say "key"}} without placeholders, {{.Say "key"}} and {{$.Say "key"}}.
func templates(t *testing.T, patterns ...string) (list []use) {
	t.Helper()
	said := regexp.MustCompile(`\{\{-?\s*[.$]*[sS]ay "([a-z_.]+)"\s*-?\}\}`)
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", pattern, files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range said.FindAllStringSubmatch(string(text), -1) {
				list = append(list, use{place: file, key: m[1]})
			}
		}
	}
	return list
}

// TestWhatIsSaidHasItsWords holds the code against the texts: every key is there, with just the
// placeholders that are filled, and no text is left that nobody says.
func TestWhatIsSaidHasItsWords(t *testing.T) {
	en := speak(t, English)
	saying := map[string]bool{}
	list := append(uses(t, "../../cmd/lineproof-edge", "../../edge", "../../collector/alert", "../../witness", "../../evidence/audit", "../../collector/outcome", "../../collector/study", "../../collector/board", "../../collector/report"),
		templates(t, "../../cmd/lineproof-edge/initial/*.tmpl", "../../edge/page/*.html", "../../witness/*.html")...)
	if len(list) < 50 {
		t.Fatalf("only %d places found that say something", len(list))
	}
	for _, u := range list {
		saying[u.key] = true
		text, ok := en.texts[u.key]
		if !ok && !strings.HasSuffix(u.key, ".") && !strings.HasSuffix(u.key, "_") {
			t.Errorf("%s: there is no %s", u.place, u.key)
			continue
		}
		if diff := cmp.Diff(holes(text), u.names); ok && diff != "" && len(holes(text))+len(u.names) > 0 {
			t.Errorf("%s: %s has other placeholders:\n%s", u.place, u.key, diff)
		}
	}
	composed := regexp.MustCompile(`^doctor\.(ok|note|wrong|agent|wire|clock|disk|broker|collector|verdict_(ok|note))$|^study\.(metric|verdict|grade)_|^report\.(comparator|method|grade|column|gate)_`)
	for key := range en.texts {
		if !saying[key] && !composed.MatchString(key) {
			t.Errorf("nobody says %s", key)
		}
	}
}

func TestTheEnvironmentChoosesTheLanguage(t *testing.T) {
	for _, c := range []struct {
		name, asked string
		env         map[string]string
		want        string
	}{
		{"nothing", "", nil, "en"},
		{"Vietnamese", "", map[string]string{"LANG": "vi_VN.UTF-8"}, "vi"},
		{"another", "", map[string]string{"LANG": "de_DE.UTF-8"}, "en"},
		{"LC_ALL before LANG", "", map[string]string{"LC_ALL": "vi_VN", "LANG": "en_US"}, "vi"},
		{"C before LANG", "", map[string]string{"LC_ALL": "C.UTF-8", "LANG": "vi_VN"}, "en"},
		{"asked", "vi", map[string]string{"LC_ALL": "C"}, "vi"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Choose(c.asked, func(k string) string { return c.env[k] }); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestDurationsAreForPeople(t *testing.T) {
	for _, c := range []struct {
		d      time.Duration
		en, vi string
	}{
		{0, "0 ms", "0 ms"},
		{300 * time.Microsecond, "< 1 ms", "< 1 ms"},
		{42 * time.Millisecond, "42 ms", "42 ms"},
		{1500 * time.Millisecond, "1.5 s", "1,5 giây"},
		{7 * time.Second, "7 s", "7 giây"},
		{200 * time.Second, "3 min 20 s", "3 phút 20 giây"},
		{10 * time.Minute, "10 min", "10 phút"},
		{90 * time.Minute, "1 h 30 min", "1 giờ 30 phút"},
		{60 * time.Hour, "2 d", "2 ngày"},
	} {
		got := fmt.Sprint(speak(t, English).Duration(c.d), " | ", speak(t, Vietnamese).Duration(c.d))
		if want := c.en + " | " + c.vi; got != want {
			t.Errorf("%s: got %s, want %s", c.d, got, want)
		}
	}
}

func TestPercentIsCut(t *testing.T) {
	for _, c := range []struct {
		p      Percent
		en, vi string
	}{
		{0.94, "94%", "94 %"},
		{0.9699, "96.9%", "96,9 %"},
		{0.29, "29%", "29 %"},
		{1, "100%", "100 %"},
	} {
		got := speak(t, English).value(c.p) + " | " + speak(t, Vietnamese).value(c.p)
		if want := c.en + " | " + c.vi; got != want {
			t.Errorf("%v: got %s, want %s", float64(c.p), got, want)
		}
	}
}

func TestNumbersAreForPeople(t *testing.T) {
	for _, c := range []struct {
		format string
		v      float64
		vi, en string
	}{
		{"%.0f", 0, "0", "0"}, {"%.0f", 999, "999", "999"}, {"%.0f", 1000, "1.000", "1,000"}, {"%.2f", -1234567.891, "-1.234.567,89", "-1,234,567.89"},
		{"%+.1f", 12345, "+12.345,0", "+12,345.0"}, {"%g", 2.5, "2,5", "2.5"}, {"%.4g", 1.25e9, "1,25e+09", "1.25e+09"}, {"%.2f", math.Inf(1), "+Inf", "+Inf"},
	} {
		got := speak(t, English).value(Number{c.format, c.v}) + " | " + speak(t, Vietnamese).value(Number{c.format, c.v})
		if want := c.en + " | " + c.vi; got != want {
			t.Errorf("%s of %v: got %s, want %s", c.format, c.v, got, want)
		}
	}
}

func TestPlaceholdersAreFilled(t *testing.T) {
	vi := speak(t, Vietnamese)
	if got, want := vi.Say("doctor.wire_ok", "signals", 3, "time", 1500*time.Millisecond), "đọc được 3 tín hiệu trong 1,5 giây"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := vi.Say("doctor.nothing_of_this_name"); got != "doctor.nothing_of_this_name" {
		t.Errorf("an unknown key: %q", got)
	}
}
