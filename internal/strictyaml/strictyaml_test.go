package strictyaml_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/internal/strictyaml"
	"github.com/lineproof/lineproof/record"
)

type plant struct {
	Name    string                        `yaml:"name"`
	Every   record.Duration               `yaml:"every"`
	Port    uint16                        `yaml:"port"`
	Offset  int8                          `yaml:"offset"`
	Scale   float64                       `yaml:"scale"`
	On      bool                          `yaml:"on"`
	Limit   *float64                      `yaml:"limit"`
	Tags    []string                      `yaml:"tags"`
	States  map[int64]record.State        `yaml:"states"`
	Line    record.Line                   `yaml:"line"`
	Devices map[string]strictyaml.Section `yaml:"devices"`
	Base    `yaml:",inline"`
}

// Base is read as part of what embeds it.
type Base struct {
	Unit string `yaml:"unit"`
}

func TestDecodeFillsEveryKindOfValue(t *testing.T) {
	doc := strictyaml.Parse("p.yaml", []byte(`
name: "Hữu Lũng"
every: 1m30s
port: 0x1F6
offset: -3
scale: 1e-1
on: true
limit: 4
tags: alone
states: {0: stopped, 1: execute}
unit: MPa
line:
  name: {vi: Dây chuyền}
  machines:
    press:
      produced: {from: press.cycles, times: 26}
      scrap: {from: press.rejects, reason: broken}
  calendar:
    shifts: [{name: day, from: 06:00, to: 14:30, days: [mon, tue]}]
    holidays: [{date: 2027-02-05, why: Tết}]
devices:
  press: {driver: modbus, url: x}
`))
	var got plant
	doc.Root().Decode(&got)
	if err := doc.Err(); err != nil {
		t.Fatal(err)
	}
	limit := 4.0
	want := plant{
		Name: "Hữu Lũng", Every: record.Duration(90e9), Port: 502, Offset: -3, Scale: 0.1, On: true, Limit: &limit,
		Tags: []string{"alone"}, States: map[int64]record.State{0: record.Stopped, 1: record.Execute},
		Base: Base{Unit: "MPa"},
		Line: record.Line{
			Name: record.Names{"vi": "Dây chuyền"},
			Machines: map[string]record.Machine{"press": {
				Produced: &record.Count{From: "press.cycles", Times: "26"},
				Scrap:    []record.Count{{From: "press.rejects", Reason: "broken"}},
			}},
			Calendar: &record.Calendar{
				Shifts:   []record.Shift{{Name: "day", From: 360, To: 870, Days: []record.Weekday{1, 2}}},
				Holidays: []record.Holiday{{Date: record.Date{Year: 2027, Month: 2, Day: 5}, Why: "Tết"}},
			},
		},
	}
	press := got.Devices["press"]
	got.Devices = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if keys := press.Keys(); !reflect.DeepEqual(keys, []string{"driver", "url"}) {
		t.Errorf("keys of the section that was kept: %q", keys)
	}
}

func TestEveryMistakeAtOnce(t *testing.T) {
	doc := strictyaml.Parse("p.yaml", []byte(`name: [a]
every: soon
port: 70000
offset: 1.5
scale: abc
on: yes
nmae: x
tags: [a, {b: c}]
states: {x: stopped, 1: runing}
port: 502
line:
  machines: 5
  plan: &p {output_per_hour: 3}
limit:
`))
	var got plant
	root := doc.Root()
	root.Decode(&got)
	root.Mistake([]string{"tags", "1", "b"}, "this is not allowed here", "leave it out")
	root.Mistake([]string{"line", "machines"}, "no machines", "")
	want := strings.TrimSpace(`
15 mistakes in p.yaml
p.yaml:1:7: wants text, is a list
    1 | name: [a]
      |       ^
p.yaml:2:8: duration "soon": use a number with ms, s, m or h, such as 500ms or 10s
    2 | every: soon
      |        ^
p.yaml:3:7: 70000 is out of range: use 0 to 65535
    3 | port: 70000
      |       ^
p.yaml:4:9: wants a whole number, is ` + "`1.5`" + `
    4 | offset: 1.5
      |         ^
p.yaml:5:8: wants a number, is text ` + "`abc`" + `
    5 | scale: abc
      |        ^
p.yaml:6:5: wants true or false, is text ` + "`yes`" + `
    6 | on: yes
      |     ^
p.yaml:7:1: unknown key ` + "`nmae`" + `
    7 | nmae: x
      | ^
  hint: did you mean ` + "`name`" + `?
p.yaml:8:11: wants text, is a section
    8 | tags: [a, {b: c}]
      |           ^
p.yaml:8:15: this is not allowed here
    8 | tags: [a, {b: c}]
      |               ^
  hint: leave it out
p.yaml:9:10: wants a whole number, is text ` + "`x`" + `
    9 | states: {x: stopped, 1: runing}
      |          ^
`)
	err := doc.Err()
	if err == nil {
		t.Fatal("no mistakes found")
	}
	start, rest, _ := strings.Cut(err.Error(), "p.yaml:9:25")
	if diff := cmp.Diff(want, strings.TrimSpace(start)); diff != "" {
		t.Error(diff)
	}
	for _, part := range []string{
		`state "runing": is none of`,
		"p.yaml:10:1: key `port` is given twice, first in line 3",
		"p.yaml:12:13: wants a section, is `5`",
		"p.yaml:12:13: no machines",
		"p.yaml:13:9: anchors, aliases and tags are not read here",
	} {
		if !strings.Contains(rest, part) {
			t.Errorf("missing %q in\n%s", part, rest)
		}
	}
}

