package chaos

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Mosquitto and InfluxDB, as processes that find their data again.

// mosquitto is configured to keep its sessions in dir, which it writes every other second: what came since
// is lost when it is killed.
func mosquitto(t testing.TB, dir string, port int) *process {
	t.Helper()
	config := filepath.Join(dir, "mosquitto.conf")
	writeFile(t, config, fmt.Sprintf("user root\nlistener %d 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\nmax_queued_messages 0\n"+
		"persistence true\npersistence_location %s/\nautosave_interval 2\n", port, filepath.Join(dir, "broker")))
	if err := os.MkdirAll(filepath.Join(dir, "broker"), 0o700); err != nil {
		t.Fatal(err)
	}
	program := find(t, "mosquitto", "/usr/sbin/mosquitto")
	return &process{
		name: "broker", ready: regexp.MustCompile(`mosquitto version \S+ running`),
		command: func() *exec.Cmd { return exec.Command(program, "-v", "-c", config) },
	}
}

// influxd keeps its data in dir.
func influxd(t testing.TB, dir string, port int) *process {
	t.Helper()
	config := filepath.Join(dir, "influxdb.conf")
	writeFile(t, config, fmt.Sprintf(`reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
  dir = "%[1]s/influx/meta"
  logging-enabled = false
[data]
  dir = "%[1]s/influx/data"
  wal-dir = "%[1]s/influx/wal"
  index-version = "inmem"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:%[2]d"
  log-enabled = false
[monitor]
  store-enabled = false
[continuous_queries]
  enabled = false
`, dir, port))
	out, err := exec.Command("go", "env", "GOPATH").Output()
	if err != nil {
		t.Fatal(err)
	}
	program := find(t, "influxd", filepath.Join(strings.TrimSpace(string(out)), "bin", "influxd"))
	return &process{
		name: "influxd", ready: regexp.MustCompile(`Listening on HTTP`),
		command: func() *exec.Cmd {
			cmd := exec.Command(program, "run", "-config", config)
			cmd.Env = []string{"HOME=" + dir}
			return cmd
		},
	}
}

// createDatabase asks until it is there.
func createDatabase(t testing.TB, base, name string) {
	t.Helper()
	eventually(t, 30*time.Second, "InfluxDB makes a database", func() error {
		res, err := http.PostForm(base+"/query", url.Values{"q": {"CREATE DATABASE " + name}})
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return errors.New(res.Status)
		}
		return nil
	})
}

// find finds a program by its name or at a place.
func find(t testing.TB, name, place string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	if _, err := os.Stat(place); err != nil {
		t.Fatalf("%s is missing: run make deps", name)
	}
	return place
}

func writeFile(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// eventually tries until it works, or fails with the last error.
func eventually(t testing.TB, within time.Duration, what string, try func() error) {
	t.Helper()
	pause := time.NewTicker(50 * time.Millisecond)
	defer pause.Stop()
	var err error
	for deadline := time.Now().Add(within); time.Now().Before(deadline); <-pause.C {
		if err = try(); err == nil {
			return
		}
	}
	t.Fatalf("%s: not within %s: %v", what, within, err)
}

// smallDisk mounts a disk of its own for the collector, so that it can be full; false where only root could.
func smallDisk(t testing.TB, dir string) bool {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 || syscall.Mount("lineproof-chaos", dir, "tmpfs", 0, "size=96m") != nil {
		return false
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
			_ = syscall.Unmount(dir, syscall.MNT_DETACH)
		}
	})
	return true
}

// fillUp writes a file until there is no room for more.
func fillUp(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	for piece := make([]byte, 64<<10); len(piece) > 0; {
		if _, err := f.Write(piece); errors.Is(err, syscall.ENOSPC) {
			piece = piece[:len(piece)/2]
		} else if err != nil {
			return err
		}
	}
	return nil
}
