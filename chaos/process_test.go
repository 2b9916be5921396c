package chaos

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a program that is kept running, as by systemd: one that ends by itself is started again, and
// noted. hold ends it as a power cut would and keeps it from running until release was called as often.
type process struct {
	name    string
	command func() *exec.Cmd
	ready   *regexp.Regexp    // the line by which it says that it works
	onReady func()            // called after each start
	found   func(what string) // what should not have happened
	logFile string

	mu      sync.Mutex
	cmd     *exec.Cmd
	gone    chan struct{} // closed when cmd was waited for
	working chan struct{} // closed when cmd said that it works
	err     error         // of the last end
	held    int
	stopped bool
	restart *time.Timer
	tail    string // what it said last
}

// restartAfter is systemd's RestartSec for our services, shortened.
const restartAfter = time.Second

// keep starts a process and keeps it running until the test ends.
func keep(t testing.TB, dir string, p *process) *process {
	t.Helper()
	p.logFile = filepath.Join(dir, p.name+".log")
	p.mu.Lock()
	p.start()
	p.mu.Unlock()
	t.Cleanup(func() {
		p.mu.Lock()
		p.stopped = true
		p.kill()
		p.mu.Unlock()
	})
	return p
}

// start needs the lock.
func (p *process) start() {
	if p.cmd != nil || p.held > 0 || p.stopped {
		return
	}
	cmd := p.command()
	out, in, err := os.Pipe()
	if err != nil {
		p.found(fmt.Sprintf("%s: %v", p.name, err))
		return
	}
	cmd.Stdout, cmd.Stderr = in, in
	err = bear(cmd)
	in.Close()
	if err != nil {
		out.Close()
		p.found(fmt.Sprintf("%s does not start: %v", p.name, err))
		return
	}
	p.cmd, p.gone, p.working = cmd, make(chan struct{}), make(chan struct{})
	go p.follow(cmd, out, p.working, p.gone)
}

// births is where a process is started by a thread that lives as long as this program: whatever way this
// program ends, the kernel ends with it what that thread has started.
var births = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for each := range work {
			each()
		}
	}()
	return work
})

func bear(cmd *exec.Cmd) (err error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	done := make(chan struct{})
	births() <- func() {
		err = cmd.Start()
		close(done)
	}
	<-done
	return err
}

// follow reads what a process says to its end.
func (p *process) follow(cmd *exec.Cmd, out *os.File, working, gone chan struct{}) {
	defer out.Close()
	log, err := os.OpenFile(p.logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		p.found(err.Error())
		log = nil
	} else {
		defer log.Close()
		fmt.Fprintf(log, "=== %s started, process %d\n", time.Now().Format(stamp), cmd.Process.Pid)
	}
	said := false
	for lines := bufio.NewReader(out); ; {
		line, err := lines.ReadString('\n')
		if line != "" {
			io.WriteString(log, line) //nolint:errcheck // for people
			p.remember(strings.TrimSpace(line))
		}
		if !said && p.ready.MatchString(line) {
			said = true
			if p.onReady != nil {
				p.onReady()
			}
			close(working)
		}
		if err != nil {
			break
		}
	}
	ended := cmd.Wait()
	fmt.Fprintf(log, "=== %s ended: %v\n", time.Now().Format(stamp), ended) //nolint:errcheck // for people
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = ended
	close(gone)
	if p.cmd != cmd { // it was ended on purpose
		return
	}
	p.cmd = nil
	if p.stopped {
		return
	}
	p.found(fmt.Sprintf("%s ended by itself: %v: %s", p.name, ended, last(p.tail)))
	p.restart = time.AfterFunc(restartAfter, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.start()
	})
}

func (p *process) remember(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tail = line
}

// said is the last line that it said.
func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tail
}

// ourPlace is the part of a path that is another one each time.
var ourPlace = regexp.MustCompile(`/tmp/[^/\s]+/\d+/`)

// last is what a process said last, without the time and where it was.
func last(line string) string {
	if _, after, ok := strings.Cut(line, "msg="); ok {
		line = after
	}
	line = ourPlace.ReplaceAllString(line, "")
	return line[:min(len(line), 300)]
}

// kill needs the lock, which it lets go of while it waits.
func (p *process) kill() {
	if p.restart != nil {
		p.restart.Stop()
	}
	cmd, gone := p.cmd, p.gone
	if cmd == nil {
		return
	}
	p.cmd = nil
	_ = cmd.Process.Kill()
	p.mu.Unlock()
	<-gone
	p.mu.Lock()
}

// pid is that of the process that runs, or 0.
func (p *process) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// hold ends the process at once.
func (p *process) hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held++
	p.kill()
}

// release lets it run again.
func (p *process) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held--
	p.start()
}

// works waits until it says that it works.
func (p *process) works(within time.Duration) error {
	deadline := time.Now().Add(within)
	for {
		p.mu.Lock()
		cmd, working, gone := p.cmd, p.working, p.gone
		p.mu.Unlock()
		if cmd == nil { // between two starts
			working, gone = nil, nil
		}
		select {
		case <-working:
			return nil
		case <-gone:
		case <-time.After(min(50*time.Millisecond, max(time.Until(deadline), 0))):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s does not work after %s", p.name, within)
		}
	}
}

// stop asks it to end and gives the error of its end.
func (p *process) stop(within time.Duration) error {
	p.mu.Lock()
	p.stopped = true
	if p.restart != nil {
		p.restart.Stop()
	}
	cmd, gone := p.cmd, p.gone
	p.mu.Unlock()
	if cmd == nil {
		return fmt.Errorf("%s was not running", p.name)
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-gone:
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.err
	case <-time.After(within):
		return fmt.Errorf("%s did not end within %s", p.name, within)
	}
}

// stamp is how times stand in logs.
const stamp = "15:04:05.000"
