package main

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheAgentCannotWrite looks for what could change something in a PLC among the functions of the built
// program: the README promises its owner that there is none.
func TestTheAgentCannotWrite(t *testing.T) {
	program := filepath.Join(t.TempDir(), "lineproof-edge")
	build := exec.Command("go", "build", "-trimpath", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	file, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	symbols, err := file.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	writes := regexp.MustCompile(`goburrow/modbus\.(\(\*client\)|NewClient|.*(Write|Mask|Force|Preset))`)
	reads := 0
	for _, s := range symbols {
		if writes.MatchString(s.Name) {
			t.Errorf("the agent holds %s", s.Name)
		}
		if strings.Contains(s.Name, "drivers/modbus.readsOnly") || strings.Contains(s.Name, "goburrow/modbus.(*tcpPackager).Encode") {
			reads++
		}
	}
	if reads != 2 {
		t.Errorf("%d of the 2 functions that are there were found: this test sees nothing", reads)
	}
}
