package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
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

	"golang.org/x/sys/unix"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/internal/serialtest"
	"github.com/lineproof/lineproof/lines/plc"
)

// afternoon carries out docs/how-to/commission.md in one language, as a new user would.
type afternoon struct {
	t       *testing.T
	dir     string   // where the user works
	env     []string // with both programs in its path
	replace *strings.Replacer
	key     string // that lineproof-edge key printed
	running []*exec.Cmd
}

// block is one fenced block: what kind it is, and its lines.
type block struct {
	kind string
	text string
}

var fenced = regexp.MustCompile("(?ms)^```([^\n]+)\n(.*?)^```$")

func TestCommissioning(t *testing.T) {
	programs := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", programs, ".", "../lineproof").CombinedOutput(); err != nil {
		t.Fatalf("build: %v: %s", err, out)
	}
	for _, c := range []struct{ file, lang string }{{"commission.md", "en_US.UTF-8"}, {"commission.vi.md", "vi_VN.UTF-8"}} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("../../docs/how-to", c.file))
			if err != nil {
				t.Fatal(err)
			}
			newAfternoon(t, programs, c.lang).carryOut(string(text))
		})
	}
}

func newAfternoon(t *testing.T, programs, lang string) *afternoon {
	press := &plc.Image{}
	press.Put32(plc.Holding, 100, 1284032, plc.CDAB)
	press.Put(plc.Holding, 104, 52)
	press.Put(plc.Holding, 105, 1)
	press.Put(plc.Holding, 106, 3)
	press.Put32(plc.Holding, 107, 0x4d6f756c, plc.ABCD)
	press.PutFloat(plc.Input, 30, 18.5, plc.ABCD)
	path := serialtest.Open(t, meters(map[byte]*plc.Image{1: meter(0x20, 0x0c, 150, 77.5), 2: meter(0x70, 0x34, 12500, 12345)}))
	a := &afternoon{t: t, dir: t.TempDir()}
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); name != "LC_ALL" && name != "LC_MESSAGES" && name != "LANG" {
			a.env = append(a.env, v)
		}
	}
	a.env = append(a.env, "LANG="+lang, "PATH="+programs+":"+os.Getenv("PATH"))
	a.replace = strings.NewReplacer(
		"192.168.1.10:502", serve(t, map[uint8]plc.Unit{1: press}), "/dev/ttyUSB0", path,
		"127.0.0.1:1883", free(t), "127.0.0.1:8080", free(t), "127.0.0.1:8082", free(t),
		"batch: 10s", "batch: 1s", // the afternoon is a short one
	)
	t.Cleanup(a.end)
	return a
}

// meter is one of Eastron's, by the code that tells its model, with two of its values.
func meter(code, power uint16, watts, kWh float32) *plc.Image {
	image := &plc.Image{}
	image.Put(plc.Holding, 0xfc02, code)
	image.PutFloat(plc.Input, 0, 230.5, plc.ABCD)
	for a := uint16(2); a < 0x160; a += 2 {
		image.PutFloat(plc.Input, a, 1, plc.ABCD)
	}
	image.PutFloat(plc.Input, power, watts, plc.ABCD)
	image.PutFloat(plc.Input, 0x48, kWh, plc.ABCD)
	return image
}

// meters answer at 9600 baud only, as those on one line do.
func meters(units map[byte]*plc.Image) serialtest.Answer {
	return func(r serialtest.Request) (byte, []byte, bool) {
		image, ok := units[r.Unit]
		table := plc.Table(r.Function)
		switch {
		case !ok || r.Baud != unix.B9600:
			return 0, nil, false
		case table != plc.Holding && table != plc.Input:
			return serialtest.Exception(r, byte(plc.IllegalFunction))
		}
		values, err := image.Read(table, binary.BigEndian.Uint16(r.Data), binary.BigEndian.Uint16(r.Data[2:]))
		if err != nil {
			return serialtest.Exception(r, byte(plc.IllegalAddress))
		}
		data := []byte{byte(2 * len(values))}
		for _, v := range values {
			data = binary.BigEndian.AppendUint16(data, v)
		}
		return r.Function, data, true
	}
}

