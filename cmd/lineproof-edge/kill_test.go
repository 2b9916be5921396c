package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/lineproof/lineproof/edge/edgetest"
	"github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/record"
)

// counting is a PLC whose register goes one further each time that it is read, so that no value can come twice.
type counting struct{ reads atomic.Uint32 }

func (c *counting) Read(_ plc.Table, _, count uint16) ([]uint16, error) {
	values := make([]uint16, count)
	values[0] = uint16(c.reads.Add(1))
	return values, nil
}

const counted = `
gateway: huu-lung-01
site: tan-thinh-phat
timezone: Asia/Ho_Chi_Minh
dir: DIR
uplink: {broker: "BROKER", batch: 100ms}
devices:
  press:
    driver: modbus
    url: tcp://PLC
    every: 10ms
    signals: {cycles: {at: holding 100, type: uint16, counter: true}}
`

// program is the built agent with its configuration.
type program struct {
	t      *testing.T
	binary string
	config string
}

func build(t *testing.T, config string) *program {
	t.Helper()
	p := &program{t: t, binary: filepath.Join(t.TempDir(), "lineproof-edge"), config: filepath.Join(t.TempDir(), "agent.yaml")}
	if out, err := exec.Command("go", "build", "-o", p.binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v: %s", err, out)
	}
	if err := os.WriteFile(p.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// start runs the agent; the test ends it if nobody else does.
func (p *program) start() (cmd *exec.Cmd, log *bytes.Buffer) {
	p.t.Helper()
	log = &bytes.Buffer{}
	cmd = exec.Command(p.binary, "run", "--config", p.config)
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if cmd.ProcessState == nil {
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
	return cmd, log
}

func (p *program) key() ed25519.PublicKey {
	p.t.Helper()
	line, err := exec.Command(p.binary, "key", "--config", p.config).Output()
	if err != nil {
		p.t.Fatal(err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(strings.TrimPrefix(string(line), "huu-lung-01 ")))
	if err != nil {
		p.t.Fatal(err)
	}
	return key
}

func TestKilledInMidRunNothingIsDoubledAndTheChainHolds(t *testing.T) {
	source := &counting{}
	address := serve(t, map[uint8]plc.Unit{1: source})
	broker := edgetest.StartBroker(t)
	p := build(t, strings.NewReplacer("DIR", t.TempDir(), "BROKER", broker.URL, "PLC", address).Replace(counted))
	collector := edgetest.StartCollector(t, broker, "huu-lung-01", p.key())
	for life := 1; life <= 4; life++ {
		cmd, _ := p.start()
		before := len(collector.Seen().Batches)
		collector.Until("some batches of this life", func(s edgetest.Seen) bool { return len(s.Batches) >= before+4 })
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
	}
	cmd, log := p.start()
	before := len(collector.Seen().Batches)
	collector.Until("some batches of the last life", func(s edgetest.Seen) bool { return len(s.Batches) >= before+4 })
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("a clean end: %v:\n%s", err, log)
	}
	seen := collector.Until("a goodbye", func(s edgetest.Seen) bool { return !s.Status.Online })

	lives := 0
	last := record.Reading{}
	for _, b := range seen.Batches { // the collector has checked the chain
		if len(b.Catalogue) > 0 {
			lives++
		}
		for _, r := range b.Readings {
			if r.Quality == record.Good && r.Value.Uint() <= last.Value.Uint() || !r.Time.After(last.Time) {
				t.Errorf("%v after %v", r, last)
			}
			if r.Quality == record.Good {
				last = r
			}
		}
	}
	if lives != 5 {
		t.Errorf("%d catalogues in 5 lives", lives)
	}
	if reads := uint64(source.reads.Load()); last.Value.Uint()+1 < reads { // the end may have cut off one poll
		t.Errorf("the last value sealed is %d of %d read: the end was not flushed", last.Value.Uint(), reads)
	}
}
