package main

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/internal/clock"
	blockpress "github.com/lineproof/lineproof/lines/block-press"
	"github.com/lineproof/lineproof/record"
)

// TestABundleOfTheBlockLineVerifies lets a real agent read and seal the block line for an hour, as the line's
// configuration says: polls each second, a batch each ten. What it sealed happens again for six hours, or for LINEPROOF_YEAR
// (8760h is a year, of which the tape is a day), and the program verifies the bundle. It says what that took.
func TestABundleOfTheBlockLineVerifies(t *testing.T) {
	length, tape := 6*time.Hour, time.Hour
	if text := os.Getenv("LINEPROOF_YEAR"); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
		tape = 24 * time.Hour
	}
	begin := time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC) // a Monday at 06:00 in Hà Nội
	batches, cat := recorded(t, begin, tape)
	l := newLongBundle(t, blockpress.LineID, batches, cat, begin, tape)
	file := os.Getenv("LINEPROOF_YEAR_FILE")
	if file == "" {
		file = filepath.Join(t.TempDir(), "long.zip")
	}
	l.write(begin.Add(length), file)
	info, err := os.Stat(file)
	l.want(err)

	dir, err := programs()
	l.want(err)
	verify := exec.CommandContext(t.Context(), filepath.Join(dir, "lineproof"), "verify", file, "--ledger", l.ledger, "--lang", "en")
	begun := time.Now()
	out, err := verify.CombinedOutput()
	took := time.Since(begun)
	if err != nil || !strings.Contains(string(out), "Every check holds") {
		t.Fatalf("%v\n%s", err, out)
	}
	used := verify.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := verify.ProcessState.UserTime() + verify.ProcessState.SystemTime()
	t.Logf("%s: %d batches, %.0f MB: verified in %.1f s on %d cores, with %.1f s of processor, %.1f µs a batch, and %d MB of memory",
		length, l.batches, float64(info.Size())/1e6, took.Seconds(), runtime.GOMAXPROCS(0), cpu.Seconds(), cpu.Seconds()*1e6/float64(l.batches), used.Maxrss>>10)
	if length == 365*24*time.Hour && took > 30*time.Second {
		t.Errorf("%.1f s, want less than 30", took.Seconds())
	}
	// What the kernel reports begins with the memory of whoever starts a program: of a short one it tells nothing.
	if os.Getenv("LINEPROOF_YEAR") != "" && used.Maxrss>>10 > 200 {
		t.Errorf("%d MB of memory, want less than 200", used.Maxrss>>10)
	}
}

// recorded lets an agent work from a time on for so long, and gives what it sealed.
func recorded(t *testing.T, begin time.Time, length time.Duration) (batches []record.Batch, cat record.Catalogue) {
	t.Helper()
	hall := openVirtualHall(t, t.TempDir(), begin, "every: 1s")
	moving := &movable{}
	moving.set(clock.NewVirtual(begin, 2))
	cfg := hall.collector()
	server, err := collector.Open(t.Context(), cfg, collector.Options{Clock: moving, Logger: slog.New(slog.DiscardHandler), App: os.DirFS(hall.dir)})
	if err != nil {
		t.Fatal(err)
	}
	run, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(run) }()
	hall.work("tcp://"+server.MQTTAddr(), begin, length, 10*time.Second, spool.Options{}, func(a *edge.Agent) {
		sealed, _ := a.Progress()
		if err := a.WaitReceived(t.Context(), sealed); err != nil {
			t.Fatal(err)
		}
	})
	end()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), filepath.Join(cfg.Dir, "ledger"), cfg.Origin)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	keys := record.Keyring{}
	for id, g := range cfg.Gateways {
		keys.Add(id, []byte(g.Key))
	}
	for e, err := range l.Entries(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		b, err := record.Open(e.Sealed, keys)
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Catalogue) > 0 {
			if cat, err = record.DecodeCatalogue(b.Catalogue); err != nil {
				t.Fatal(err)
			}
		}
		if !b.SealedAt.After(begin.Add(length)) {
			batches = append(batches, b)
		}
	}
	return batches, cat
}
