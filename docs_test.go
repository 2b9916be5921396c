package lineproof

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var mdLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestDocumentsLeadSomewhere: every link of a document within the project leads to a file, every picture is shown by a
// document, and of each page in two languages both have the other's.
func TestDocumentsLeadSomewhere(t *testing.T) {
	shown := map[string]bool{}
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range mdLink.FindAllStringSubmatch(string(text), -1) {
			to, _, _ := strings.Cut(m[1], "#")
			if to == "" || strings.Contains(to, "://") || strings.HasPrefix(to, "mailto:") {
				continue
			}
			target := filepath.Join(filepath.Dir(file), to)
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", file, to)
			}
			shown[target] = true
		}
		if vi := strings.TrimSuffix(file, ".md") + ".vi.md"; !strings.HasSuffix(file, ".vi.md") {
			if _, err := os.Stat(vi); err == nil && !strings.Contains(string(text), filepath.Base(vi)) {
				t.Errorf("%s does not name %s", file, filepath.Base(vi))
			}
		}
	}
	pictures, err := filepath.Glob("docs/pictures/*")
	if err != nil || len(pictures) == 0 {
		t.Fatalf("%d pictures: %v", len(pictures), err)
	}
	for _, p := range pictures {
		if !shown[p] {
			t.Errorf("no document shows %s", p)
		}
	}
}

func documents(t *testing.T) (all []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == "dist" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".") {
			return fs.SkipDir
		}
		if strings.HasSuffix(file, ".md") {
			all = append(all, file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
