package record

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// runVerify checks a folder of vectors in JavaScript and gives what it printed.
func runVerify(t *testing.T, dir string) (stdout, stderr string, err error) {
	t.Helper()
	if _, err := os.Stat("testdata/js/node_modules/protobufjs"); err != nil {
		t.Fatal("the packages of testdata/js are missing: run make deps")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node is missing: run make deps")
	}
	cmd := exec.CommandContext(t.Context(), node, "testdata/verify.mjs", dir, "recordpb/record.proto")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// TestVectorsInAnotherLanguage holds the format's description to what the code does: JavaScript with only
// record.proto and the package comment opens every vector and finds the same.
func TestVectorsInAnotherLanguage(t *testing.T) {
	stdout, stderr, err := runVerify(t, vectorDir)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	want := "first: ok, 1 readings\nsecond: ok, 2 readings\nkinds: ok, 35 readings\nwindows: ok, 3 readings\ndated: ok, 1 readings\n"
	if stdout != want {
		t.Errorf("got\n%swant\n%s", stdout, want)
	}
}

// TestTamperedVectorInAnotherLanguage shows that the JavaScript check can fail.
func TestTamperedVectorInAnotherLanguage(t *testing.T) {
	for _, test := range []struct {
		name   string
		tamper func(t *testing.T, dir string)
		want   string // on standard error
	}{
		{"a byte", func(t *testing.T, dir string) {
			rewrite(t, filepath.Join(dir, "second.bin"), func(b []byte) []byte { return flipped(b, len(b)/2) })
		}, "second: hash: got "},
		{"a byte of the body, with its new hash given", func(t *testing.T, dir string) {
			sealed := readVector(t, "second.bin")
			forged := flipped(sealed, 20)
			rewrite(t, filepath.Join(dir, "second.bin"), func([]byte) []byte { return forged })
			rewrite(t, filepath.Join(dir, "second.json"), func(b []byte) []byte {
				return bytes.ReplaceAll(b, []byte(HashOf(sealed).String()), []byte(HashOf(forged).String()))
			})
		}, "second: the signature does not fit the content"},
		{"the expected content", func(t *testing.T, dir string) {
			rewrite(t, filepath.Join(dir, "first.json"), func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("41207"), []byte("41208")) })
		}, "first: readings: got "},
		{"a batch taken out", func(t *testing.T, dir string) {
			for _, name := range []string{"second.bin", "second.json"} {
				if err := os.Remove(filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
		}, "kinds: chain: got "},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(vectorDir)); err != nil {
				t.Fatal(err)
			}
			test.tamper(t, dir)
			_, stderr, err := runVerify(t, dir)
			if err == nil || !strings.HasPrefix(stderr, test.want) {
				t.Errorf("got %v, %q, want a failure that begins with %q", err, stderr, test.want)
			}
		})
	}
}

func flipped(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 1
	return b
}

func rewrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(b), 0o644); err != nil {
		t.Fatal(err)
	}
}
