package export

import (
	"embed"

	"github.com/lineproof/lineproof/internal/sheet"
)

//go:embed vi.yaml en.yaml
var files embed.FS

// words are the texts of one language: the columns by their names, sheet and zone.
func words(lang string) (all map[string]string, err error) {
	err = sheet.Texts(files, lang, &all)
	return all, err
}
