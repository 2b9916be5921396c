package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/record"
)

// morning is the ledger of a gateway's morning, with the configuration of a collector that listens at an address.
func morning(t *testing.T, addr string) (config, verifier, key string) {
	t.Helper()
	dir := t.TempDir()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	var sealed [][]byte
	for range 30 {
		sealed = append(sealed, g.Work(t, 5*time.Minute, collectortest.Execute, 20, 1))
	}
	l, err := ledger.Open(t.Context(), filepath.Join(dir, "collector", "ledger"), "collector.example/lineproof")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), collectortest.Verify(t, collectortest.Keys(g), sealed...)); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	key = base64.StdEncoding.EncodeToString(g.Public())
	config = filepath.Join(dir, "collector.yaml")
	write(t, filepath.Join(dir, "password"), "secret\n")
	write(t, config, fmt.Sprintf("dir: %s/collector\norigin: collector.example/lineproof\nhttp: %s\nmqtt: {listen: \"127.0.0.1:0\"}\ngateways: {huu-lung-01: {key: %q, password_file: %s/password}}\n", dir, addr, key, dir))
	return config, l.Verifier(), "huu-lung-01=" + key
}

func TestBundleAndVerify(t *testing.T) {
	t.Setenv("LANG", "en_GB.UTF-8")
	t.Setenv("LC_ALL", "")
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close()
	config, verifier, key := morning(t, addr)
	dir := t.TempDir()
	made := func(name string, want int) (file, stderr string) {
		t.Helper()
		file = filepath.Join(dir, name)
		exit, out, stderr := ran(t, "bundle", "--config", config, "--line", "huu-lung-01-line", "--from", "2026-03-02T06:30:00+07:00", "--to", "2026-03-02T08:00:00+07:00", "--out", file)
		if exit != want || want == 0 && !strings.Contains(out, "lineproof verify "+file) {
			t.Errorf("%s: exit %d, %q, %q", name, exit, out, stderr)
		}
		return file, stderr
	}
	holds := func(file string) {
		t.Helper()
		if exit, out, stderr := ran(t, "verify", file, "--ledger", verifier, "--key", key); exit != 0 || !strings.Contains(out, "\nEvery check holds.\n") {
			t.Errorf("exit %d, %s, %s", exit, out, stderr)
		}
	}

	still, _ := made("still.zip", 0) // no collector runs
	holds(still)
	if _, stderr := made("still.zip", 1); !strings.Contains(stderr, "is there already\nhint: name another file") {
		t.Errorf("written over: %q", stderr)
	}
	cfg, err := collector.Load(config)
	if err != nil {
		t.Fatal(err)
	}
	c, err := collector.Open(t.Context(), cfg, collector.Options{Version: "test", Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	asked, _ := made("asked.zip", 0)
	holds(asked)
	exit, _, stderr := ran(t, "bundle", "--config", config, "--line", "oil", "--from", "2026-03-02T06:30:00+07:00", "--to", "2026-03-02T08:00:00+07:00", "--out", filepath.Join(dir, "oil.zip"))
	if exit != 1 || !strings.Contains(stderr, "bundle of line oil: not found") {
		t.Errorf("a line that there is not: exit %d, %s", exit, stderr)
	}
	askStudy(t, "http://"+addr)
	ofStudy := func(name string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if exit, _, stderr := ran(t, "bundle", "--config", config, "--study", "morning", "--out", file); exit != 0 {
			t.Fatalf("%s: exit %d, %s", name, exit, stderr)
		}
		holds(file)
		if m := manifest(t, file); m.Study != "morning" || m.Line != "huu-lung-01-line" || !m.From.Equal(collectortest.Morning) {
			t.Errorf("%s: %+v", name, m)
		}
	}
	ofStudy("study.zip")
	withdrawn(t, "http://"+addr)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	ofStudy("study-still.zip")
	if _, out, _ := ran(t, "verify", filepath.Join(dir, "study-still.zip"), "--ledger", verifier, "--key", key); !strings.Contains(out, "AFTER its reporting period had begun, when the answer may have been in sight: no money") {
		t.Errorf("withdrawn: %s", out)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".lineproof-bundle-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	reports(t, still, verifier)
	documented(t, still)
}

// askStudy registers a study of the morning.
func askStudy(t *testing.T, url string) {
	t.Helper()
	lan, err := person(t.Context(), url, "Lan")
	if err != nil {
		t.Fatal(err)
	}
	level := .97
	err = lan.ask(t.Context(), http.MethodPost, "/api/v1/studies", map[string]any{"id": "s", "line": "huu-lung-01-line", "protocol": record.StudyProtocol{
		Study: "morning", Metric: "quality_ratio", Target: record.StudyTarget{Kind: "level", AtLeast: &level}, Comparator: "own-before", Confidence: .95, Method: "auto",
		After: record.StudySide{Source: record.StudyMetered, From: collectortest.Morning, To: collectortest.Morning.Add(time.Hour)},
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

// withdrawn takes the study back, by its author alone.
func withdrawn(t *testing.T, url string) {
	t.Helper()
	pin := filepath.Join(t.TempDir(), "pin")
	write(t, pin, demoPIN+"\n")
	if _, err := person(t.Context(), url, "Minh"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, study string
		exit        int
		want        string
	}{
		{"Hoa", "morning", 1, "sign in: "}, {"Minh", "morning", 1, "only its author may withdraw it: Lan"}, {"Lan", "evening", 1, "not found"},
		{"Lan", "morning", 0, "morning is withdrawn"}, {"Lan", "morning", 1, "Lan withdrew it"},
	} {
		exit, out, stderr := ran(t, "study", "withdraw", c.study, "--collector", url, "--name", c.name, "--pin-file", pin, "--why", "no money")
		if exit != c.exit || !strings.Contains(out+stderr, c.want) {
			t.Errorf("%s, %s: exit %d, %q, %q", c.name, c.study, exit, out, stderr)
		}
	}
}

func manifest(t *testing.T, file string) bundle.Manifest {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return b.Manifest
}

// reports looks at what verify says of a bundle whose figures were changed, and of what is none.
func reports(t *testing.T, file, verifier string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	damaged, page := filepath.Join(t.TempDir(), "damaged.zip"), filepath.Join(t.TempDir(), "report.html")
	write(t, damaged, string(b))
	exit, out, stderr := ran(t, "verify", damaged, "--json", "--html", page, "--ledger", verifier, "--lang", "vi")
	var report struct {
		OK     bool
		Checks []struct {
			Check, State string
			Found        []struct{ Key, Text string }
		}
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if first := report.Checks[0]; exit != 1 || report.OK || first.State != "fails" || first.Found[0].Key != "verify.file_changed" || !strings.Contains(first.Found[0].Text, "bị cắt") {
		t.Errorf("exit %d, %+v", exit, report)
	}
	if !strings.HasSuffix(stderr, "lineproof: error: verify: the bundle is not proven\n") {
		t.Errorf("standard error %q", stderr)
	}
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"CHƯA CHỨNG MINH ĐƯỢC", "NOT PROVEN", `<main lang="vi">`, `<main lang="en">`} {
		if !strings.Contains(string(html), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if exit, _, stderr := ran(t, "verify", file, "--ledger", "me"); exit != 1 || !strings.Contains(stderr, `ledger key "me"`) {
		t.Errorf("a key that is none: exit %d, %q", exit, stderr)
	}
	if exit, _, stderr := ran(t, "verify", file, "--key", "huu-lung-01=me"); exit != 1 || !strings.Contains(stderr, `key "me" of gateway huu-lung-01`) {
		t.Errorf("a key that is none: exit %d, %q", exit, stderr)
	}
	if exit, _, stderr := ran(t, "bundle", "--config", "c", "--study", "s", "--line", "l", "--out", "o"); exit != 2 || !strings.Contains(stderr, "a study has its own line and period") {
		t.Errorf("a study and a line: exit %d, %q", exit, stderr)
	}
	if exit, _, stderr := ran(t, "bundle", "--config", "c", "--line", "l", "--out", "o"); exit != 2 || !strings.Contains(stderr, "give --line, --from and --to, or --study") {
		t.Errorf("no period: exit %d, %q", exit, stderr)
	}
	if exit, _, _ := ran(t, "verify", file+".none"); exit != 2 {
		t.Errorf("no file: exit %d", exit)
	}
	if exit, _, stderr := ran(t, "bundle", "--config", "c", "--line", "l", "--from", "2026-03-02T08:00:00Z", "--to", "2026-03-02T07:00:00Z", "--out", "o"); exit != 2 || !strings.Contains(stderr, "--from 2026-03-02T08:00:00Z is not before --to") {
		t.Errorf("a period that ends before it begins: exit %d, %q", exit, stderr)
	}
}

// ran is called, in a process of its own: a ledger that was open in this one may still be at work.
func ran(t *testing.T, args ...string) (exit int, out, stderr string) {
	t.Helper()
	dir, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	var o, e bytes.Buffer
	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "lineproof"), args...)
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}
