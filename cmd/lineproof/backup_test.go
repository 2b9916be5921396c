package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/lineproof/lineproof/edge/edgetest"
)

// blockLine is the simulated block line, its agent and a collector as processes, with Mosquitto between them.
type blockLine struct {
	t                    *testing.T
	agentFile, serveFile string
	dir, base, verifier  string // the collector's
	agent, collector     *process
}

func openBlockLine(t *testing.T) *blockLine {
	t.Helper()
	dir, broker := t.TempDir(), edgetest.StartBroker(t)
	l := &blockLine{t: t, agentFile: filepath.Join(dir, "agent.yaml"), serveFile: filepath.Join(dir, "collector.yaml"), dir: filepath.Join(dir, "collector")}
	sim := start(t, "lineproof", "sim", "--line", "block-press", "--listen", "127.0.0.1:0", "--config", l.agentFile)
	sim.says(`^modbus: tcp://(.+)$`)
	config, err := os.ReadFile(l.agentFile)
	if err != nil {
		t.Fatal(err)
	}
	write(t, l.agentFile, strings.NewReplacer("tcp://127.0.0.1:1883", broker.URL, "/var/lib/lineproof-edge", filepath.Join(dir, "agent"),
		"batch: 10s", "batch: 200ms").Replace(string(config)))
	key := strings.Fields(start(t, "lineproof-edge", "key", "--config", l.agentFile).says(`(huu-lung-01 .+)`))
	write(t, l.serveFile, fmt.Sprintf("dir: %s\norigin: collector.example/lineproof\nhttp: 127.0.0.1:0\nbroker: {url: %q}\ngateways:\n  %s: {key: %s}\n",
		l.dir, broker.URL, key[0], key[1]))
	l.serve()
	l.agent = start(t, "lineproof-edge", "run", "--config", l.agentFile)
	return l
}

func (l *blockLine) serve() {
	l.t.Helper()
	l.collector = start(l.t, "lineproof", "serve", "--config", l.serveFile)
	l.base = l.collector.says(`^pages: +(http://.+)$`)
	l.verifier = l.collector.says(`^ledger: (.+)$`)
}

// until waits until the collector counts so many of something since it was started.
func (l *blockLine) until(metric string, enough float64) {
	l.t.Helper()
	for deadline := time.After(patience); l.metric(metric) < enough; {
		select {
		case <-deadline:
			l.t.Fatalf("%s is %v, want %v", metric, l.metric(metric), enough)
		case <-time.After(100 * time.Millisecond): // not to ask all the time
		}
	}
}

