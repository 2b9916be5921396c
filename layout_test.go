package lineproof

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/lineproof/lineproof/"

// mayImport is the import table: what the rooms may know of each other. A room is matched by its longest
// prefix here; every room may import record, and itself.
var mayImport = map[string][]string{
	"record":  {},
	"drivers": {},

	"edge":         {"drivers", "internal"},
	"edge/spool":   {"internal"},
	"edge/publish": {"edge/spool", "internal"},

	// One flow, one direction: a stage never imports the stage after it.
	"collector/verify":           {},
	"collector/ledger":           {"collector/verify"},
	"collector/calendar":         {},
	"collector/calendar/said":    {"collector/calendar", "collector/shiftlog/entries"},
	"collector/account":          {},
	"collector/series":           {"collector/verify", "collector/account", "internal"},
	"collector/registry":         {"collector/verify", "collector/account", "collector/calendar/said", "internal"},
	"collector/kpi":              {"collector/account", "collector/calendar"},
	"collector/outcome":          {"internal/tongue"},
	"collector/plausible":        {"collector/account"},
	"collector/spc":              {},
	"collector/board":            {"collector/account", "collector/calendar", "collector/kpi", "collector/outcome", "collector/plausible", "collector/registry", "collector/series", "collector/shiftlog", "collector/spc", "collector/study/protocol", "internal"},
	"collector/study":            {"collector/outcome", "collector/shifttable", "internal"},
	"collector/report":           {"collector/outcome", "collector/study/protocol", "internal/sheet", "internal/strictyaml", "internal/tongue"},
	"collector/programme":        {"collector/cells", "collector/outcome", "collector/shiftlog/entries", "internal/strictyaml"},
	"collector/study/protocol":   {"collector/account", "collector/calendar", "collector/kpi", "collector/outcome", "collector/shiftlog/entries", "internal/tongue"},
	"collector/shiftlog":         {"collector/registry", "collector/shifttable", "internal"},
	"collector/shiftlog/entries": {"collector/kpi"},
	"collector/projects":         {"collector/cells", "collector/outcome", "collector/programme", "collector/registry", "collector/shiftlog/entries", "internal"},
	"collector/people":           {"collector/registry", "internal"},
	"collector/export":           {"collector/kpi", "internal/sheet"},
	"collector/cells":            {"internal/sheet"},
	"collector/shifttable":       {"collector/cells"},
	"collector/alert":            {"collector/board", "collector/calendar", "collector/registry", "internal"},
	"collector/cosign":           {"internal"},
	"collector/web":              {"collector/alert", "collector/board", "collector/cells", "collector/cosign", "collector/export", "collector/kpi", "collector/people", "collector/programme", "collector/projects", "collector/report", "collector/shiftlog", "collector/shifttable", "internal/strictyaml", "internal/tongue"},
	"collector/broker":           {},
	"collector/ingest":           {},
	"collector":                  {"collector/*", "evidence/bundle", "internal"},

	// Evidence is checked by whoever has it: with the collector's pure rooms, and nothing of the collector itself.
	"evidence/bundle": {},
	"evidence/audit":  {"evidence/bundle", "collector/verify", "collector/account", "collector/calendar", "collector/kpi", "collector/plausible", "collector/shiftlog/entries", "collector/study/protocol", "internal/tongue"},

	// A witness is another's machine: it has nothing of the collector.
	"witness": {"internal"},

	"lines":      {"internal"},
	"dashboards": {},
	"internal":   {},

	"cmd/lineproof-edge": {"drivers", "edge", "internal"},
	"cmd/lineproof":      {"drivers", "edge", "collector", "evidence", "witness", "lines", "dashboards", "internal"},

	// What a browser runs: the checks, and nothing of the collector beside them.
	"cmd/lineproof-verify": {"evidence/audit", "internal/tongue"},
}

// pure rooms do no I/O: from the standard library they take none of what reaches outside.
var pure = []string{"record", "collector/account", "collector/calendar", "collector/cells", "collector/kpi", "collector/outcome", "collector/plausible", "collector/programme", "collector/report", "collector/shiftlog/entries", "collector/shifttable", "collector/spc", "collector/study/protocol", "collector/verify", "evidence"}

