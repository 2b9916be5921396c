package collector

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestTheGuideToWitnessesLoads loads what the guide shows, in both languages.
func TestTheGuideToWitnessesLoads(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"witness.md", "witness.vi.md"} {
		guide, err := os.ReadFile(filepath.Join("../docs/how-to", file))
		if err != nil {
			t.Fatal(err)
		}
		m := regexp.MustCompile("(?s)```yaml\n(.+?)```").FindSubmatch(guide)
		if m == nil {
			t.Fatalf("%s shows no configuration", file)
		}
		config := filepath.Join(t.TempDir(), "collector.yaml")
		write(t, config, append([]byte("dir: d\nbroker: {url: \"tcp://127.0.0.1:1883\"}\ngateways: {a: {key: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=}}\n"), m[1]...))
		cfg, err := Load(config)
		if err != nil {
			t.Fatal(err)
		}
		if w := cfg.Witnesses; w == nil || w.Quorum != 1 || len(w.List) != 1 {
			t.Errorf("%s: %+v", file, w)
		}
	}
}
