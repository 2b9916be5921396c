package sqlitecopy_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lineproof/lineproof/internal/sqlitecopy"
)

// ledgerOf makes a file of two tables that every transaction leaves with as many rows.
func ledgerOf(t *testing.T, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE a (n INTEGER PRIMARY KEY, pad BLOB); CREATE TABLE b (n INTEGER PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	return db
}

// TestCopyIsOfOneMoment copies again and again while a writer commits as fast as it can.
func TestCopyIsOfOneMoment(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a b.db")
	db := ledgerOf(t, file)
	stop, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				ended <- nil
				return
			default:
			}
			if _, err := db.ExecContext(t.Context(), "BEGIN; INSERT INTO a (pad) VALUES (randomblob(3000)); INSERT INTO b DEFAULT VALUES; COMMIT"); err != nil {
				ended <- err
				return
			}
		}
	}()
	last := 0
	for n := range 20 {
		to := filepath.Join(dir, "copy-"+strings.Repeat("x", n)+".db")
		if err := sqlitecopy.Copy(t.Context(), file, to); err != nil {
			t.Fatal(err)
		}
		copied, err := sqlitecopy.Open(to)
		if err != nil {
			t.Fatal(err)
		}
		var a, b int
		if err := copied.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)").Scan(&a, &b); err != nil {
			t.Fatal(err)
		}
		copied.Close()
		if a != b || a < last {
			t.Errorf("copy %d: %d and %d rows after %d", n, a, b, last)
		}
		last = a
	}
	close(stop)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if last == 0 {
		t.Error("the writer wrote nothing meanwhile")
	}
}

func TestCopyOfAFileThatNobodyHasOpenLeavesItAlone(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.db")
	db := ledgerOf(t, file)
	db.Close()
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlitecopy.Copy(t.Context(), file, filepath.Join(t.TempDir(), "b.db")); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(file)
	if err != nil || string(before) != string(after) {
		t.Errorf("the file was changed, %v", err)
	}
	if left, err := filepath.Glob(file + "?*"); err != nil || len(left) != 0 {
		t.Errorf("left beside it: %v, %v", left, err)
	}
}

func TestCopyThatFailsNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	text, good := filepath.Join(dir, "text"), filepath.Join(dir, "good.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	ledgerOf(t, good)
	for _, c := range []struct{ name, from, to, want string }{
		{"no file", filepath.Join(dir, "none"), filepath.Join(dir, "b"), "unable to open database file"},
		{"another kind of file", text, filepath.Join(dir, "b"), "file is not a database"},
		{"where something is", good, text, "file is not a database"},
		{"to nowhere", good, filepath.Join(dir, "none", "b"), "unable to open database"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := sqlitecopy.Copy(t.Context(), c.from, c.to)
			if err == nil || !strings.HasPrefix(err.Error(), "copy "+c.from+": ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
