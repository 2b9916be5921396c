package deploy_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestManPagesSayWhatHelpSays renders each page as man does, and looks for every command, argument and flag.
func TestManPagesSayWhatHelpSays(t *testing.T) {
	for _, program := range []string{"lineproof-edge", "lineproof"} {
		t.Run(program, func(t *testing.T) {
			dir := unpacked(t, program, older, "amd64")
			roff := output(t, "zcat", filepath.Join(dir, "usr/share/man/man1", program+".1.gz"))
			page := render(t, roff)
			binary := filepath.Join(dir, "usr/bin", program)
			for command, help := range helps(t, binary) {
				for _, want := range promised(help) {
					if !strings.Contains(page, want) {
						t.Errorf("%s %s: %q is not in the man page", program, command, want)
					}
				}
				if heading := "\n   " + command; command != "" && !strings.Contains(page, heading) {
					t.Errorf("%s: no heading", command)
				}
			}
		})
	}
}

// render formats a page and wants no complaint about it.
func render(t *testing.T, roff string) string {
	t.Helper()
	cmd := exec.Command(tool(t, "groff"), "-man", "-Tutf8", "-ww", "-P-c", "-P-b", "-P-u", "-P-o", "-rLL=200n")
	cmd.Stdin = strings.NewReader(roff)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil || complaints.Len() > 0 {
		t.Errorf("groff: %v: %s", err, &complaints)
	}
	return strings.ReplaceAll(out.String(), "−", "-")
}

// helps is what a program says of itself ("") and of each of its commands.
func helps(t *testing.T, binary string) map[string]string {
	t.Helper()
	all := map[string]string{"": output(t, binary, "--help")}
	_, commands, _ := strings.Cut(all[""], "\nCommands:\n")
	for _, m := range regexp.MustCompile(`(?m)^  ([a-z-]+(?: [a-z-]+)*)`).FindAllStringSubmatch(commands, -1) {
		all[m[1]] = output(t, binary, append(strings.Fields(m[1]), "--help")...)
	}
	return all
}

// promised are the flags and arguments in a help text.
func promised(help string) (words []string) {
	for _, m := range regexp.MustCompile(`(?m)^ +((?:-\w, )?--[\w-]+|<[\w-]+>)`).FindAllStringSubmatch(help, -1) {
		if m[1] != "-h, --help" {
			words = append(words, m[1])
		}
	}
	return words
}
