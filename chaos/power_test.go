package chaos

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// newFile writes and syncs a file and, if asked, its directory.
func newFile(t *testing.T, path string, content []byte, named bool) *os.File {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync()); err != nil {
		t.Fatal(err)
	}
	if named {
		syncDir(t, filepath.Dir(path))
	}
	return f
}

func syncDir(t *testing.T, dir string) {
	t.Helper()
	d, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		t.Fatal(err)
	}
}

// powerCut takes the disk away, loses what was not safe, and brings it back.
func powerCut(t *testing.T, m *mount, rng *rand.Rand) {
	t.Helper()
	if err := m.down(); err != nil {
		t.Fatal(err)
	}
	m.disk.cut(rng)
	if err := m.up(); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return "(no such file)"
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func needMount(t *testing.T) {
	t.Helper()
	if err := canMount(); err != nil {
		t.Skip("no file system of our own: ", err)
	}
}

func TestAPowerCutLosesWhatWasNotSynced(t *testing.T) {
	needMount(t)
	for _, tt := range []struct {
		name string
		do   func(t *testing.T, dir string)
		want map[string]string
	}{
		{"synced stays", func(t *testing.T, dir string) {
			newFile(t, dir+"/a", []byte("one"), true).Close()
		}, map[string]string{"a": "one"}},
		{"written and not synced is gone", func(t *testing.T, dir string) {
			f := newFile(t, dir+"/a", []byte("one"), true)
			f.WriteString("two")
			f.Close()
		}, map[string]string{"a": "one"}},
		{"a name that was not synced is gone", func(t *testing.T, dir string) {
			newFile(t, dir+"/a", []byte("one"), false).Close()
		}, map[string]string{"a": "(no such file)"}},
		{"a rename that was not synced", func(t *testing.T, dir string) {
			newFile(t, dir+"/a", []byte("old"), true).Close()
			newFile(t, dir+"/.a", []byte("new"), false).Close()
			if err := os.Rename(dir+"/.a", dir+"/a"); err != nil {
				t.Fatal(err)
			}
		}, map[string]string{"a": "old"}},
		{"a rename that was synced", func(t *testing.T, dir string) {
			newFile(t, dir+"/a", []byte("old"), true).Close()
			newFile(t, dir+"/.a", []byte("new"), false).Close()
			if err := os.Rename(dir+"/.a", dir+"/a"); err != nil {
				t.Fatal(err)
			}
			syncDir(t, dir)
		}, map[string]string{"a": "new", ".a": "(no such file)"}},
		{"a removal that was not synced", func(t *testing.T, dir string) {
			newFile(t, dir+"/a", []byte("one"), true).Close()
			os.Remove(dir + "/a")
		}, map[string]string{"a": "one"}},
		{"a file cut short and not synced", func(t *testing.T, dir string) {
			newFile(t, dir+"/a", []byte("one"), true).Close()
			if err := os.Truncate(dir+"/a", 1); err != nil {
				t.Fatal(err)
			}
		}, map[string]string{"a": "one"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := mounted(t, newDisk())
			tt.do(t, m.dir)
			powerCut(t, m, nil)
			for name, want := range tt.want {
				if got := content(t, filepath.Join(m.dir, name)); got != want {
					t.Errorf("%s: got %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestAPowerCutTearsAWrite draws until a write came whole, in part, and as zeros.
func TestAPowerCutTearsAWrite(t *testing.T) {
	needMount(t)
	m := mounted(t, newDisk())
	old, fresh := bytes.Repeat([]byte{'o'}, 700), bytes.Repeat([]byte{'n'}, 3*sector)
	rng := rand.New(rand.NewPCG(1, 1))
	seen := map[string]bool{}
	path := filepath.Join(m.dir, "a")
	for range 60 {
		f := newFile(t, path, old, true)
		if _, err := f.Write(fresh); err != nil {
			t.Fatal(err)
		}
		f.Close()
		powerCut(t, m, rng)
		got := []byte(content(t, path))
		if !bytes.HasPrefix(got, old) {
			t.Fatalf("what was synced is not there: %d bytes", len(got))
		}
		switch tail := got[len(old):]; {
		case len(tail) == 0:
			seen["nothing"] = true
		case bytes.Equal(tail, fresh):
			seen["all"] = true
		case bytes.IndexByte(tail, 0) >= 0:
			seen["zeros"] = true
		default:
			seen["a part"] = true
		}
	}
	for _, want := range []string{"nothing", "all", "zeros", "a part"} {
		if !seen[want] {
			t.Errorf("never left %s", want)
		}
	}
}

func TestAFullAndASickDisk(t *testing.T) {
	needMount(t)
	m := mounted(t, newDisk())
	f := newFile(t, m.dir+"/a", []byte("0123456789"), true)
	defer f.Close()
	newFile(t, m.dir+"/b", []byte("0123456789"), true).Close()
	m.disk.fill()
	if _, err := f.Write([]byte("x")); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("on a full disk: %v, want ENOSPC", err)
	}
	if _, err := f.WriteAt([]byte("x"), 3); err != nil {
		t.Errorf("within the file: %v", err)
	}
	os.Remove(m.dir + "/b")
	if _, err := f.Write([]byte("x")); err != nil {
		t.Errorf("after something was deleted: %v", err)
	}
	m.disk.spoil()
	if err := f.Sync(); !errors.Is(err, syscall.EIO) {
		t.Errorf("on a sick disk: %v, want EIO", err)
	}
	m.disk.heal()
	if _, err := f.Write(bytes.Repeat([]byte("x"), 100)); err != nil {
		t.Errorf("healed: %v", err)
	}
}
