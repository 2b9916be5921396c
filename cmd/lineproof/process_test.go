package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/kpi"
)

// patience bounds each wait of these tests, on a busy machine.
const patience = 5 * time.Minute

// programs builds both programs once for all tests of this package.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lineproof-programs-")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", dir, "../lineproof", "../lineproof-edge").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){"lineproof": main})
}

// tidy runs the tests and removes the programs.
type tidy struct{ *testing.M }

func (m tidy) Run() int {
	code := m.M.Run()
	if dir, err := programs(); err == nil {
		os.RemoveAll(dir)
	}
	return code
}

// process is one of our programs, running.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string // of standard output and standard error
	log   *os.File
	gone  chan struct{}
	err   error
}

// start runs a program until the test ends.
func start(t *testing.T, program string, args ...string) *process {
	t.Helper()
	dir, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, lines: make(chan string, 10_000), gone: make(chan struct{})}
	if p.log, err = os.CreateTemp(t.TempDir(), program+"-*.log"); err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command(filepath.Join(dir, program), args...)
	out, w := io.Pipe()
	p.cmd.Stdout, p.cmd.Stderr = w, io.MultiWriter(w, p.log)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = p.cmd.Wait()
		w.Close()
	}()
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			select {
			case p.lines <- s.Text():
			default: // so much was said that nobody waits for it
			}
		}
		close(p.lines)
		close(p.gone)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.gone
		p.log.Close()
		if t.Failed() {
			text, _ := os.ReadFile(p.log.Name())
			t.Logf("%s %s:\n%s", program, strings.Join(args, " "), last(string(text), 3000))
		}
	})
	return p
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }

// says waits for a line of output and gives what its group matched.
func (p *process) says(pattern string) string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	deadline := time.After(patience)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				p.t.Fatalf("ended without saying %q: %v", pattern, p.err)
			}
			if m := re.FindStringSubmatch(line); m != nil {
				return m[len(m)-1]
			}
		case <-deadline:
			p.t.Fatalf("did not say %q", pattern)
		}
	}
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.gone
}

// interrupt asks the process to end, as Ctrl-C does, and wants it to end well.
func (p *process) interrupt() {
	p.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-p.gone:
	case <-time.After(patience):
		p.t.Fatal("did not end")
	}
	if p.err != nil {
		p.t.Fatalf("after an interrupt: %v, want exit code 0", p.err)
	}
}

// get asks the collector's interface.
func get[T any](t *testing.T, url string) (answer T) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s: %s", url, res.Status, body)
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatalf("%s: %v: %s", url, err, body)
	}
	return answer
}

type rows struct{ Rows []kpi.Row }

// watch follows a line's event stream until enough says so. It comes again when the stream breaks off, as
// a browser does.
func watch(t *testing.T, base func() string, line string, enough func(board.LiveEvent) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for ctx.Err() == nil {
		if follow(ctx, base()+"/api/v1/lines/"+line+"/live", enough) {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond): // as long as a browser would wait at the least
		}
	}
	t.Fatal("the event stream never said what was waited for")
}

func follow(ctx context.Context, url string, enough func(board.LiveEvent) bool) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	event := ""
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			event = name
		}
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok || event != "now" {
			continue
		}
		var now board.LiveEvent
		if json.Unmarshal([]byte(data), &now) == nil && enough(now) {
			return true
		}
	}
	return false
}
