package ledger_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/ledger"
)

func TestClosedLedgerTakesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, all := open(t, dir), batches(t, 2, 0)
	appendAll(t, l, all[:1])
	closeNow(t, l)
	if _, err := l.Append(t.Context(), all[1:]); err == nil || err.Error() != "append to ledger: appender has been shut down" {
		t.Errorf("got %v", err)
	}
	holds(t, open(t, dir), 0, all[:1])
}

func TestLedgerKeepsItsNameAndKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	name, _, _ := strings.Cut(l.Verifier(), "+")
	if name != origin {
		t.Errorf("the key is %s, want it to be of %s", l.Verifier(), origin)
	}
	closeNow(t, l)
	again := open(t, dir)
	if diff := cmp.Diff(l.Verifier(), again.Verifier()); diff != "" {
		t.Errorf("another key when opened again (-want +got):\n%s", diff)
	}
	closeNow(t, again)
	_, err := ledger.Open(t.Context(), dir, "other.example/lineproof")
	want := "open ledger " + dir + ": its name is collector.example/lineproof and cannot become other.example/lineproof"
	if err == nil || err.Error() != want {
		t.Errorf("under another name: %v, want %s", err, want)
	}
}

func TestKeyIsForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dir)
	info, err := os.Stat(filepath.Join(dir, "signer.key"))
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("signer.key has mode %o", mode)
	}
}

// TestFirstStartThatWasCutOff lets the second of the key's two files not be written, as a full disk or a
// power cut would, whichever that is.
func TestFirstStartThatWasCutOff(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"signer.key", "signer.pub"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			nowhere := filepath.Join(dir, file)
			if err := os.Symlink(filepath.Join(dir, "missing", "file"), nowhere); err != nil {
				t.Fatal(err)
			}
			if _, err := ledger.Open(t.Context(), dir, origin); err == nil {
				t.Fatal("opened without its key")
			}
			if err := os.Remove(nowhere); err != nil {
				t.Fatal(err)
			}
			l := open(t, dir)
			text, err := os.ReadFile(filepath.Join(dir, "signer.pub"))
			if err != nil || strings.TrimSpace(string(text)) != l.Verifier() {
				t.Errorf("signer.pub holds %q (%v), the ledger signs for %s", text, err, l.Verifier())
			}
			appendAll(t, l, batches(t, 1, 0))
			checkpoint(t, publish(t, l), 1)
			trust(t, l, publish(t, l))
		})
	}
}
