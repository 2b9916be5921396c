package chaos

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// noTime explains what no fault does: plant, network or agent were ready to run and the computer let them wait.
const noTime = "this computer had no time"

const (
	lookAtLoad = 100 * time.Millisecond
	// waitedMost is how long the threads of one process may wait for a processor between two looks, all together,
	// before polls can be late by it.
	waitedMost = 100 * time.Millisecond
)

// watchLoad notes when one of the processes that a poll goes through waited for a processor, as the kernel says.
func (r *rig) watchLoad(ctx context.Context) {
	tick := time.NewTicker(lookAtLoad)
	defer tick.Stop()
	before, last := map[int]time.Duration{}, time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		worst := now.Sub(last) - lookAtLoad // the proxies are in this program
		for _, pid := range []int{r.sim.pid(), r.agent.pid(), os.Getpid()} {
			waited := waitedFor(pid)
			if was, ok := before[pid]; ok {
				worst = max(worst, waited-was)
			}
			before[pid] = waited
		}
		if worst > waitedMost {
			r.windows.add(noTime, last, now)
		}
		last = now
	}
}

// waitedFor is how long the threads of a process that there are have waited for a processor.
func waitedFor(pid int) (sum time.Duration) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		return 0
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		var ran, waited time.Duration
		if _, err := fmt.Sscan(string(text), &ran, &waited); err == nil {
			sum += waited
		}
	}
	return sum
}

func TestWaitedFor(t *testing.T) {
	if _, err := os.Stat("/proc/self/schedstat"); err != nil {
		t.Skip("the kernel does not tell")
	}
	done := make(chan struct{})
	for range 64 { // more than there are processors
		go func() {
			for {
				select {
				case <-done:
					return
				default:
				}
			}
		}()
	}
	defer close(done)
	eventually(t, 30*time.Second, "threads wait", func() error {
		if waitedFor(os.Getpid()) == 0 {
			return fmt.Errorf("none waited")
		}
		return nil
	})
}
