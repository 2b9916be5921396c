package main

import (
	"context"
	"log/slog"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/internal/clock"
)

// TestMemoryStaysFlat runs agent and collector for simulated hours, each second polled and every ten seconds sealed
// as the block line does it. LINEPROOF_SOAK says for how long.
func TestMemoryStaysFlat(t *testing.T) {
	length := 3 * time.Hour
	if text := os.Getenv("LINEPROOF_SOAK"); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	begin := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) // a Monday, 07:00 in Hà Nội
	hall := openVirtualHall(t, t.TempDir(), begin, "every: 1s")
	moving := &movable{}
	moving.set(clock.NewVirtual(begin, 2))
	server, err := collector.Open(t.Context(), hall.collector(), collector.Options{Clock: moving, Logger: slog.New(slog.DiscardHandler), App: os.DirFS(hall.dir)})
	if err != nil {
		t.Fatal(err)
	}
	run, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(run) }()
	agent, c, stop := hall.agent("tcp://"+server.MQTTAddr(), begin, 10*time.Second, spool.Options{})
	moving.set(c)

	step := length / 12
	var heaps []uint64
	var goroutines []int
	for at := begin.Add(step); !at.After(begin.Add(length)); at = at.Add(step) {
		for now := at.Add(-step); now.Before(at); { // not so fast that the collector falls behind
			if now = now.Add(5 * time.Minute); now.After(at) {
				now = at
			}
			if err := c.SleepUntil(t.Context(), now); err != nil {
				t.Fatal(err)
			}
			sealed, _ := agent.Progress()
			waiting, cancel := context.WithTimeout(t.Context(), patience)
			err := agent.WaitReceived(waiting, sealed)
			cancel()
			if err != nil {
				t.Fatal(err)
			}
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		heaps, goroutines = append(heaps, m.HeapAlloc), append(goroutines, runtime.NumGoroutine())
		t.Logf("after %s: %.1f MB on the heap, %d goroutines", at.Sub(begin), float64(m.HeapAlloc)/1e6, runtime.NumGoroutine())
	}
	stop()
	end()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	// The plant's own books grow by 100 kB a day, and what closed hours add up to is remembered.
	first, last := heaps[2], heaps[len(heaps)-1]
	if last > first+4<<20 {
		t.Errorf("the heap grew from %.1f to %.1f MB", float64(first)/1e6, float64(last)/1e6)
	}
	if first, last := goroutines[2], goroutines[len(goroutines)-1]; last > first+4 {
		t.Errorf("%d goroutines became %d", first, last)
	}
}
