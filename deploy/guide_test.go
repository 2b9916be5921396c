package deploy_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// commands are the lines of a guide that a technician types.
func commands(t *testing.T, file string) []string {
	t.Helper()
	return regexp.MustCompile(`(?m)^    \S.*$`).FindAllString(read(t, file), -1)
}

func TestBothLanguagesOfTheGuideGiveTheSameCommands(t *testing.T) {
	english := commands(t, "../docs/how-to/raspberry-pi.md")
	if diff := cmp.Diff(english, commands(t, "../docs/how-to/raspberry-pi.vi.md")); diff != "" || len(english) < 20 {
		t.Errorf("%d commands: %s", len(english), diff)
	}
}

// TestTheGuidesCommandsWork types what the guide says of the agent, on a system where the package is installed.
func TestTheGuidesCommandsWork(t *testing.T) {
	r := newRoot(t)
	r.install(deb(t, "lineproof-edge", older, "amd64"))
	typed := 0
	for _, line := range commands(t, "../docs/how-to/raspberry-pi.md") {
		line = strings.TrimPrefix(strings.TrimSpace(line), "sudo ")
		switch {
		case strings.HasPrefix(line, "cp "), strings.HasPrefix(line, "install "), strings.HasPrefix(line, "lineproof-edge check"):
			r.sh(line)
		case strings.HasPrefix(line, "-u lineproof-edge lineproof-edge key"):
			r.run(asUser("lineproof-edge", strings.Fields(line)[2:]...)...)
		default:
			continue // hardware, systemd, an editor, or the network
		}
		typed++
	}
	if typed != 4 {
		t.Errorf("%d commands typed, want cp, check, install and key", typed)
	}
	r.says("after the guide", map[string]string{"stat -c '%a %U %G' /etc/lineproof/password": "640 root lineproof-edge"})
}
