package export

import (
	"embed"
	"fmt"

	"github.com/goccy/go-yaml"
)

//go:embed vi.yaml en.yaml
var files embed.FS

// words are the texts of one language: the columns by their names, sheet and zone.
func words(lang string) (all map[string]string, err error) {
	src, err := files.ReadFile(lang + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("language %q: there are vi and en", lang)
	}
	if err := yaml.Unmarshal(src, &all); err != nil {
		return nil, fmt.Errorf("texts of %s: %w", lang, err)
	}
	return all, nil
}
