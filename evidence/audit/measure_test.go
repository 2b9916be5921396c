package audit_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/evidence/audit"
)

// TestALongPeriod verifies a bundle of batches of ten seconds: of two hours, or of LINEPROOF_EVIDENCE_HOURS, and says
// what a year of them would take. What is held in memory must not grow with the period.
func TestALongPeriod(t *testing.T) {
	hours := 2
	if text := os.Getenv("LINEPROOF_EVIDENCE_HOURS"); text != "" {
		var err error
		if hours, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	h, file := long(t, hours)
	h.ledger = nil
	src, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	info, err := src.Stat()
	if err != nil {
		t.Fatal(err)
	}
	debug.FreeOSMemory()
	var batches, peak uint64
	begun, cpu := time.Now(), used(t)
	r, err := audit.Run(src, info.Size(), audit.Options{Ledger: h.verifier, Gateways: h.first, Progress: func(done, _ uint64) {
		if batches = done; done%4096 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(begun)
	cpu = used(t) - cpu
	if !r.OK() {
		t.Fatal(r.Text(english(t)))
	}
	year := float64(365*24) / float64(hours)
	t.Logf("%d hours, %d batches, %.1f MB: verified in %.1f s on %d cores with %.1f s of processor, %.0f µs a batch, at most %d MB of heap; a year: %.0f MB, %.0f s of processor",
		hours, batches, float64(info.Size())/1e6, took.Seconds(), runtime.GOMAXPROCS(0), cpu.Seconds(), cpu.Seconds()*1e6/float64(batches), peak>>20,
		float64(info.Size())/1e6*year, cpu.Seconds()*year)
	if peak > 200<<20 {
		t.Errorf("%d MB of heap, want less than 200", peak>>20)
	}
}

// used is what this process had of the processors, which others may share.
func used(t *testing.T) time.Duration {
	t.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// long is a ledger of work, and the file of its bundle.
func long(t *testing.T, hours int) (*history, string) {
	t.Helper()
	dir := t.TempDir()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	g.Gauge(8, 21)
	h := &history{main: g.Name, first: collectortest.Keys(g), keys: collectortest.Keys(g)}
	for n := range hours*360 + 60 {
		g.Pressure = 10 + float64(n%7)
		h.ledger = append(h.ledger, g.Work(t, 10*time.Second, collectortest.Execute, 1, uint64(n%50)/49))
	}
	h.config = collector.Config{Dir: dir, Origin: origin, HTTP: "127.0.0.1:0", MQTT: &collector.MQTT{Listen: "127.0.0.1:0"}, Gateways: map[string]collector.Gateway{}}
	for _, k := range h.first {
		h.config.Gateways[k.Gateway] = collector.Gateway{Key: collector.PublicKey(k.Public)}
	}
	if err := h.append(dir); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := collector.WriteBundle(t.Context(), h.config, options(), collectortest.Line(g.Name), collectortest.Morning, collectortest.Morning.Add(time.Duration(hours)*time.Hour), &out, func(string, uint64, uint64) {})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "PK") {
		t.Fatal("is no zip")
	}
	file := filepath.Join(dir, "bundle.zip")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return h, file
}
