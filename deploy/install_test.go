package deploy_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTheLifeOfAPackage installs, upgrades, removes, installs again and purges the agent's package.
func TestTheLifeOfAPackage(t *testing.T) {
	r := newRoot(t)
	r.run("sh", "-c", "getent group gpio || groupadd --system gpio") // as on Raspberry Pi OS; i2c there is not

	r.install(deb(t, "lineproof-edge", older, "amd64"))
	r.says("installed", map[string]string{
		"lineproof-edge version":                      "lineproof-edge v" + older,
		"stat -c '%a %U %G' /var/lib/lineproof-edge":  "700 lineproof-edge lineproof-edge",
		"getent passwd lineproof-edge | cut -d: -f6-": "/var/lib/lineproof-edge:/usr/sbin/nologin",
		"id -Gn lineproof-edge | tr ' ' '\\n' | sort": "dialout\ngpio\nlineproof-edge",
		"readlink -f " + wanted("lineproof-edge"):     "/usr/lib/systemd/system/lineproof-edge.service",
		"ls /etc/lineproof":                           "agent.yaml.example",
		"stat -c '%a %U' /etc/lineproof/*":            "644 root",
		"find /var/lib/lineproof-edge -mindepth 1":    "",
		"dpkg --audit": "",
		"lineproof-edge check /etc/lineproof/*.example | head -1": "/etc/lineproof/agent.yaml.example: ok",
	})

	r.run("cp", "/etc/lineproof/agent.yaml.example", "/etc/lineproof/agent.yaml")
	r.run("sh", "-c", "echo '# noted by the technician' >>/etc/lineproof/agent.yaml.example")
	key := r.key()
	said := r.install(deb(t, "lineproof-edge", newer, "amd64"))
	kept := map[string]string{
		"tail -1 /etc/lineproof/agent.yaml.example":       "# noted by the technician",
		"grep -c '' /etc/lineproof/agent.yaml":            r.sh("dpkg-deb --fsys-tarfile /run/*_" + older + "_* | tar xO ./etc/lineproof/agent.yaml.example | grep -c ''"),
		"stat -c '%a %U %G' /var/lib/lineproof-edge/key*": "600 lineproof-edge lineproof-edge",
	}
	r.says("upgraded, which said "+said, map[string]string{"lineproof-edge version": "lineproof-edge v" + newer})
	r.says("upgraded", kept)
	if again := r.key(); again != key {
		t.Errorf("upgraded: key %s, was %s", again, key)
	}

	if said := r.run("dpkg", "-r", "lineproof-edge"); !strings.Contains(said,
		"lineproof-edge: /var/lib/lineproof-edge stays, with the gateway's key and what the collector has not confirmed\n") {
		t.Errorf("removed: %s", said)
	}
	r.fails("test", "-e", "/usr/bin/lineproof-edge")
	r.says("removed", kept)

	r.install(deb(t, "lineproof-edge", newer, "amd64"))
	if again := r.key(); again != key {
		t.Errorf("installed again: key %s, was %s", again, key)
	}

	if said := r.run("dpkg", "-P", "lineproof-edge"); !strings.Contains(said,
		"lineproof-edge: removing /var/lib/lineproof-edge, with the gateway's key and what the collector has not confirmed\n") {
		t.Errorf("purged: %s", said)
	}
	for _, gone := range []string{"/var/lib/lineproof-edge", wanted("lineproof-edge"), "/etc/lineproof/agent.yaml.example"} {
		r.fails("test", "-e", gone)
	}
	r.fails("getent", "passwd", "lineproof-edge")
	r.says("purged", map[string]string{"ls /etc/lineproof": "agent.yaml"}) // the technician's own
}

// wanted is the link by which systemd starts a unit with the machine.
func wanted(program string) string {
	return "/etc/systemd/system/multi-user.target.wants/" + program + ".service"
}

// sh runs a line of shell in the system and gives what it said, without the line's end.
func (r *root) sh(line string) string {
	r.t.Helper()
	return strings.TrimRight(r.run("sh", "-c", line), "\n")
}

// says compares what lines of shell say.
func (r *root) says(when string, want map[string]string) {
	r.t.Helper()
	for line, text := range want {
		if diff := cmp.Diff(text, r.sh(line)); diff != "" {
			r.t.Errorf("%s: %s: %s", when, line, diff)
		}
	}
}

// asUser runs a program as a unit runs it: with the user's groups and without any privilege.
func asUser(user string, args ...string) []string {
	return append([]string{"setpriv", "--reuid=" + user, "--regid=" + user, "--init-groups", "--no-new-privs",
		"--inh-caps=-all", "--bounding-set=-all"}, args...)
}

// key is the public key of the agent that is installed.
func (r *root) key() string {
	r.t.Helper()
	line := r.run(asUser("lineproof-edge", "lineproof-edge", "key", "--config", "/etc/lineproof/agent.yaml")...)
	return strings.TrimSpace(strings.TrimPrefix(line, "huu-lung-01 "))
}

func publicKey(t *testing.T, text string) ed25519.PublicKey {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		t.Fatalf("key %q: %v", text, err)
	}
	return key
}
