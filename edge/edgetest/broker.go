// Package edgetest gives the agent's tests real counterparts: Mosquitto as a process, and a small
// collector that opens every batch, follows the chain and answers with receipts.
package edgetest

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Login is how clients of a Broker prove themselves.
const (
	Username = "gateway"
	Password = "bí mật"
)

// Broker is a Mosquitto process on a port of its own.
type Broker struct {
	URL          string // as an agent's configuration names it
	CA           string // PEM file of its authority; "" without TLS
	PasswordFile string // holds Password and a line end; "" without TLS

	t      testing.TB
	config string
	cmd    *exec.Cmd
}

// StartBroker starts one on loopback that lets everybody in.
func StartBroker(t testing.TB) *Broker {
	t.Helper()
	port := freePort(t)
	b := &Broker{t: t, URL: fmt.Sprintf("tcp://127.0.0.1:%d", port), config: filepath.Join(t.TempDir(), "mosquitto.conf")}
	b.write(fmt.Sprintf("user root\nlistener %d 127.0.0.1\nallow_anonymous true\n", port))
	b.Start()
	return b
}

// StartSecureBroker starts one with TLS, by an authority made for it, that asks for Username and Password.
func StartSecureBroker(t testing.TB) *Broker {
	t.Helper()
	dir, port := t.TempDir(), freePort(t)
	b := &Broker{
		t: t, URL: fmt.Sprintf("mqtts://127.0.0.1:%d", port), config: filepath.Join(dir, "mosquitto.conf"),
		PasswordFile: filepath.Join(dir, "password"),
	}
	cert, key := "", ""
	b.CA, cert, key = makeCertificates(t, dir)
	if err := os.WriteFile(b.PasswordFile, []byte(Password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	users := filepath.Join(dir, "users")
	if out, err := exec.Command(program(t, "mosquitto_passwd"), "-b", "-c", users, Username, Password).CombinedOutput(); err != nil {
		t.Fatalf("mosquitto_passwd: %v: %s", err, out)
	}
	b.write(fmt.Sprintf("user root\nlistener %d 127.0.0.1\nallow_anonymous false\npassword_file %s\ncertfile %s\nkeyfile %s\n", port, users, cert, key))
	b.Start()
	return b
}

func (b *Broker) write(config string) {
	if err := os.WriteFile(b.config, []byte(config+"max_inflight_messages 0\nmax_queued_messages 0\n"), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// Start starts the process and returns when it listens.
func (b *Broker) Start() {
	b.t.Helper()
	cmd := exec.Command(program(b.t, "mosquitto"), "-v", "-c", b.config)
	log, err := cmd.StderrPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.cmd = cmd
	b.t.Cleanup(b.Kill)
	lines := bufio.NewScanner(log)
	for said := ""; ; said += lines.Text() + "\n" {
		if !lines.Scan() {
			b.t.Fatalf("mosquitto did not start:\n%s", said)
		}
		if strings.HasSuffix(lines.Text(), " running") {
			break
		}
	}
	go func() {
		for lines.Scan() { // it must not block on a full pipe
		}
	}()
}

// Kill ends the process at once, as a power cut would.
func (b *Broker) Kill() {
	if b.cmd == nil {
		return
	}
	if err := b.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		b.t.Error(err)
	}
	b.cmd.Wait()
	b.cmd = nil
}

// freePort asks the system for a port and lets go of it: Mosquitto cannot tell which one it was given.
func freePort(t testing.TB) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

// program finds a counterpart, also where Debian keeps servers.
func program(t testing.TB, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	path := "/usr/sbin/" + name
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is missing: run make deps", name)
	}
	return path
}