func (l *blockLine) metric(name string) float64 {
	l.t.Helper()
	res, err := http.Get(l.base + "/metrics")
	if err != nil {
		l.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^` + name + ` (.+)$`).FindSubmatch(text)
	if m == nil {
		l.t.Fatalf("no %s in:\n%s", name, text)
	}
	v, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		l.t.Fatal(err)
	}
	return v
}

// totals asks the interface what the press made and did.
func (l *blockLine) totals(begun time.Time) machineTotals {
	l.t.Helper()
	for _, r := range get[rows](l.t, fmt.Sprintf("%s/api/v1/lines/block-line/kpi?from=%s&to=%s&by=machine", l.base,
		begun.Format(time.RFC3339), begun.Add(2*time.Hour).Format(time.RFC3339))).Rows {
		if r.Machine == "press" && r.ProducedQuantity != nil {
			return machineTotals{*r.ProducedQuantity, r.StateS}
		}
	}
	l.t.Fatal("nothing is known of the press")
	return machineTotals{}
}

// backedUp makes a backup and gives its folder and how many batches it has.
func backedUp(t *testing.T, config, to string) (dir string, batches int) {
	t.Helper()
	exit, out, stderr := called(t, "backup", "--config", config, "--to", to)
	m := regexp.MustCompile(`^backup:   (\S+)\nbatches:  (\d+), signed up to \d+\nroot:     [0-9a-f]{64}\nviews:    of \d+ batches, in (?:the backup|InfluxDB)\nbytes:    \d+ in \d+ files\n`).FindStringSubmatch(out)
	if exit != 0 || m == nil || filepath.Dir(m[1]) != to {
		t.Fatalf("exit %d, %q, %q", exit, out, stderr)
	}
	batches, err := strconv.Atoi(m[2])
	if err != nil {
		t.Fatal(err)
	}
	return m[1], batches
}

// TestRestoreAfterALostDisk backs a collector up while its gateway sends, kills it, removes all that it had, and
// goes on from the backup.
func TestRestoreAfterALostDisk(t *testing.T) {
	begun := time.Now().Add(-time.Hour).UTC()
	l := openBlockLine(t)
	l.until("lineproof_batches_total", 5)
	early, few := backedUp(t, l.serveFile, t.TempDir())
	l.until("lineproof_batches_total", float64(few+5))
	l.agent.interrupt() // with the receipt for its last batch
	last, all := backedUp(t, l.serveFile, t.TempDir())
	if few < 5 || all < few+5 {
		t.Errorf("backups of %d and %d batches", few, all)
	}
	want, verifier := l.totals(begun), l.verifier
	if len(want.States) == 0 {
		t.Errorf("of the press is known %+v", want)
	}

	l.collector.kill()
	if err := os.RemoveAll(l.dir); err != nil {
		t.Fatal(err)
	}
	exit, out, stderr := called(t, "restore", last, "--config", l.serveFile)
	if exit != 0 || !strings.HasPrefix(out, "restored: "+l.dir+", as of ") || !strings.HasSuffix(out, "\nnext: lineproof serve --config "+l.serveFile+"\ngateways send again what they sent after the backup\n") {
		t.Fatalf("exit %d, %q, %q", exit, out, stderr)
	}
	l.serve()
	if diff := cmp.Diff(want, l.totals(begun)); diff != "" {
		t.Errorf("what was backed up (-want +got):\n%s", diff)
	}
	if l.verifier != verifier {
		t.Errorf("the ledger is signed with %s, want %s", l.verifier, verifier)
	}
	l.agent = start(t, "lineproof-edge", "run", "--config", l.agentFile)
	l.until("lineproof_batches_total", 5)
	if n := l.metric("lineproof_refused_total"); n != 0 {
		t.Errorf("%v batches were refused", n)
	}
	l.agent.interrupt()
	l.collector.interrupt()

	// The backup from the middle of the flow is as whole as the other.
	text, err := os.ReadFile(filepath.Join(early, "collector.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	l.serveFile = filepath.Join(t.TempDir(), "collector.yaml")
	write(t, l.serveFile, strings.Replace(string(text), l.dir, l.dir+"-2", 1))
	if exit, _, stderr := called(t, "restore", early, "--config", l.serveFile); exit != 0 {
		t.Fatalf("exit %d, %q", exit, stderr)
	}
	l.serve()
	l.collector.interrupt()
	exit, out, stderr = called(t, "rebuild", "--config", l.serveFile)
	if exit != 0 || !strings.HasPrefix(out, fmt.Sprintf("batches: %d\n", few)) || !strings.HasSuffix(out, "\nthe views were as the ledger says\n") {
		t.Errorf("exit %d, %q, %q", exit, out, stderr)
	}
}

// emptyCollector is the configuration of one that ran and took nothing.
func emptyCollector(t *testing.T, series string) (config, dir string) {
	t.Helper()
	dir, config = filepath.Join(t.TempDir(), "collector"), filepath.Join(t.TempDir(), "collector.yaml")
	text := "dir: " + dir + "\norigin: test\nhttp: 127.0.0.1:0\nbroker: {url: \"tcp://127.0.0.1:1\"}\n" +
		"gateways: {a: {key: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=}}\n"
	write(t, config, text)
	p := start(t, "lineproof", "serve", "--config", config)
	p.says(`^ledger: `)
	p.interrupt()
	write(t, config, text+series)
	return config, dir
}

// disk is a small disk of its own, which only root can make.
func disk(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("no disk to fill up here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, 0) })
	return dir
}

// fails wants a call to fail with an error as its last words, and to leave nothing.
func fails(t *testing.T, folder, want string, args ...string) {
	t.Helper()
	exit, out, stderr := called(t, args...)
	if exit != 1 || out != "" || !strings.HasSuffix(stderr, want) {
		t.Errorf("exit %d, %q, standard error %q, want %q at its end", exit, out, stderr, want)
	}
	if left, err := os.ReadDir(folder); folder != "" && (err != nil || len(left) > 0) {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestBackupToAWrongFolder(t *testing.T) {
	config, _ := emptyCollector(t, "")
	t.Run("missing", func(t *testing.T) {
		to := filepath.Join(t.TempDir(), "usb")
		fails(t, "", "lineproof: error: backup: stat "+to+": no such file or directory\nhint: mount the disk, or make the folder, first\n",
			"backup", "--config", config, "--to", to)
	})
	t.Run("a file", func(t *testing.T) {
		to := filepath.Join(t.TempDir(), "usb")
		write(t, to, "")
		fails(t, "", ": not a directory\n", "backup", "--config", config, "--to", to)
	})
	t.Run("full", func(t *testing.T) {
		to := disk(t, "size=48k")
		fails(t, to, "hint: make room in "+to+", such as by removing its oldest backup\n", "backup", "--config", config, "--to", to)
	})
	t.Run("full at its end", func(t *testing.T) {
		whole, _ := backedUp(t, config, t.TempDir())
		kib := 0
		if err := filepath.Walk(whole, func(_ string, info os.FileInfo, err error) error {
			if info.Mode().IsRegular() {
				kib += int(info.Size()+4095) / 4096 * 4
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		to := disk(t, fmt.Sprintf("size=%dk", kib-4)) // all but the manifest
		fails(t, to, "hint: make room in "+to+", such as by removing its oldest backup\n", "backup", "--config", config, "--to", to)
	})
	t.Run("for reading only", func(t *testing.T) {
		to := disk(t, "size=10m")
		if err := unix.Mount("", to, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
			t.Skip(err)
		}
		fails(t, to, ": read-only file system\nhint: run it as root or as the collector's user, who must be able to write in "+to+"\n", "backup", "--config", config, "--to", to)
	})
	t.Run("interrupted", func(t *testing.T) {
		to := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var out bytes.Buffer
		if exit := run(ctx, []string{"backup", "--config", config, "--to", to}, &out, stopper{cancel}); exit != 1 || out.Len() > 0 {
			t.Errorf("exit %d, %q", exit, out.String())
		}
		if left, err := os.ReadDir(to); err != nil || len(left) > 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	})
	t.Run("without one", func(t *testing.T) {
		if exit, _, stderr := called(t, "backup", "--config", config); exit != 2 || stderr != "lineproof: error: missing flags: --to=DIR\n"+usageHint {
			t.Errorf("exit %d, %q", exit, stderr)
		}
	})
}

func TestRestoreOfWhatIsNoBackup(t *testing.T) {
	config, dir := emptyCollector(t, "")
	backup, _ := backedUp(t, config, t.TempDir())
	t.Run("over a collector", func(t *testing.T) {
		fails(t, "", "lineproof: error: restore: "+dir+"/ledger is there: the folder holds a collector already\nhint: move it away, or name another `dir` in the configuration\n",
			"restore", backup, "--config", config)
	})
	if err := os.Rename(dir, dir+"-aside"); err != nil {
		t.Fatal(err)
	}
	t.Run("another folder", func(t *testing.T) {
		other := filepath.Dir(backup)
		fails(t, "", "lineproof: error: "+other+" is no backup: it has no MANIFEST.json\nhint: name a folder that lineproof backup made, such as /mnt/usb/lineproof-20260302-060000Z\n",
			"restore", other, "--config", config)
	})
	t.Run("interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var out bytes.Buffer
		if exit := run(ctx, []string{"restore", backup, "--config", config}, &out, stopper{cancel}); exit != 1 || out.Len() > 0 {
			t.Errorf("exit %d, %q", exit, out.String())
		}
	})
	t.Run("a damaged one", func(t *testing.T) {
		file := filepath.Join(backup, "data", "registry.db")
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/2] ^= 0x10
		write(t, file, string(b))
		fails(t, "", "lineproof: error: restore: "+file+" is damaged: it is not as it was when the backup was made\nhint: take another backup, or another copy of this one\n",
			"restore", backup, "--config", config)
		exit, _, stderr := called(t, "serve", "--config", config)
		if want := "lineproof: error: open collector: a restore into " + dir + " did not come to its end\nhint: run lineproof restore again, or remove " + dir + "/.restoring to begin with an empty ledger\n"; exit != 1 || stderr != want {
			t.Errorf("serve: exit %d, %q, want %q", exit, stderr, want)
		}
		b[len(b)/2] ^= 0x10
		write(t, file, string(b))
		if exit, _, stderr := called(t, "restore", backup, "--config", config); exit != 0 {
			t.Errorf("as it was: exit %d, %q", exit, stderr)
		}
	})
}

func TestRestoreSaysWhatComesNextWithInfluxDB(t *testing.T) {
	config, dir := emptyCollector(t, "influx: {url: \"http://127.0.0.1:1\", bucket: lineproof/autogen}\n")
	backup, _ := backedUp(t, config, t.TempDir())
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	exit, out, stderr := called(t, "restore", backup, "--config", config)
	if want := "if the database in InfluxDB is a new or an empty one: lineproof rebuild --config " + config + "\n"; exit != 0 || !strings.Contains(out, want) {
		t.Errorf("exit %d, %q, %q, want %q in it", exit, out, stderr, want)
	}
}

// TestRestoreGivesTheServiceItsFiles restores as root into the folder of another user.
func TestRestoreGivesTheServiceItsFiles(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root restores for somebody else")
	}
	config, dir := emptyCollector(t, "")
	backup, _ := backedUp(t, config, t.TempDir())
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	const service = 990
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, service, service); err != nil {
		t.Fatal(err)
	}
	if exit, _, stderr := called(t, "restore", backup, "--config", config); exit != 0 {
		t.Fatalf("exit %d, %q", exit, stderr)
	}
	if err := filepath.Walk(dir, func(file string, _ os.FileInfo, err error) error {
		var s unix.Stat_t
		if err := unix.Lstat(file, &s); err != nil || s.Uid != service || s.Gid != service {
			t.Errorf("%s belongs to %d:%d, %v", file, s.Uid, s.Gid, err)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestAgentsGiveBackWhatARestoredCollectorLost: the backup is old when the disk dies. The agent, which has receipts
// for everything, finds out that the collector has less, and what was lost comes again.
func TestAgentsGiveBackWhatARestoredCollectorLost(t *testing.T) {
	begun := time.Now().Add(-time.Hour).UTC()
	l := openBlockLine(t)
	l.until("lineproof_batches_total", 5)
	backup, few := backedUp(t, l.serveFile, t.TempDir())
	l.until("lineproof_batches_total", float64(few+10))
	lost := l.totals(begun)
	l.collector.kill()
	if err := os.RemoveAll(l.dir); err != nil {
		t.Fatal(err)
	}
	if exit, _, stderr := called(t, "restore", backup, "--config", l.serveFile); exit != 0 {
		t.Fatalf("exit %d, %q", exit, stderr)
	}
	l.serve()
	l.agent.says("the collector has less than it had")
	l.until("lineproof_view_batches", float64(few+12))
	l.agent.interrupt()
	got := l.totals(begun)
	for state, seconds := range lost.States {
		if got.States[state] < seconds {
			t.Errorf("%.1f s of %s, there were %.1f before the disk died", got.States[state], state, seconds)
		}
	}
	if got.Items < lost.Items {
		t.Errorf("%d made, there were %d before the disk died", got.Items, lost.Items)
	}
	if n := l.metric("lineproof_refused_total"); n != 0 {
		t.Errorf("%v batches were refused", n)
	}
	l.collector.interrupt()
}
