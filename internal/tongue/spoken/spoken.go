// Package spoken has the words of the collector, the witness and the check of evidence beside those of package tongue. They
// are in a room of their own, for the agent on its small computer has no use for them.
package spoken

import (
	"embed"

	"github.com/lineproof/lineproof/internal/tongue"
)

//go:embed vi.yaml en.yaml
var words embed.FS

// New gives the language vi or en. Any other is an error.
func New(lang string) (tongue.Tongue, error) { return tongue.New(lang, words) }
