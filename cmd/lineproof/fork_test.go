package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/cosign"
	"github.com/lineproof/lineproof/collector/ledger"
)

// TestARewrittenLedgerIsFound: whoever runs the collector makes a ledger of their own under the same key, as
// long as the true one, and shows it with fresh checkpoints. Two witnesses refuse it. The agent keeps its batches and says
// so, on its log, on the collector's page and in the doctor's report, until a person accepts that ledger.
func TestARewrittenLedgerIsFound(t *testing.T) {
	l := openBlockLine(t)
	one, two := l.witness("one.example"), l.witness("two.example")
	l.collector.interrupt()
	l.configure("witnesses: {quorum: 2, every: 1s, list: [%s, %s]}\n", one.entry, two.entry)
	l.serve()
	l.until("lineproof_batches_total", 3)
	l.witnesses("both cosign", func(s cosign.Cosigning) bool { return s.Met && s.Size >= 3 })
	l.gateway("the gateway remembers the ledger", func(g board.Gateway) bool { return g.Ledger != nil && g.Ledger.Size > 0 })
	l.collector.interrupt()
	other := rewrite(t, l.dir)
	config, err := os.ReadFile(l.serveFile)
	if err != nil {
		t.Fatal(err)
	}
	write(t, l.serveFile, strings.Replace(string(config), "gateways:\n", fmt.Sprintf("gateways:\n  %s: {key: %s}\n",
		other.Name, base64.StdEncoding.EncodeToString(other.Public())), 1))
	l.serve()
	s := l.witnesses("both refuse", func(s cosign.Cosigning) bool {
		return s.Witnesses[0].Is == cosign.Refused && s.Witnesses[1].Is == cosign.Refused
	})
	if s.Met || s.Cosigned != 0 || !strings.Contains(s.Witnesses[0].Says, "does not extend what it cosigned") {
		t.Errorf("%+v", s)
	}
	l.collector.says("a witness says that this ledger does not extend what it cosigned")
	one.says("the ledger does not extend what this witness cosigned")
	two.says("the ledger does not extend what this witness cosigned")
	l.agent.says("the collector's ledger is refused")
	g := l.gateway("the page says so", func(g board.Gateway) bool { return g.Ledger != nil && g.Ledger.Refused != "" })
	if !strings.Contains(g.Ledger.Refused, "do not begin with the") || g.Stored != 0 {
		t.Errorf("%+v, %d stored", g.Ledger, g.Stored)
	}
	start(t, "lineproof-edge", "doctor", "--config", l.agentFile).says("the collector's ledger is refused since")
	accept := start(t, "lineproof-edge", "accept-ledger", "--config", l.agentFile)
	accept.says("do not begin with the")
	accept.says("To accept it: add --yes")
	start(t, "lineproof-edge", "accept-ledger", "--yes", "--config", l.agentFile).says("^Accepted")
	l.gateway("it goes on", func(g board.Gateway) bool { return g.Ledger != nil && g.Ledger.Refused == "" && g.Stored > 3 })
	l.agent.interrupt()
	l.collector.interrupt()
	one.interrupt()
	two.interrupt()
}

// cosigner is a witness as a process.
type cosigner struct {
	*process
	entry string // for the collector's configuration
}

// witness makes a witness and lets it run.
func (l *blockLine) witness(name string) cosigner {
	l.t.Helper()
	dir := filepath.Join(l.t.TempDir(), "witness")
	key := start(l.t, "lineproof", "witness", "init", "--dir", dir, "--name", name).says(`^ +(\S+\+[0-9a-f]{8}\+\S+)$`)
	file := filepath.Join(l.t.TempDir(), "witness.yaml")
	write(l.t, file, fmt.Sprintf("listen: 127.0.0.1:0\ndir: %s\nledgers: [%s]\n", dir, l.verifier))
	p := start(l.t, "lineproof", "witness", "--config", file)
	return cosigner{p, fmt.Sprintf("{url: %q, key: %q}", p.says(`^witness: (http://.+)$`), key)}
}

// configure adds to the collector's configuration.
func (l *blockLine) configure(format string, values ...any) {
	l.t.Helper()
	config, err := os.ReadFile(l.serveFile)
	if err != nil {
		l.t.Fatal(err)
	}
	write(l.t, l.serveFile, string(config)+fmt.Sprintf(format, values...))
}

// witnesses waits until the witnesses stand so to the ledger.
func (l *blockLine) witnesses(what string, enough func(cosign.Cosigning) bool) (s cosign.Cosigning) {
	l.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		if s = get[cosign.Cosigning](l.t, l.base+"/api/v1/ledger/witnesses"); enough(s) {
			return s
		}
		if time.Now().After(deadline) {
			l.t.Fatalf("%s: did not happen: %+v", what, s)
		}
		time.Sleep(50 * time.Millisecond) // between two questions, not to wait for anything
	}
}

// gateway waits until the collector's page says enough of the gateway.
func (l *blockLine) gateway(what string, enough func(board.Gateway) bool) (g board.Gateway) {
	l.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		g = get[struct{ Gateways []board.Gateway }](l.t, l.base+"/api/v1/gateways").Gateways[0]
		if enough(g) {
			return g
		}
		if time.Now().After(deadline) {
			l.t.Fatalf("%s: did not happen: %+v", what, g)
		}
		time.Sleep(50 * time.Millisecond) // between two questions, not to wait for anything
	}
}

// rewrite puts a longer ledger of somebody else's batches in the place of a collector's, with its key, and lets its
// views follow from it.
func rewrite(t *testing.T, dir string) *collectortest.Gateway {
	t.Helper()
	folder := filepath.Join(dir, "ledger")
	checkpoint, err := os.ReadFile(filepath.Join(folder, "log", "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	batches, err := strconv.Atoi(strings.Split(string(checkpoint), "\n")[1])
	if err != nil {
		t.Fatal(err)
	}
	batches += 20
	keep := map[string][]byte{}
	for _, name := range []string{"signer.key", "signer.pub"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		keep[name] = text
	}
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range keep {
		write(t, filepath.Join(folder, name), string(text))
	}
	forged, err := ledger.Open(t.Context(), folder, "collector.example/lineproof")
	if err != nil {
		t.Fatal(err)
	}
	g := collectortest.NewGateway("huu-lung-02", collectortest.Morning)
	var sealed [][]byte
	for range batches {
		sealed = append(sealed, g.Work(t, time.Minute, collectortest.Execute, 4, 0))
	}
	if _, err := forged.Append(t.Context(), collectortest.Verify(t, collectortest.Keys(g), sealed...)); err != nil {
		t.Fatal(fmt.Errorf("forge: %w", err))
	}
	if err := forged.Close(); err != nil {
		t.Fatal(err)
	}
	return g
}