var reachesOutside = []string{"net", "net/http", "os", "os/exec", "database/sql", "log", "log/slog", "syscall"}

func TestImports(t *testing.T) {
	used := map[string]bool{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || (strings.HasPrefix(d.Name(), ".") && d.Name() != ".")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || !strings.Contains(file, "/") {
			return nil
		}
		file = filepath.ToSlash(file)
		room := roomOf(path.Dir(file))
		if room == "" {
			t.Errorf("%s: %s is not in the import table", file, path.Dir(file))
			return nil
		}
		used[room] = true
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range tree.Imports {
			check(t, file, room, strings.Trim(spec.Path.Value, `"`))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room := range mayImport {
		if !used[room] {
			t.Errorf("the import table has %s, which holds no code", room)
		}
	}
}

func check(t *testing.T, file, room, imported string) {
	t.Helper()
	for _, p := range pure {
		for _, outside := range reachesOutside {
			if within(room, p) && imported == outside {
				t.Errorf("%s: %s does no I/O and may not import %s", file, room, imported)
			}
		}
	}
	if imported == "testing" && !strings.HasSuffix(path.Dir(file), "test") {
		t.Errorf("%s: only the test rooms import testing", file)
	}
	ours, ok := strings.CutPrefix(imported, module)
	if !ok || within(ours, room) || within(ours, "record") {
		return
	}
	for _, allowed := range mayImport[room] {
		if within(ours, strings.TrimSuffix(allowed, "/*")) {
			return
		}
	}
	t.Errorf("%s: %s may not import %s", file, room, ours)
}

// TestAlone: a room that the Makefile leaves without the race detector starts nothing beside itself.
func TestAlone(t *testing.T) {
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`(?m)^ALONE := \$\(addprefix collector/,(.+)\)$`).FindSubmatch(makefile)
	if names == nil {
		t.Fatal("the Makefile names no rooms that are tested without the race detector")
	}
	for _, name := range strings.Fields(string(names[1])) {
		files, err := filepath.Glob(filepath.Join("collector", name, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", name, len(files), err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				if _, ok := n.(*ast.GoStmt); ok {
					t.Errorf("%s starts a goroutine: take %s out of ALONE in the Makefile", file, name)
				}
				return true
			})
			if slices.ContainsFunc(tree.Imports, func(i *ast.ImportSpec) bool { return strings.HasPrefix(i.Path.Value, `"sync`) }) {
				t.Errorf("%s shares memory: take %s out of ALONE in the Makefile", file, name)
			}
		}
	}
}

// TestWithoutRace: a test that the race detector is kept from is run by one of the Makefile's targets.
func TestWithoutRace(t *testing.T) {
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	runs := regexp.MustCompile(`(?m)^\t.*go test .*-run '?([^' ]+)'?(.*)$`).FindAllStringSubmatch(string(makefile), -1)
	found := 0
	err = filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".") {
			return cmp.Or(err, fs.SkipDir)
		}
		if !strings.HasSuffix(file, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil || !strings.HasPrefix(string(text), "//go:build !race\n") {
			return err
		}
		for _, name := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(string(text), -1) {
			found++
			room := "./" + path.Dir(filepath.ToSlash(file))
			if !slices.ContainsFunc(runs, func(run []string) bool {
				return regexp.MustCompile(run[1]).MatchString(name[1]) && slices.Contains(strings.Fields(run[2]), room)
			}) {
				t.Errorf("%s: no target of the Makefile runs %s", file, name[1])
			}
		}
		return nil
	})
	if err != nil || found == 0 {
		t.Fatalf("%d tests, %v", found, err)
	}
}

// roomOf finds the longest prefix of a folder in the table.
func roomOf(folder string) string {
	for ; folder != "."; folder = path.Dir(folder) {
		if _, ok := mayImport[folder]; ok {
			return folder
		}
	}
	return ""
}

func within(folder, room string) bool { return folder == room || strings.HasPrefix(folder, room+"/") }
