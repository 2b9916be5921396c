package modbus

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// example is one value of testdata/values.json, which plc.py lays out and this package reads.
type example struct{ Name, At, Type, Order, Bytes, Value, Want string }

func examples(t testing.TB) []example {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "values.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []example
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	for i := range list {
		if list[i].Want == "" {
			list[i].Want = list[i].Value
		}
	}
	return list
}

// process is a program that a test started.
type process struct{ cmd *exec.Cmd }

// start runs a program and waits for a line of its output that begins with ready; it gives what follows.
func start(t testing.TB, ready, name string, args ...string) (process, string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%v: run make deps", err)
	}
	cmd := exec.Command(path, args...)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	var output sync.WaitGroup // it is read to its end: who writes to a full pipe stands still
	t.Cleanup(func() {
		output.Wait()
		_ = r.Close()
	})
	cmd.Stdout, cmd.Stderr = w, w
	if _, err := cmd.StdinPipe(); err != nil { // its end tells the program that the test is no more
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := process{cmd}
	t.Cleanup(p.kill)
	_ = w.Close()
	var said []string
	for lines := bufio.NewScanner(r); lines.Scan(); {
		said = append(said, lines.Text())
		if _, rest, ok := strings.Cut(lines.Text(), ready); ok {
			output.Go(func() { _, _ = io.Copy(io.Discard, r) })
			return p, strings.TrimSpace(rest)
		}
	}
	t.Fatalf("%s did not start: run make deps\n%s", name, strings.Join(said, "\n"))
	return p, ""
}

func (p process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended already
	_ = p.cmd.Wait()
}

func (p process) signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// server is a program that answers as testdata/plc.py says: its command line without transport and place.
type server struct {
	command []string
	after   []string // what follows them
}

func pymodbus(testing.TB) server {
	return server{[]string{"/usr/bin/python3", filepath.Join("testdata", "plc.py")}, []string{filepath.Join("testdata", "values.json")}}
}

// node is modbus-serial.
func node(testing.TB) server {
	return server{command: []string{"node", filepath.Join("testdata", "js", "server.mjs")}}
}

// libmodbus is built for the test.
func libmodbus(t testing.TB) server {
	t.Helper()
	program := filepath.Join(t.TempDir(), "libmodbus")
	if out, err := exec.Command("gcc", "-o", program, filepath.Join("testdata", "libmodbus.c"), "-lmodbus", "-lpthread").CombinedOutput(); err != nil {
		t.Fatalf("%v: run make deps\n%s", err, out)
	}
	return server{command: []string{program}}
}

// plc is a server that runs.
type plc struct {
	process
	server     server
	how, where string
}

// startPLC serves Modbus TCP or RTU over TCP on a port of its own, with pymodbus.
func startPLC(t testing.TB, how string) *plc {
	t.Helper()
	return startServer(t, pymodbus(t), how)
}

func startServer(t testing.TB, s server, how string) *plc {
	t.Helper()
	p := &plc{server: s, how: how, where: "0"}
	p.restart(t)
	return p
}

func (p *plc) restart(t testing.TB) {
	t.Helper()
	var port string
	args := slices.Concat(p.server.command[1:], []string{p.how, p.where}, p.server.after)
	p.process, port = start(t, "ready", p.server.command[0], args...)
	if p.how != schemeRTU {
		p.where = port
	}
}

func (p *plc) address() string { return "127.0.0.1:" + p.where }

// serialPLC is a server at one end of a serial line, which socat makes of two terminals.
type serialPLC struct {
	plc
	socat process
	dir   string
}

func startSerialPLC(t testing.TB, program server) *serialPLC {
	t.Helper()
	s := &serialPLC{dir: t.TempDir()}
	s.server = program
	s.restart(t)
	return s
}

// port is the end of the line that a driver opens.
func (s *serialPLC) port() string { return filepath.Join(s.dir, "gateway") }

func (s *serialPLC) restart(t testing.TB) {
	t.Helper()
	s.how, s.where = schemeRTU, filepath.Join(s.dir, "plc")
	s.socat, _ = start(t, "starting data transfer loop", "socat", "-d", "-d",
		"PTY,raw,echo=0,link="+s.port(), "PTY,raw,echo=0,link="+s.where)
	s.plc.restart(t)
}

func (s *serialPLC) kill() {
	s.socat.kill()
	s.plc.kill()
}

// device is a configuration with the defaults.
func device(url string, points map[string]Signal) *Config {
	c := New().(*Config)
	c.URL, c.Points = url, points
	return c
}

func open(t testing.TB, c drivers.Device) drivers.Driver {
	t.Helper()
	for _, p := range c.Validate() {
		t.Fatalf("configuration: %s", p)
	}
	d, err := c.Open(drivers.Options{Name: "device"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}

// byName finds readings by their signal.
func byName(readings []record.Reading) map[string]record.Reading {
	m := map[string]record.Reading{}
	for _, r := range readings {
		m[r.Signal] = r
	}
	return m
}

func holdingAt(n int) Signal { return Signal{At: "holding " + strconv.Itoa(n)} }
