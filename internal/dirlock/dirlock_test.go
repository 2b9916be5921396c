package dirlock_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/lineproof/lineproof/internal/dirlock"
)

func TestADirectoryHasOneProcess(t *testing.T) {
	dir := t.TempDir()
	lock, err := dirlock.Take(dir, "lineproof-edge")
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("directory %q is in use by another lineproof-edge, process %d", dir, os.Getpid())
	if _, err := dirlock.Take(dir, "lineproof-edge"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := dirlock.Take(dir, "lineproof-edge")
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Release(); err != nil {
		t.Error(err)
	}
}

func TestHolderIsWhoHasTheDirectory(t *testing.T) {
	dir := t.TempDir()
	if got := dirlock.Holder(dir); got != "" {
		t.Errorf("nobody: got %q", got)
	}
	lock, err := dirlock.Take(dir, "lineproof-edge")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := dirlock.Holder(dir), strconv.Itoa(os.Getpid()); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	if got := dirlock.Holder(dir); got != "" {
		t.Errorf("after its end: got %q", got)
	}
}
