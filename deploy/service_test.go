package deploy_test

import (
	"bufio"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lineproof/lineproof/edge/edgetest"
	"github.com/lineproof/lineproof/record"
)

// patience bounds each wait of these tests, on a busy machine.
const patience = time.Minute

// TestTheServicesRunAsTheirUnitsSay starts what both units start, as their users and without privileges, and
// lets a simulated plant's readings reach the collector.
func TestTheServicesRunAsTheirUnitsSay(t *testing.T) {
	r := newRoot(t)
	for _, program := range []string{"lineproof-edge", "lineproof"} {
		r.install(deb(t, program, older, "amd64"))
	}
	plant := follow(t, r.command("lineproof", "sim", "--line", "block-press", "--listen", "127.0.0.1:0", "--config", "/etc/lineproof/agent.yaml"))
	plant.says(`^modbus: `)
	broker := edgetest.StartBroker(t)
	r.run("sed", "-i", "s|broker: .*|broker: "+broker.URL+"|; s|batch: .*|batch: 1s|", "/etc/lineproof/agent.yaml")
	key := r.key()
	counterpart := edgetest.StartCollector(t, broker, "huu-lung-01", publicKey(t, key))

	agent := follow(t, r.command(asUser("lineproof-edge", execStart(t, unpacked(t, "lineproof-edge", older, "amd64"), "lineproof-edge")...)...))
	agent.says(`the agent runs`)
	counterpart.Until("batches with readings", func(s edgetest.Seen) bool {
		return slices.ContainsFunc(s.Batches, func(b record.Batch) bool { return len(b.Readings) > 0 })
	})
	agent.terminate()

	r.put("/etc/lineproof/password", "secret\n")
	r.put("/etc/lineproof/collector.yaml", "dir: /var/lib/lineproof\nhttp: 127.0.0.1:0\nmqtt: {listen: 127.0.0.1:0}\n"+
		"gateways: {huu-lung-01: {key: "+key+", password_file: /etc/lineproof/password}}\n")
	collector := follow(t, r.command(asUser("lineproof", execStart(t, unpacked(t, "lineproof", older, "amd64"), "lineproof")...)...))
	url := collector.says(`^pages:  (.+)$`)
	untilShown(t, url+"/healthz", `^ok`)
	collector.terminate()
}

// TestTheAgentKeepsToItsSystemCalls holds the unit's SystemCallFilter against what the agent really calls: a
// call that systemd refuses would show on the gateway only.
func TestTheAgentKeepsToItsSystemCalls(t *testing.T) {
	dir := unpacked(t, "lineproof-edge", older, "amd64")
	permitted := allowed(t, read(t, filepath.Join(dir, "usr/lib/systemd/system/lineproof-edge.service")))
	broker, config, trace := edgetest.StartBroker(t), filepath.Join(t.TempDir(), "agent.yaml"), filepath.Join(t.TempDir(), "calls")
	plant := follow(t, exec.Command(filepath.Join(unpacked(t, "lineproof", older, "amd64"), "usr/bin/lineproof"),
		"sim", "--line", "block-press", "--listen", "127.0.0.1:0", "--config", config))
	plant.says(`^modbus: `)
	write(t, config, regexp.MustCompile(`(?m)^dir: \S+`).ReplaceAllString(strings.NewReplacer(
		"tcp://127.0.0.1:1883", broker.URL, "batch: 10s", "batch: 1s").Replace(read(t, config)), "dir: "+t.TempDir()))
	program := filepath.Join(dir, "usr/bin/lineproof-edge")
	key := strings.TrimPrefix(output(t, program, "key", "--config", config), "huu-lung-01 ")
	counterpart := edgetest.StartCollector(t, broker, "huu-lung-01", publicKey(t, strings.TrimSpace(key)))
	// With -D it is the agent that is our child, and gets our signals.
	agent := follow(t, exec.Command(tool(t, "strace"), "-D", "-f", "-qq", "-o", trace, program, "run", "--config", config))
	counterpart.Until("batches with readings", func(s edgetest.Seen) bool {
		return slices.ContainsFunc(s.Batches, func(b record.Batch) bool { return len(b.Readings) > 0 })
	})
	agent.terminate()

	called := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\d+ +([a-z0-9_]+)\(`).FindAllStringSubmatch(read(t, trace), -1) {
		called[m[1]] = true
	}
	if !called["adjtimex"] || !called["fsync"] && !called["fdatasync"] {
		t.Errorf("the trace is not that of an agent at work: %v", slices.Sorted(maps.Keys(called)))
	}
	for call := range called {
		if !slices.Contains(permitted, call) {
			t.Errorf("the agent calls %s, which its unit forbids", call)
		}
	}
}

// process is a program that runs until the test ends.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string
	gone  chan struct{}
	err   error
}

// follow starts a program and reads what it says.
func follow(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{t: t, cmd: cmd, lines: make(chan string, 10_000), gone: make(chan struct{})}
	out, w := io.Pipe()
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = w, w, patience
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = cmd.Wait()
		w.Close()
	}()
	go func() {
		defer close(p.gone)
		defer close(p.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			select {
			case p.lines <- s.Text():
			default: // so much was said that nobody waits for it
			}
		}
	}()
	t.Cleanup(sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		<-p.gone
	}))
	return p
}

// says waits for a line and gives what its group matched.
func (p *process) says(pattern string) string {
	p.t.Helper()
	re, said := regexp.MustCompile(pattern), ""
	deadline := time.After(patience)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				p.t.Fatalf("%s ended without saying %q: %v:\n%s", filepath.Base(p.cmd.Path), pattern, p.err, said)
			}
			if m := re.FindStringSubmatch(line); m != nil {
				return m[len(m)-1]
			}
			said += line + "\n"
		case <-deadline:
			p.t.Fatalf("%s did not say %q:\n%s", filepath.Base(p.cmd.Path), pattern, said)
		}
	}
}

// terminate ends the program as systemd does, and wants it to end well.
func (p *process) terminate() {
	p.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.gone:
	case <-time.After(patience):
		p.t.Fatal("did not end")
	}
	if p.err != nil {
		p.t.Errorf("%s: %v, want exit code 0", strings.Join(p.cmd.Args, " "), p.err)
	}
}
