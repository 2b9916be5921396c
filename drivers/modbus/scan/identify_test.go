package scan

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/lines/plc"
)

// startNamed starts testdata/named.py.
func startNamed(t *testing.T) (url string) {
	t.Helper()
	cmd := exec.Command("/usr/bin/python3", filepath.Join("testdata", "named.py"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil { // its end tells the program that the test is no more
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v: run make deps", err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if port, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
			return "tcp://127.0.0.1:" + port
		}
	}
	t.Fatal("pymodbus did not start: run make deps")
	return ""
}

func TestADeviceSaysWhatItIs(t *testing.T) {
	result := sweep(t, Options{URL: startNamed(t), Units: []byte{7}})
	want := modbus.Identity{Vendor: "Cong ty Dien", Product: "DM-300", Revision: "2.1"}
	if len(result.Found) != 1 || result.Found[0].Identity != want {
		t.Errorf("found %+v, want %+v", result.Found, want)
	}
}

// TestProfilesAreToldByARegister puts into an empty device what the first profile with such a rule asks for.
func TestProfilesAreToldByARegister(t *testing.T) {
	for _, profile := range modbus.Profiles() {
		for _, m := range profile.Match {
			if !m.ByRegister() {
				continue
			}
			device := &shared{image: &plc.Image{}}
			table := map[modbus.Table]plc.Table{modbus.Holding: plc.Holding, modbus.Input: plc.Input}[m.Table]
			device.change(func(i *plc.Image) { i.Put(table, uint16(m.Address), m.Equals[0]) })
			p := probe(t, serve(t, map[uint8]plc.Unit{1: device}))
			names := ByProfiles(t.Context(), p, 1, modbus.Identity{})
			if !slices.Contains(names, profile.Name) {
				t.Errorf("%v fit, want %s among them", names, profile.Name)
			}
			device.change(func(i *plc.Image) { i.Put(table, uint16(m.Address), m.Equals[0]^0x5555) })
			if names := ByProfiles(t.Context(), p, 1, modbus.Identity{}); slices.Contains(names, profile.Name) {
				t.Errorf("%s still fits", profile.Name)
			}
			return
		}
	}
	t.Error("no profile is told by a register")
}
