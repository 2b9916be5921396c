// Package deploy_test makes the Debian packages and tries them: what is in them, the life of a package on a
// Debian system from installation to purge, the units, the rules for serial adapters, the man pages, and the
// configuration beside the compose file.
package deploy_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Two versions of the packages, to try an upgrade. Both are made of the source as it is.
const (
	older = "0.9.0"
	newer = "0.9.1"
)

// packed makes the packages of a version, those that the tests need, once for all of them.
var packed = map[string]func() (folder string, err error){
	older: sync.OnceValues(func() (string, error) {
		return filepath.Join(scratch, older), pack(filepath.Join(scratch, older), older, "lineproof-edge lineproof", "amd64", "arm64")
	}),
	newer: sync.OnceValues(func() (string, error) {
		return filepath.Join(scratch, newer), pack(filepath.Join(scratch, newer), newer, "lineproof-edge", "amd64")
	}),
}

// scratch holds what the tests of this package share.
var scratch string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "lineproof-deploy-")
	if err != nil {
		panic(err)
	}
	scratch = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// pack makes the packages of some programs in a folder.
func pack(folder, version, programs string, architectures ...string) error {
	cmd := exec.Command("./package.sh", append([]string{folder}, architectures...)...)
	cmd.Env = append(os.Environ(), "VERSION=v"+version, "SOURCE_DATE_EPOCH=1700000000", "PROGRAMS="+programs)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("package.sh: %w: %s", err, out)
	}
	return nil
}

// deb is the file of a package.
func deb(t *testing.T, program, version, architecture string) string {
	t.Helper()
	folder, err := packed[version]()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, fmt.Sprintf("%s_%s_%s.deb", program, version, architecture))
}

// tool finds a program that the tests need, also where Debian keeps those for root.
func tool(t *testing.T, name string) string {
	t.Helper()
	for _, path := range []string{name, "/usr/sbin/" + name, "/sbin/" + name} {
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
	}
	t.Fatalf("%s is missing: run make deps", name)
	return ""
}

// output runs a program that must succeed, and gives what it said on standard output.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(tool(t, name), args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v: %s%s", name, strings.Join(args, " "), err, out, &stderr)
	}
	return string(out)
}

// unpacked is a folder with the files of a package.
func unpacked(t *testing.T, program, version, architecture string) string {
	t.Helper()
	dir := t.TempDir()
	output(t, "dpkg-deb", "-x", deb(t, program, version, architecture), dir)
	return dir
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
