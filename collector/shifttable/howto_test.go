package shifttable

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/cells/cellstest"
)

// TestHowTo holds the pages to the program: the example that they show is read, and every column is explained under the
// heading that the template gives it.
func TestHowTo(t *testing.T) {
	example, err := os.ReadFile("../../docs/how-to/shift-log.csv")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read("shift-log.csv", example, hanoi(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"warning A6 ignored_total"}, told(got)); diff != "" || len(got.Rows) != 3 {
		t.Errorf("%d rows, want 3; problems (-want +got):\n%s", len(got.Rows), diff)
	}
	for lang, name := range map[string]string{"en": "shift-log.md", "vi": "shift-log.vi.md"} {
		page, err := os.ReadFile("../../docs/how-to/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(page), "```csv\n"+string(example)+"```") {
			t.Errorf("%s does not show shift-log.csv as it is", name)
		}
		for _, c := range columns {
			if row := "| `" + c.Name + "` | " + cellstest.Heading(t, form, c.Name, lang) + " |"; !strings.Contains(string(page), row) {
				t.Errorf("%s does not have the row %q", name, row)
			}
		}
	}
}