// free is an address where nobody listens at the moment.
func free(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// carryOut does what the page says, in its order, and opens the addresses that it names.
func (a *afternoon) carryOut(page string) {
	a.t.Helper()
	a.write("password", "mật khẩu\n")
	ran := 0
	for _, m := range fenced.FindAllStringSubmatch(page, -1) {
		b := block{m[1], a.replace.Replace(m[2])}
		switch kind, rest, _ := strings.Cut(b.kind, " "); {
		case rest == "hardware":
			a.hardware(b.text)
		case strings.HasPrefix(rest, "file="):
			a.write(strings.TrimPrefix(rest, "file="), strings.Replace(b.text, "KEY", a.key, 1))
		case kind == "console":
			ran++
			a.console(rest, b.text)
		default:
			a.t.Errorf("what is to be done with a block of %q?", b.kind)
		}
	}
	if ran < 9 {
		a.t.Errorf("only %d commands found", ran)
	}
	for _, m := range regexp.MustCompile(`<(http://[^>]+)>`).FindAllStringSubmatch(page, -1) {
		a.open(a.replace.Replace(m[1]))
	}
}

func (a *afternoon) write(name, text string) {
	a.t.Helper()
	if err := os.WriteFile(filepath.Join(a.dir, name), []byte(text), 0o600); err != nil {
		a.t.Fatal(err)
	}
}

// hardware checks at least that the agent understands what cannot be tried here.
func (a *afternoon) hardware(devices string) {
	a.t.Helper()
	text := "gateway: g\nsite: s\ntimezone: Asia/Ho_Chi_Minh\ndir: d\nuplink: {broker: \"tcp://127.0.0.1:1\"}\ndevices:\n" + devices
	if _, err := edge.Parse("hardware.yaml", []byte(text), kinds()); err != nil {
		a.t.Error(err)
	}
}

// console runs the commands of a block and compares what they say.
func (a *afternoon) console(how, text string) {
	a.t.Helper()
	for _, part := range strings.Split("\n"+text, "\n$ ")[1:] {
		command, want, _ := strings.Cut(part, "\n")
		a.t.Log(command)
		switch how {
		case "background":
			a.start(command, want)
		case "until":
			a.until(command, want)
		default:
			if got, err := a.run(command); err != nil || !matches(want, got) {
				a.t.Fatalf("%s: %v\ngot:\n%s\nwant:\n%s", command, err, got, want)
			}
		}
	}
}

func (a *afternoon) run(command string) (output string, err error) {
	cmd := a.command(a.t.Context(), command)
	out, err := cmd.CombinedOutput()
	if words := strings.Fields(string(out)); strings.HasPrefix(command, "lineproof-edge key") && len(words) == 2 {
		a.key = words[1]
	}
	return string(out), err
}

func (a *afternoon) command(ctx context.Context, text string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", "exec "+text)
	cmd.Dir, cmd.Env = a.dir, a.env
	return cmd
}

// patience bounds each wait, on a busy machine.
const patience = time.Minute

// until repeats a command until it says what is wanted, as a person does who looks again.
func (a *afternoon) until(command, want string) {
	a.t.Helper()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(patience); ; <-again.C {
		got, err := a.run(command)
		if err == nil && matches(want, got) {
			return
		}
		if time.Now().After(deadline) {
			a.t.Fatalf("%s: %v\ngot:\n%s\nwant:\n%s", command, err, got, want)
		}
	}
}

// start runs a command until the test ends, and waits until it has said what is wanted.
func (a *afternoon) start(command, want string) {
	a.t.Helper()
	said := &output{changed: make(chan struct{}, 1)}
	cmd := a.command(context.WithoutCancel(a.t.Context()), command)
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	a.running = append(a.running, cmd)
	deadline := time.After(patience)
	for !matches(want+"...\n", said.text()) {
		select {
		case <-said.changed:
		case <-deadline:
			a.t.Fatalf("%s\nsaid:\n%s\nwant:\n%s", command, said.text(), want)
		}
	}
}

// end interrupts what runs, the last first: each has to end cleanly.
func (a *afternoon) end() {
	for i := len(a.running) - 1; i >= 0; i-- {
		cmd := a.running[i]
		if err := errors.Join(cmd.Process.Signal(syscall.SIGINT), cmd.Wait()); err != nil {
			a.t.Errorf("%s: %v", cmd, err)
		}
	}
}

// open gets a page.
func (a *afternoon) open(url string) {
	a.t.Helper()
	response, err := http.Get(url)
	if err != nil {
		a.t.Error(err)
		return
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		a.t.Errorf("%s: %s", url, response.Status)
	}
}

// output collects what a program says.
type output struct {
	mu      sync.Mutex
	all     strings.Builder
	changed chan struct{}
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.changed <- struct{}{}:
	default:
	}
	return o.all.Write(p)
}

func (o *output) text() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}

// matches compares line by line and word by word; "..." stands for anything within a line, and alone on a
// line for any lines.
func matches(want, got string) bool {
	var pattern strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(want), "\n") {
		words := strings.Fields(line)
		if len(words) == 1 && words[0] == "..." {
			pattern.WriteString(`(?:.*\n)*?`)
			continue
		}
		text := regexp.QuoteMeta(strings.Join(words, " "))
		pattern.WriteString(strings.ReplaceAll(text, `\.\.\.`, `.*`) + `\n`)
	}
	var squeezed strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(got), "\n") {
		fmt.Fprintln(&squeezed, strings.Join(strings.Fields(line), " "))
	}
	return regexp.MustCompile(`^` + pattern.String() + `$`).MatchString(squeezed.String())
}
