package grafana

import (
	_ "embed" // of the words
	"fmt"

	"github.com/goccy/go-yaml"
)

//go:embed words.yaml
var words []byte

// Languages that there are; each has a folder of dashboards.
func Languages() []string { return []string{"vi", "en"} }

// tongue says the dashboards' words in one language.
type tongue struct {
	lang  string
	texts map[string]map[string]string // by key, then language
	err   error                        // the first word that there is not
}

func newTongue(lang string) (*tongue, error) {
	t := &tongue{lang: lang}
	if err := yaml.Unmarshal(words, &t.texts); err != nil {
		return nil, fmt.Errorf("words of the dashboards: %w", err)
	}
	return t, nil
}

// say gives the word of a key.
func (t *tongue) say(key string) string {
	word := t.texts[key][t.lang]
	if word == "" && t.err == nil {
		t.err = fmt.Errorf("words of the dashboards: %s has no %s", key, t.lang)
	}
	return word
}

// how explains a key.
func (t *tongue) how(key string) string { return t.say(key + ".how") }

// names are the words of columns.
func (t *tongue) names(columns []column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = t.say(string(c))
	}
	return names
}
