package ledger_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/lineproof/lineproof/collector/ledger"
)

func copied(t *testing.T, from string) (to string, size uint64) {
	t.Helper()
	to = t.TempDir()
	size, err := ledger.Copy(t.Context(), from, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	return to, size
}

func checked(t *testing.T, dir string) ledger.Head {
	t.Helper()
	h, err := ledger.Check(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestCopyOfALedgerThatGrows copies again and again while batches are appended as fast as they can be.
func TestCopyOfALedgerThatGrows(t *testing.T) {
	t.Parallel()
	dir, all := t.TempDir(), batches(t, 3000, 0)
	l := open(t, dir)
	grown, ended := make(chan struct{}, 1), make(chan error, 1)
	go func() {
		defer close(grown)
		for i, n := 0, 1; i < len(all); i, n = i+n, n%97+1 {
			if _, err := l.Append(t.Context(), all[i:min(i+n, len(all))]); err != nil {
				ended <- err
				return
			}
			select {
			case grown <- struct{}{}:
			default:
			}
		}
		ended <- nil
	}()
	var heads []ledger.Head
	var grow []*ledger.Ledger
	var dirs []string
	for len(dirs) < 30 {
		if _, growing := <-grown; !growing {
			t.Fatalf("only %d copies were made while the ledger grew", len(dirs))
		}
		before := size(t, l)
		to, n := copied(t, dir)
		h := checked(t, to)
		if n < before || h.Size != n || h.Signed > n || h.Origin != origin {
			t.Errorf("%d batches, %+v, there were %d before it", n, h, before)
		}
		heads, dirs = append(heads, h), append(dirs, to)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	closeNow(t, l)
	want := checked(t, dir)
	for i, to := range dirs {
		again := open(t, to)
		if again.Verifier() != l.Verifier() {
			t.Error("the copy signs with another key")
		}
		holds(t, again, 0, all[:heads[i].Size])
		appendAll(t, again, all[heads[i].Size:])
		grow = append(grow, again)
	}
	var closing sync.WaitGroup // together, because each waits for its signature
	for _, again := range grow {
		closing.Go(func() {
			if err := again.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	closing.Wait()
	for i, to := range dirs {
		if got := checked(t, to); got != want {
			t.Errorf("a copy of %d batches, grown as its original: %+v, want %+v", heads[i].Size, got, want)
		}
	}
}

// TestCopyFromTilesThatAreFullByNow copies as of a size whose partial tiles were cleaned away meanwhile.
func TestCopyFromTilesThatAreFullByNow(t *testing.T) {
	t.Parallel()
	dir, all := t.TempDir(), batches(t, 600, 10)
	l := open(t, dir)
	appendAll(t, l, all[:300])
	closeNow(t, l)
	want := checked(t, dir)
	then := t.TempDir()
	if err := os.CopyFS(then, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	l = open(t, dir)
	appendAll(t, l, all[300:])
	closeNow(t, l)
	for _, tiles := range []string{"log/tile/0", "log/tile/entries"} {
		if err := os.RemoveAll(filepath.Join(then, tiles)); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(filepath.Join(then, tiles), os.DirFS(filepath.Join(dir, tiles))); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(then, tiles, "001.p")); err != nil {
			t.Fatal(err)
		}
	}
	to, _ := copied(t, then)
	if got := checked(t, to); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	holds(t, open(t, to), 0, all[:300])
}

func TestCopyOfAnEmptyLedger(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	to, n := copied(t, dir)
	if h := checked(t, to); n != 0 || h.Size != 0 || h.Signed != 0 {
		t.Errorf("%d batches, %+v", n, h)
	}
	again, all := open(t, to), batches(t, 2, 0)
	appendAll(t, again, all)
	holds(t, again, 0, all)
	if again.Verifier() != l.Verifier() {
		t.Error("the copy signs with another key")
	}
}

func TestCopyOfNoLedger(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := ledger.Copy(t.Context(), dir, t.TempDir(), nil)
	want := "copy ledger " + dir + ": open " + dir + "/log/checkpoint: no such file or directory"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestCheckFindsEveryChange flips a bit in the middle of each file of a ledger, one after the other.
func TestCheckFindsEveryChange(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	appendAll(t, l, batches(t, 300, 0))
	closeNow(t, l)
	to, _ := copied(t, dir)
	var files []string
	err := filepath.WalkDir(to, func(file string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files = append(files, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 10 { // two keys, checkpoint, two of state, and 5 tiles
		t.Errorf("%d files: %v", len(files), files)
	}
	for _, file := range files {
		good, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		bad := slices.Clone(good)
		bad[len(bad)/2] ^= 1
		for change, b := range map[string][]byte{"a bit": bad, "the end": good[:len(good)-1], "everything": nil} {
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
			h, err := ledger.Check(t.Context(), to, nil)
			short := strings.HasSuffix(file, "signer.pub") && change == "the end" // its line end
			if (err == nil) != short {
				t.Errorf("%s of %s is another: %+v, %v", change, file, h, err)
			}
		}
		if err := os.WriteFile(file, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	checked(t, to)
}

// TestCheckFindsBatchesThatWereLeftOut makes the tree shorter than the checkpoint that was signed.
func TestCheckFindsBatchesThatWereLeftOut(t *testing.T) {
	t.Parallel()
	dir, all := t.TempDir(), batches(t, 5, 0)
	l := open(t, dir)
	appendAll(t, l, all[:3])
	checkpoint(t, publish(t, l), 3)
	short, _ := copied(t, dir)
	appendAll(t, l, all[3:])
	closeNow(t, l)
	b, err := os.ReadFile(filepath.Join(dir, "log", "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(short, "log", "checkpoint"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	want := "check ledger " + short + ": a checkpoint of 5 batches was signed, there are only 3"
	if _, err := ledger.Check(t.Context(), short, nil); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestProgressEndsAtTheEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	appendAll(t, l, batches(t, 600, 0))
	closeNow(t, l)
	for _, n := range []string{"copy", "check"} {
		var told []string
		progress := func(done, total uint64) {
			told = append(told, strconv.FormatUint(done, 10)+"/"+strconv.FormatUint(total, 10))
		}
		var err error
		if n == "copy" {
			_, err = ledger.Copy(t.Context(), dir, t.TempDir(), progress)
		} else {
			_, err = ledger.Check(t.Context(), dir, progress)
		}
		if err != nil || !slices.Equal(told, []string{"256/600", "512/600", "600/600"}) {
			t.Errorf("%s: told %v, %v", n, told, err)
		}
	}
}
