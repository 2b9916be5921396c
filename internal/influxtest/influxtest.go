// Package influxtest runs a real InfluxDB 1.8 for tests: its own process, its own directory, a free port
// of this computer. Nothing of it is left when the test ends.
package influxtest

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds each wait for the server.
const patience = 30 * time.Second

// Server is a running InfluxDB.
type Server struct {
	URL      string // http://127.0.0.1:PORT
	Database string // made at the start, empty

	Username, Password string // "" where the server asks nobody who he is

	command *exec.Cmd
	exited  chan struct{}
	stop    sync.Once
	made    int
}

// Start runs influxd until the test ends, and waits until it answers. It fails the test where there is no influxd.
func Start(t testing.TB) *Server {
	t.Helper()
	return start(t, &Server{})
}

// StartLocked does what Start does, with a server that lets only one user in.
func StartLocked(t testing.TB) *Server {
	t.Helper()
	return start(t, &Server{Username: "lineproof", Password: "a pass:word"})
}

func start(t testing.TB, s *Server) *Server {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "influxdb.conf")
	if err := os.WriteFile(config, []byte(configuration(dir, s.Username != "")), 0o600); err != nil {
		t.Fatal(err)
	}
	s.command, s.exited = exec.Command(program(t), "run", "-config", config), make(chan struct{})
	s.command.Env = []string{"HOME=" + dir} // without INFLUXDB_... of whoever runs the test
	log, err := s.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.command.Start(); err != nil {
		t.Fatalf("start influxd: %v", err)
	}
	t.Cleanup(s.Stop)
	addresses := make(chan string, 1)
	go s.follow(log, addresses)
	select {
	case address := <-addresses:
		s.URL = "http://" + address
	case <-s.exited:
		t.Fatal("influxd ended before it listened")
	case <-time.After(patience):
		t.Fatalf("influxd does not listen after %s", patience)
	}
	s.awaitPing(t)
	if s.Username != "" {
		s.Query(t, fmt.Sprintf(`CREATE USER %q WITH PASSWORD '%s' WITH ALL PRIVILEGES`, s.Username, s.Password))
	}
	s.Database = s.NewDatabase(t)
	return s
}

// NewDatabase makes a further, empty database and gives its name.
func (s *Server) NewDatabase(t testing.TB) string {
	t.Helper()
	s.made++
	name := fmt.Sprintf("test%d", s.made)
	s.Query(t, "CREATE DATABASE "+name)
	return name
}

// Query runs an InfluxQL statement, on Database where it says nothing else, and gives the answer's JSON.
func (s *Server) Query(t testing.TB, statement string) string {
	t.Helper()
	who := url.Values{"u": {s.Username}, "p": {s.Password}}
	response, err := http.PostForm(s.URL+"/query?"+who.Encode(), url.Values{"q": {statement}, "db": {s.Database}})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || strings.Contains(string(body), `"error"`) {
		t.Fatalf("%s: %s: %s: %v", statement, response.Status, body, err)
	}
	return strings.TrimSpace(string(body))
}

// Stop ends the server before the test does, for what happens then. It may be called twice.
func (s *Server) Stop() {
	s.stop.Do(func() {
		s.command.Process.Signal(syscall.SIGTERM)
		select {
		case <-s.exited:
		case <-time.After(patience):
			s.command.Process.Kill()
			<-s.exited
		}
		http.DefaultClient.CloseIdleConnections()
	})
}

var listening = regexp.MustCompile(`Listening on HTTP.*addr=(\S+)`)

// follow reads the server's log to its end: the address is in it, and a full pipe would hold the server up.
func (s *Server) follow(log io.Reader, addresses chan<- string) {
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			addresses <- m[1]
		}
	}
	io.Copy(io.Discard, log) // after a line too long for the scanner
	s.command.Wait()
	close(s.exited)
}

func (s *Server) awaitPing(t testing.TB) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-tick.C {
		response, err := http.Get(s.URL + "/ping")
		if err != nil {
			continue
		}
		response.Body.Close()
		if response.StatusCode == http.StatusNoContent {
			return
		}
	}
	t.Fatalf("influxd at %s does not answer after %s", s.URL, patience)
}

// program finds influxd, in PATH or where go install puts it.
func program(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("influxd"); err == nil {
		return path
	}
	gopath, err := exec.Command("go", "env", "GOPATH").Output()
	if err == nil {
		path := filepath.Join(strings.TrimSpace(string(gopath)), "bin", "influxd")
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Fatal("no influxd: run make deps")
	return ""
}

// configuration lets the system choose the ports, keeps all files in dir and tells nobody.
func configuration(dir string, locked bool) string {
	return fmt.Sprintf(`reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
  dir = %[1]q
  logging-enabled = false
[data]
  dir = %[2]q
  wal-dir = %[3]q
  index-version = "inmem"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:0"
  log-enabled = false
  auth-enabled = %[4]t
[monitor]
  store-enabled = false
[continuous_queries]
  enabled = false
`, filepath.Join(dir, "meta"), filepath.Join(dir, "data"), filepath.Join(dir, "wal"), locked)
}
