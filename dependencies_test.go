package lineproof

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryDependencyHasAReason holds docs/dependencies.md against go.mod.
func TestEveryDependencyHasAReason(t *testing.T) {
	read := func(file string) string {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	direct, _, _ := strings.Cut(read("go.mod"), "// indirect") // what is needed itself comes first
	var needed, explained []string
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v`).FindAllStringSubmatch(direct, -1) {
		needed = append(needed, m[1])
	}
	needed = needed[:len(needed)-1] // the first that is needed by another only
	for _, m := range regexp.MustCompile(`(?m)^\| ([a-z]\S+\.\S+/\S+) \| .+ \|$`).FindAllStringSubmatch(read("docs/dependencies.md"), -1) {
		explained = append(explained, m[1])
	}
	if !slices.Equal(needed, explained) {
		t.Errorf("go.mod needs\n%s\ndocs/dependencies.md explains\n%s", strings.Join(needed, "\n"), strings.Join(explained, "\n"))
	}
}
