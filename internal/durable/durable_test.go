package durable_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/lineproof/lineproof/internal/durable"
)

func TestACheckedFileIsAsItWasWrittenOrDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "file")
	if err := durable.MkdirAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"", "one", "two\nlines\n"} {
		if err := durable.WriteChecked(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if got, err := durable.ReadChecked(path); err != nil || string(got) != content {
			t.Errorf("got %q, %v, want %q", got, err, content)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len(text) {
		flipped := append([]byte(nil), text...)
		flipped[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(path, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := durable.ReadChecked(path); !errors.Is(err, durable.ErrDamaged) {
			t.Errorf("bit %d: got %q, %v", bit, got, err)
		}
	}
	for size := range text {
		if err := os.WriteFile(path, text[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := durable.ReadChecked(path); !errors.Is(err, durable.ErrDamaged) {
			t.Errorf("cut to %d: %v", size, err)
		}
	}
}
