package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/edge/edgetest"
	blockpress "github.com/lineproof/lineproof/lines/block-press"
)

// TestAKeyTakesOverWhileTheAgentRuns, and what was sealed with either is the same again at a rebuild.
func TestAKeyTakesOverWhileTheAgentRuns(t *testing.T) {
	dir, broker := t.TempDir(), edgetest.StartBroker(t)
	plant := start(t, "lineproof", "sim", "--line", "block-press", "--listen", "127.0.0.1:0").says(`^modbus: tcp://(.+)$`)
	agentFile, serveFile := filepath.Join(dir, "agent.yaml"), filepath.Join(dir, "collector.yaml")
	write(t, agentFile, strings.NewReplacer("tcp://127.0.0.1:1883", broker.URL, "/var/lib/lineproof-edge", filepath.Join(dir, "agent"), "batch: 10s", "batch: 200ms").
		Replace(string(withAddress(blockpress.Config(), plant))))
	edgeKey := func(command string) []string {
		return strings.Fields(start(t, "lineproof-edge", command, "--config", agentFile).says(`(huu-lung-01 .+)`))
	}
	first := edgeKey("key")
	write(t, serveFile, fmt.Sprintf("dir: %s\nhttp: 127.0.0.1:0\nbroker: {url: %q}\ngateways:\n  %s: {key: %s}\n", filepath.Join(dir, "collector"), broker.URL, first[0], first[1]))
	server := start(t, "lineproof", "serve", "--config", serveFile)
	base := server.says(`^pages: +(http://.+)$`)
	agent := start(t, "lineproof-edge", "run", "--config", agentFile)
	more := func(n uint64) {
		t.Helper()
		want := uint64(0)
		watch(t, func() string { return base }, "block-line", func(board.LiveEvent) bool {
			g := get[struct{ Gateways []board.Gateway }](t, base+"/api/v1/gateways").Gateways[0]
			if len(g.Refused) > 0 {
				t.Fatalf("refused: %+v", g.Refused)
			}
			if want == 0 {
				want = g.Stored + n
			}
			return g.Stored >= want
		})
	}
	more(3)
	next := edgeKey("rotate-key")
	agent.says("the next key has taken over")
	more(5)
	if now := edgeKey("key"); now[1] != next[1] || now[1] == first[1] {
		t.Errorf("the key is %s, want %s", now[1], next[1])
	}
	agent.interrupt()
	agent = start(t, "lineproof-edge", "run", "--config", agentFile)
	more(3)
	agent.interrupt()
	server.interrupt()
	start(t, "lineproof", "rebuild", "--config", serveFile).says("the views were as the ledger says")
}