func TestSyntax(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"tabs, all of them", "a:\n\tb: 1\n  \tc: 2\n", "2 mistakes in f.yaml\n" +
			"f.yaml:2:1: a tab in the indentation\n    2 |  b: 1\n      | ^\n  hint: indent with spaces\n" +
			"f.yaml:3:3: a tab in the indentation\n    3 |    c: 2\n      |   ^\n  hint: indent with spaces"},
		{"bracket never closed", "a: 1\nb: [1, 2\n", "a mistake in f.yaml\nf.yaml:2:4: sequence end token ']' not found\n    2 | b: [1, 2\n      |    ^"},
		{"indentation that fits nothing", "a:\n  b: 1\n c: 2\n", "a mistake in f.yaml\nf.yaml:3:2: value is not allowed in this context\n    3 |  c: 2\n      |  ^"},
		{"two documents", "a: 1\n---\nb: 2\n", "a mistake in f.yaml\nf.yaml:3:1: a second document begins here\n    3 | b: 2\n      | ^\n  hint: remove the line `---` and what follows it"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := strictyaml.Parse("f.yaml", []byte(test.src)).Err()
			if err == nil {
				t.Fatal("no mistake found")
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCutTakesAKeyAway(t *testing.T) {
	doc := strictyaml.Parse("f.yaml", []byte("driver: modbus\nunit: kWh\n"))
	root := doc.Root()
	section, ok := root.Cut("driver")
	var driver string
	if !ok || !section.Decode(&driver) || driver != "modbus" {
		t.Fatalf("cut %q, %v", driver, ok)
	}
	if _, again := root.Cut("driver"); again {
		t.Error("cut the same key twice")
	}
	var left Base
	if !root.Decode(&left) || left.Unit != "kWh" {
		t.Errorf("the rest: %+v, %v", left, doc.Err())
	}
}

func TestAnEmptyFileDecodesToTheDefaults(t *testing.T) {
	doc := strictyaml.Parse("f.yaml", nil)
	got := Base{Unit: "kWh"}
	root := doc.Root()
	root.Decode(&got)
	root.Mistake([]string{"gateway"}, "is not given", "")
	if want := "a mistake in f.yaml\nf.yaml:1:1: is not given"; got.Unit != "kWh" || doc.Err().Error() != want {
		t.Errorf("got %+v, %q", got, doc.Err())
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"signals", "driver", "every", "url"}
	tests := []struct{ name, word, want string }{
		{"one letter swapped", "singals", "did you mean `signals`?"},
		{"one letter missing", "evry", "did you mean `every`?"},
		{"nothing near", "colour", "known here: driver, every, signals, url"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := strictyaml.Suggest(test.word, known); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("name: a\nevery: 1s\ntags: [a, b]\nstates: {0: stopped}\n"))
	f.Add([]byte("a:\n\t- b\n"))
	f.Add([]byte("line: {machines: {m: {scrap: [{from: a}]}}}\ndevices: {x: {y: z}}\n"))
	f.Add([]byte("limit: &a 1\nname: *a\n<<: *a\n? b\n: c\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		doc := strictyaml.Parse("f.yaml", src)
		var p plant
		root := doc.Root()
		root.Cut("name")
		ok := root.Decode(&p)
		root.Mistake([]string{"line", "machines", "0"}, "m", "h")
		if doc.Err() == nil || doc.Err().Error() == "" {
			t.Error("a mistake was lost")
		}
		if ok && len(src) == 0 && !reflect.DeepEqual(p, plant{}) {
			t.Error("nothing filled something")
		}
	})
}
