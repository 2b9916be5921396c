package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// largest is how big the agent may be, in bytes: it goes over slow links to small cards.
const largest = 15_000_000

func TestBuildsForEveryGateway(t *testing.T) {
	for _, platform := range []struct {
		name string
		env  []string
		qemu string // runs it here
	}{
		{"linux/amd64", []string{"GOARCH=amd64"}, ""},
		{"linux/arm64", []string{"GOARCH=arm64"}, "qemu-aarch64-static"},
		{"linux/arm/v6", []string{"GOARCH=arm", "GOARM=6"}, "qemu-arm-static"},
	} {
		t.Run(platform.name, func(t *testing.T) {
			program := filepath.Join(t.TempDir(), "lineproof-edge")
			build := exec.Command("go", "build", "-trimpath", "-tags", "nethttpomithttp2", "-ldflags", "-s -w -X github.com/lineproof/lineproof/internal/command.version=v9.8.7", "-o", program, ".")
			build.Env = append(os.Environ(), append(platform.env, "GOOS=linux", "CGO_ENABLED=0")...)
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			info, err := os.Stat(program)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %.1f MB", platform.name, float64(info.Size())/1e6)
			if info.Size() >= largest {
				t.Errorf("%d bytes, want less than %d", info.Size(), largest)
			}
			run := []string{program}
			if platform.qemu != "" {
				qemu, err := exec.LookPath(platform.qemu)
				if err != nil {
					t.Fatalf("%v: run make deps", err)
				}
				run = []string{qemu, program}
			}
			runs(t, run, "v9.8.7", "version")
			runs(t, run, "huu-lung-01", "check", "../../lines/block-press/line.yaml")
		})
	}
}

// runs starts a program and wants a word in what it says.
func runs(t *testing.T, program []string, want string, args ...string) {
	t.Helper()
	out, err := exec.Command(program[0], append(program[1:], args...)...).CombinedOutput()
	if err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%s: %v: %q, want %q in it", strings.Join(args, " "), err, out, want)
	}
}
