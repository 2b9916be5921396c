package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var wantContents = map[string]string{
	"lineproof-edge": `
-rw-r--r-- root/root ./etc/lineproof/agent.yaml.example
-rwxr-xr-x root/root ./usr/bin/lineproof-edge
-rw-r--r-- root/root ./usr/lib/systemd/system/lineproof-edge.service
-rw-r--r-- root/root ./usr/lib/udev/rules.d/61-lineproof-serial.rules
-rw-r--r-- root/root ./usr/share/doc/lineproof-edge/changelog.gz
-rw-r--r-- root/root ./usr/share/doc/lineproof-edge/copyright
-rw-r--r-- root/root ./usr/share/man/man1/lineproof-edge.1.gz
`,
	"lineproof": `
-rw-r--r-- root/root ./etc/lineproof/collector.yaml.example
-rw-r--r-- root/root ./etc/lineproof/witness.yaml.example
-rwxr-xr-x root/root ./usr/bin/lineproof
-rw-r--r-- root/root ./usr/lib/systemd/system/lineproof-witness.service
-rw-r--r-- root/root ./usr/lib/systemd/system/lineproof.service
-rw-r--r-- root/root ./usr/share/doc/lineproof/changelog.gz
-rw-r--r-- root/root ./usr/share/doc/lineproof/copyright
-rw-r--r-- root/root ./usr/share/man/man1/lineproof.1.gz
`,
}

var wantConffiles = map[string]string{
	"lineproof-edge": "/etc/lineproof/agent.yaml.example\n",
	"lineproof":      "/etc/lineproof/collector.yaml.example\n/etc/lineproof/witness.yaml.example\n",
}

func TestWhatIsInThePackages(t *testing.T) {
	fileLine := regexp.MustCompile(`(?m)^(\S+ \S+) +\d+ \S+ \S+ (\S+)\n`)
	for program, want := range wantContents {
		for _, architecture := range []string{"amd64", "arm64"} {
			t.Run(program+" "+architecture, func(t *testing.T) {
				file := deb(t, program, older, architecture)
				got := "\n"
				for _, m := range fileLine.FindAllStringSubmatch(output(t, "dpkg-deb", "-c", file), -1) {
					if m[1] == "drwxr-xr-x root/root" {
						continue
					}
					got += m[1] + " " + m[2] + "\n"
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				if got := output(t, "dpkg-deb", "-I", file, "conffiles"); got != wantConffiles[program] {
					t.Errorf("conffiles %q", got)
				}
				if got := output(t, "dpkg-deb", "-f", file, "Package", "Version", "Architecture"); got !=
					"Package: "+program+"\nVersion: "+older+"\nArchitecture: "+architecture+"\n" {
					t.Errorf("control: %s", got)
				}
			})
		}
	}
}

func TestLintianHasNothingToSay(t *testing.T) {
	// A Go program without cgo is linked statically: that is why it runs everywhere.
	got := output(t, "lintian", "--allow-root", "--suppress-tags", "statically-linked-binary",
		deb(t, "lineproof-edge", older, "amd64"), deb(t, "lineproof", older, "amd64"))
	if got != "" {
		t.Error(got)
	}
}

func TestTheSameSourceGivesTheSameBytes(t *testing.T) {
	again := t.TempDir()
	if err := pack(again, older, "lineproof-edge", "amd64"); err != nil {
		t.Fatal(err)
	}
	first := deb(t, "lineproof-edge", older, "amd64")
	if read(t, first) != read(t, filepath.Join(again, filepath.Base(first))) {
		t.Errorf("%s differs", filepath.Base(first))
	}
}

func TestTheAgentForTheRaspberryPiRuns(t *testing.T) {
	dir := unpacked(t, "lineproof-edge", older, "arm64")
	agent := filepath.Join(dir, "usr/bin/lineproof-edge")
	if got := output(t, "qemu-aarch64-static", agent, "version"); got != "lineproof-edge v"+older+"\n" {
		t.Errorf("version: %q", got)
	}
	// What the man page and the guide tell a technician to copy.
	got := output(t, "qemu-aarch64-static", agent, "check", filepath.Join(dir, "etc/lineproof/agent.yaml.example"))
	if !strings.Contains(got, "agent.yaml.example: ok\n") {
		t.Errorf("check: %q", got)
	}
}

func TestVersionsAreOrderedAsTheyWereMade(t *testing.T) {
	// debian_version of package.sh alone; building nothing.
	script := regexp.MustCompile(`(?ms)^debian_version\(\).*?^}\n`).FindString(read(t, "package.sh"))
	if script == "" {
		t.Fatal("package.sh has no debian_version")
	}
	last := ""
	for _, version := range []string{"9aec032", "v0.9.0-rc1", "v0.9.0", "v0.9.0-3-gabc1234", "v0.9.0-3-gabc1234-dirty", "v0.10.0"} {
		got := output(t, "sh", "-c", "VERSION="+version+" SOURCE_DATE_EPOCH=1700000000\n"+script+"debian_version")
		output(t, "dpkg", "--validate-version", got)
		if last != "" {
			output(t, "dpkg", "--compare-versions", last, "lt", got)
		}
		t.Logf("%s: %s", version, got)
		last = got
	}
}

func TestAnUnknownArchitectureIsRefused(t *testing.T) {
	err := pack(t.TempDir(), older, "lineproof-edge", "riscv64")
	if err == nil || !strings.Contains(err.Error(), "package.sh: error: architecture riscv64: there are amd64, arm64 and armhf") {
		t.Errorf("%v", err)
	}
}

func TestScriptsAreExecutable(t *testing.T) {
	for _, file := range []string{"package.sh", "man/page.sh"} {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o111 != 0o111 {
			t.Errorf("%s: %v", file, info.Mode())
		}
	}
}
