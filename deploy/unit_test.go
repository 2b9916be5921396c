package deploy_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// exposure is the most that systemd may find to say against a unit, in tenths: 0 is closed up, 100 open.
var exposure = map[string]string{"lineproof-edge": "25", "lineproof": "18", "lineproof-witness": "18"}

func TestUnitsAreValidAndClosedUp(t *testing.T) {
	for service, most := range exposure {
		t.Run(service, func(t *testing.T) {
			dir := unpacked(t, strings.TrimSuffix(service, "-witness"), older, "amd64")
			units := filepath.Join(dir, "usr/lib/systemd/system")
			targets, err := filepath.Glob("/usr/lib/systemd/system/*.target")
			if err != nil || len(targets) == 0 {
				t.Fatalf("no systemd here: run make deps: %v", err)
			}
			for _, target := range targets {
				write(t, filepath.Join(units, filepath.Base(target)), read(t, target))
			}
			analyze := tool(t, "systemd-analyze")
			// A key that systemd does not know is only a warning to it.
			out, err := exec.Command(analyze, "verify", "--man=no", "--root="+dir, service+".service").CombinedOutput()
			if err != nil || len(out) > 0 {
				t.Errorf("verify: %v: %s", err, out)
			}
			file := filepath.Join(units, service+".service")
			if out, err := exec.Command(analyze, "security", "--offline=yes", "--threshold="+most, file).CombinedOutput(); err != nil {
				t.Errorf("security: %v: %s", err, out)
			}
		})
	}
}

// execStart is what a unit runs.
func execStart(t *testing.T, dir, program string) []string {
	t.Helper()
	unit := read(t, filepath.Join(dir, "usr/lib/systemd/system", program+".service"))
	m := regexp.MustCompile(`(?m)^ExecStart=(.+)$`).FindStringSubmatch(unit)
	if m == nil {
		t.Fatalf("%s.service starts nothing", program)
	}
	return strings.Fields(m[1])
}

// allowed are the system calls that a unit's SystemCallFilter lets through.
func allowed(t *testing.T, unit string) []string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^SystemCallFilter=(.+)$`).FindStringSubmatch(unit)
	if m == nil {
		t.Fatal("no SystemCallFilter")
	}
	var calls []string
	for pending := strings.Fields(m[1]); len(pending) > 0; pending = pending[1:] {
		if !strings.HasPrefix(pending[0], "@") {
			calls = append(calls, pending[0])
			continue
		}
		for _, line := range strings.Split(output(t, "systemd-analyze", "syscall-filter", pending[0]), "\n") {
			if name := strings.TrimSpace(line); strings.HasPrefix(line, "    ") && !strings.HasPrefix(name, "#") {
				pending = append(pending, name)
			}
		}
	}
	slices.Sort(calls)
	return slices.Compact(calls)
}
