package programme_test

import (
	"os"
	"strings"
	"testing"

	"github.com/lineproof/lineproof/collector/programme"
)

// TestHowTo holds the pages to the program: their targets and prices are read, and every column is explained.
func TestHowTo(t *testing.T) {
	for _, name := range []string{"programme.md", "programme.vi.md"} {
		page, err := os.ReadFile("../../docs/how-to/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var files programme.Files
		for _, block := range strings.Split(string(page), "```yaml\n")[1:] {
			text, _, _ := strings.Cut(block, "```")
			switch f := (programme.File{Name: name, Text: []byte(text)}); {
			case strings.HasPrefix(text, "period:"):
				files.Targets = append(files.Targets, f)
			case strings.HasPrefix(text, "source:"):
				files.Prices = &f
			}
		}
		got, err := programme.Read(files)
		if err != nil || len(got.Periods) != 1 || len(got.Prices.Lines) != 1 {
			t.Errorf("%s: %v", name, err)
		}
		for _, c := range got.Form().Columns {
			if !strings.Contains(string(page), "`"+c.Name+"`") {
				t.Errorf("%s does not explain %s", name, c.Name)
			}
		}
	}
}
