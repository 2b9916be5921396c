package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/edge/edgetest"
	"github.com/lineproof/lineproof/edge/spool"
	blockpress "github.com/lineproof/lineproof/lines/block-press"
)

// weekInAMinute is how fast a backlog has to go: 60,480 batches of ten seconds in a minute.
const weekInAMinute = 7 * 24 * 3600 / 10 / 60.0

// TestABacklogDrainsWhileLiveValuesFlow lets an agent seal for a day, or for LINEPROOF_DRAIN, without a network.
// Then agent, broker and collector run as processes, with the plant: everything goes through at a week a minute,
// and the page sees what the press does all the while.
func TestABacklogDrainsWhileLiveValuesFlow(t *testing.T) {
	away := 24 * time.Hour
	if text := os.Getenv("LINEPROOF_DRAIN"); text != "" {
		var err error
		if away, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	if memory, err := os.MkdirTemp("/dev/shm", "lineproof-drain-"); err == nil { // a week of syncs takes long on a disk
		dir = memory
		t.Cleanup(func() { os.RemoveAll(memory) })
	}
	begin := time.Now().Add(-away).Truncate(time.Second)
	hall := openVirtualHall(t, dir, begin, "every: 10s")
	var sealed uint64
	hall.work("tcp://127.0.0.1:9", begin, away, 10*time.Second, spool.Options{}, func(a *edge.Agent) { sealed, _ = a.Progress() })

	broker := edgetest.StartBroker(t)
	sim := start(t, "lineproof", "sim", "--line", "block-press", "--listen", "127.0.0.1:0")
	plant := sim.says(`^modbus: tcp://(.+)$`)
	agentFile, serveFile := filepath.Join(dir, "agent.yaml"), filepath.Join(dir, "collector.yaml")
	write(t, agentFile, strings.NewReplacer("tcp://127.0.0.1:1883", broker.URL, "/var/lib/lineproof-edge", filepath.Join(dir, "agent")).
		Replace(string(withAddress(blockpress.Config(), plant))))
	key := strings.Fields(start(t, "lineproof-edge", "key", "--config", agentFile).says(`(huu-lung-01 .+)`))
	write(t, serveFile, fmt.Sprintf("dir: %s\nhttp: 127.0.0.1:0\nbroker: {url: %q}\ngateways:\n  %s: {key: %s}\n", t.TempDir(), broker.URL, key[0], key[1]))
	base := start(t, "lineproof", "serve", "--config", serveFile).says(`^pages: +(http://.+)$`)

	begun := time.Now()
	start(t, "lineproof-edge", "run", "--config", agentFile)
	shown, longest, last := 0, time.Duration(0), time.Now()
	var took time.Duration
	watch(t, func() string { return base }, "block-line", func(now board.LiveEvent) bool {
		if len(now.Values) > 0 {
			longest, last = max(longest, time.Since(last)), time.Now()
			shown++
		}
		g := get[struct{ Gateways []board.Gateway }](t, base+"/api/v1/gateways").Gateways[0]
		if took = time.Since(begun); g.Stored >= sealed {
			return true
		}
		return false
	})
	rate := float64(sealed) / took.Seconds()
	t.Logf("%d batches of %s in %.1f s: %.0f a second, %.1f times what a week in a minute needs; %d live events, at most %s apart",
		sealed, away, took.Seconds(), rate, rate/weekInAMinute, shown, longest.Round(time.Millisecond))
	want := weekInAMinute
	if os.Getenv("LINEPROOF_DRAIN") == "" { // other tests run beside this one
		want /= 4
	}
	if rate < want {
		t.Errorf("%.0f batches a second, want %.0f", rate, want)
	}
	if longest > 12*time.Second { // everything is shown every ten seconds, even when nothing changes
		t.Errorf("nothing live was seen for %s", longest)
	}
}
