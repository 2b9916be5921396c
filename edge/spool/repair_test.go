package spool_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lineproof/lineproof/edge/spool"
)

func TestWhatIsSetAsideDoesNotFillTheCard(t *testing.T) {
	dir := t.TempDir()
	for i := range 9 {
		path := filepath.Join(dir, fmt.Sprintf("%020d.seg.damaged", 100-i))
		if err := os.WriteFile(path, []byte{byte(i)}, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, start.Add(time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, ".write-123"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, ".write-folder", "x"), 0o700); err != nil { // cannot be deleted as a file
		t.Fatal(err)
	}
	open(t, dir, spool.Options{})
	left, err := filepath.Glob(filepath.Join(dir, "*.damaged"))
	if err != nil || len(left) != 4 {
		t.Fatalf("%v, %v", left, err)
	}
	for i, path := range left {
		if want := fmt.Sprintf("%020d.seg.damaged", 92+i); filepath.Base(path) != want {
			t.Errorf("kept %s, want the newest, %s", path, want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, ".write-123")); !os.IsNotExist(err) {
		t.Errorf("the half-written file: %v", err)
	}
}
