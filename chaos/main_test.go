// Package chaos runs a plant, an agent, a broker, a collector and a database as processes, does to them
// what happens to such things in a workshop, in an order drawn from a seed, and then compares what the
// collector says with what the plant knows.
//
// The plant is simulated and keeps its own books. They depend on its seed and its start alone, so they are
// worked out here once more, by nobody who has seen a reading.
//
// What is held against them at the end, for each machine: all that was made, rejected and used, to the
// unit; the count at the end of each minute, to within a poll; what the machine did at every moment at
// which it was observed, to within a poll; and that every moment that was not observed lies in a fault
// that explains it. In the ledger each batch is there once and no number is missing that the gateway has
// not owned up to, and views made again from it are the same.
package chaos

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

func TestMain(m *testing.M) {
	if code, ok := asAgent(); ok {
		os.Exit(code)
	}
	code := m.Run()
	if dir := built; dir != "" {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// built is where program has put what it built; "" before.
var built string

// program builds the collector's program, which is also the plant's, once for all tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lineproof-chaos-")
	if err != nil {
		return "", err
	}
	built = dir
	out, err := exec.Command("go", "build", "-o", dir, "../cmd/lineproof").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return filepath.Join(dir, "lineproof"), nil
})
