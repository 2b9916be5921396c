package grafana

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the dashboards again")

func made(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestTheCommittedDashboardsAreWhatIsMade(t *testing.T) {
	files := made(t)
	if *update {
		for name, text := range files {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	committed, err := filepath.Glob("*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(files)), committed); diff != "" {
		t.Errorf("files (-made +committed):\n%s", diff)
	}
	for _, name := range committed {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(files[name]), string(text)); diff != "" {
			t.Errorf("%s (-made +committed; go test ./dashboards/grafana -update writes it again):\n%s", name, diff)
		}
	}
}

// TestEveryWordIsUsedAndInEveryLanguage looks for the words in the dashboards.
func TestEveryWordIsUsedAndInEveryLanguage(t *testing.T) {
	files := made(t)
	for _, lang := range Languages() {
		tongue, err := newTongue(lang)
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for name, text := range files {
			if strings.HasPrefix(name, lang+"/") {
				all.Write(text)
			}
		}
		for key, word := range tongue.texts {
			if len(word) != len(Languages()) {
				t.Errorf("%s is in %d languages", key, len(word))
			}
			if !strings.Contains(all.String(), word[lang]) {
				t.Errorf("nothing in %s says %s", lang, key)
			}
		}
	}
}
