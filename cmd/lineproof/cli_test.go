package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/web"
	"github.com/lineproof/lineproof/internal/command"
)

const usageHint = "hint: lineproof --help shows the commands, lineproof COMMAND --help what each can be told\n"

// called runs one command line to its end.
func called(t *testing.T, args ...string) (exit int, out, stderr string) {
	t.Helper()
	var o, e bytes.Buffer
	exit = run(t.Context(), args, &o, &e)
	return exit, o.String(), e.String()
}

// takenPort is an address on which somebody listens until the test ends.
func takenPort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln.Addr().String()
}

func TestWrongCalls(t *testing.T) {
	taken, dir := takenPort(t), t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		write(t, path, text)
		return path
	}
	const header = "ts,asset,items,status,status_time,power_avg,cycle_time,alarm,product\n"
	csv := file("machines.csv", header+"2022-08-31 22:00:00+00:00,0,4,2,43,2,0,0,0\n2022-08-31 22:05:00+00:00,0,many,2,43,2,0,0,0\n")
	empty := file("empty.csv", "")
	mistakes := file("collector.yaml", "dri: d\nmqtt: {listen: \"0.0.0.0:1883\"}\n")
	busy := file("busy.yaml", "dir: "+dir+"/collector\nhttp: "+taken+"\nbroker: {url: \"tcp://127.0.0.1:1\"}\n"+
		"gateways: {a: {key: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=}}\n")
	for _, tt := range []struct {
		name   string
		args   []string
		exit   int
		stderr string
	}{
		{"unknown command", []string{"frob"}, 2, "lineproof: error: unexpected argument frob\n" + usageHint},
		{"unknown flag", []string{"demo", "--nope"}, 2, "lineproof: error: unknown flag --nope\n" + usageHint},
		{"one argument too many", []string{"version", "extra"}, 2, "lineproof: error: unexpected argument extra\n" + usageHint},
		{"serve without a configuration", []string{"serve"}, 2, "lineproof: error: missing flags: --config=FILE\n" + usageHint},
		{"serve with none", []string{"serve", "--config", dir + "/none"}, 1, "lineproof: error: read configuration: open " + dir + "/none: no such file or directory\n"},
		{"serve with mistakes", []string{"serve", "--config", mistakes}, 1, `lineproof: error: 4 mistakes in FILE
FILE:1:1: unknown key ¦dri¦
    1 | dri: d
      | ^
  hint: did you mean ¦dir¦?
FILE:1:1: ¦dir¦ is missing
    1 | dri: d
      | ^
  hint: name a folder on a disk that lasts, such as dir: /var/lib/lineproof
FILE:1:1: no gateway may send
    1 | dri: d
      | ^
  hint: add the line that ¦lineproof-edge key¦ prints, such as huu-lung-01: {key: ...}
FILE:2:16: without ¦cert¦ and ¦key¦ only loopback is served
    2 | mqtt: {listen: "0.0.0.0:1883"}
      |                ^
  hint: passwords must not cross a network in the clear
`},
		{"serve where somebody listens", []string{"serve", "--config", busy}, 1, "lineproof: error: open collector: listen tcp " + taken + ": bind: address already in use\n"},
		{"demo where somebody listens", []string{"demo", "--http", taken}, 1, "lineproof: error: listen tcp " + taken + ": bind: address already in use\nhint: another program may listen there; try --http 127.0.0.1:0\n"},
		{"demo of an unknown line", []string{"demo", "--line", "oil"}, 2, "lineproof: error: --line must be one of \"block-press\" but got \"oil\"\n" + usageHint},
		{"sim without an address", []string{"sim", "--line", "block-press"}, 2, "lineproof: error: missing flags: --listen=ADDR\n" + usageHint},
		{"sim of nothing", []string{"sim", "--listen", "127.0.0.1:0"}, 2, "lineproof: error: sim: give either --line or --replay\n" + usageHint},
		{"sim of both", []string{"sim", "--line", "block-press", "--replay", csv, "--listen", "127.0.0.1:0"}, 2, "lineproof: error: sim: give either --line or --replay\n" + usageHint},
		{"sim of an unknown line", []string{"sim", "--line", "oil", "--listen", "127.0.0.1:0"}, 2, "lineproof: error: sim: --line oil: there is only block-press\n" + usageHint},
		{"sim where somebody listens", []string{"sim", "--line", "block-press", "--listen", taken}, 1, "lineproof: error: listen tcp " + taken + ": bind: address already in use\nhint: another program may listen there; port 0 takes any that is free\n"},
		{"sim of records that are not there", []string{"sim", "--replay", dir + "/none", "--listen", "127.0.0.1:0"}, 2, "lineproof: error: --replay: stat " + dir + "/none: no such file or directory\n" + usageHint},
		{"sim of records with a mistake", []string{"sim", "--replay", csv, "--listen", "127.0.0.1:0"}, 1, "lineproof: error: " + csv + ":3:29: items is \"many\", expected a whole number from 0 to 4294967295\n"},
		{"sim of an empty file", []string{"sim", "--replay", empty, "--listen", "127.0.0.1:0"}, 1, "lineproof: error: " + empty + ":1:1: empty file, expected a header with ts,asset,items,status,status_time,power_avg,cycle_time,product\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			exit, out, stderr := called(t, tt.args...)
			if exit != tt.exit {
				t.Errorf("exit %d, want %d", exit, tt.exit)
			}
			want := strings.NewReplacer("FILE:", mistakes+":", "in FILE\n", "in "+mistakes+"\n", "¦", "`").Replace(tt.stderr)
			if diff := cmp.Diff(want, stderr); diff != "" {
				t.Errorf("standard error (-want +got):\n%s", diff)
			}
			if out != "" {
				t.Errorf("standard output %q, want none", out)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for _, tt := range []struct {
		name  string
		args  []string
		holds []string
	}{
		{"asked for", []string{"--help"}, []string{"Usage: lineproof <command>", "    Try it:     lineproof demo\n", "\n  demo ", "\n  serve ", "\n  sim ", "\n  backup ", "\n  restore ", "\n  openapi ", "\n  version "}},
		{"without arguments", nil, []string{"Usage: lineproof <command>"}},
		{"of demo", []string{"demo", "--help"}, []string{"Usage: lineproof demo", "--http=ADDR", "--mqtt=ADDR", "--dir=DIR", "--line=NAME"}},
		{"of serve, its flag left out", []string{"serve", "--help"}, []string{"Usage: lineproof serve --config=FILE", "deploy/collector.yaml"}},
		{"of backup", []string{"backup", "--help"}, []string{"Usage: lineproof backup --config=FILE --to=DIR", "The collector may run"}},
		{"of restore", []string{"restore", "--help"}, []string{"Usage: lineproof restore --config=FILE <backup>"}},
		{"of sim", []string{"sim", "--help"}, []string{"Usage: lineproof sim", "--line=NAME", "--replay=CSV", "--listen=ADDR", "--config=FILE"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			exit, out, stderr := called(t, tt.args...)
			if exit != 0 || stderr != "" {
				t.Errorf("exit %d, standard error %q", exit, stderr)
			}
			for _, text := range tt.holds {
				if !strings.Contains(out, text) {
					t.Errorf("no %q in:\n%s", text, out)
				}
			}
		})
	}
}

func TestVersion(t *testing.T) {
	if exit, out, stderr := called(t, "version"); exit != 0 || out != "lineproof "+command.Version()+"\n" || stderr != "" {
		t.Errorf("exit %d, %q, %q", exit, out, stderr)
	}
}

func TestOpenAPI(t *testing.T) {
	want, err := web.OpenAPI(command.Version())
	if err != nil {
		t.Fatal(err)
	}
	if exit, out, stderr := called(t, "openapi"); exit != 0 || out != string(want)+"\n" || stderr != "" {
		t.Errorf("exit %d, %d bytes, want %d; %q", exit, len(out), len(want)+1, stderr)
	}
}

func TestInterruptEndsWell(t *testing.T) {
	t.Run("sim", func(t *testing.T) {
		p := start(t, "lineproof", "sim", "--line", "block-press", "--listen", "127.0.0.1:0")
		p.says(`^modbus: tcp://127\.0\.0\.1:\d+$`)
		p.interrupt()
	})
	t.Run("serve", func(t *testing.T) {
		dir := t.TempDir()
		config := filepath.Join(dir, "collector.yaml")
		write(t, filepath.Join(dir, "password"), "secret\n")
		write(t, config, "dir: "+dir+"/collector\norigin: collector.example/lineproof\nhttp: 127.0.0.1:0\nmqtt: {listen: 127.0.0.1:0}\n"+
			"gateways: {a: {key: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=, password_file: "+dir+"/password}}\n")
		p := start(t, "lineproof", "serve", "--config", config)
		p.says(`^pages:  http://127\.0\.0\.1:\d+$`)
		p.says(`^mqtt:   127\.0\.0\.1:\d+$`)
		p.says(`^ledger: collector\.example/lineproof\+[0-9a-f]{8}\+`)
		p.interrupt()
	})
}

// stopper ends a command at the first thing that it writes.
type stopper struct{ stop func() }

func (s stopper) Write(b []byte) (int, error) {
	s.stop()
	return len(b), nil
}

// TestDemoEndsInItsHistoryAndLeavesNothing ends it at its first sign of progress.
func TestDemoEndsInItsHistoryAndLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	if exit := run(ctx, []string{"demo", "--http", "127.0.0.1:0"}, &out, stopper{cancel}); exit != 0 || out.Len() > 0 {
		t.Errorf("exit %d, %q", exit, out.String())
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
