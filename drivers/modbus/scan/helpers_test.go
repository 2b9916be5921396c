package scan

import (
	"cmp"
	"context"
	"maps"
	"net"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/lines/plc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var tables = map[plc.Table]modbus.Table{plc.Holding: modbus.Holding, plc.Input: modbus.Input}

func sorted[V any](m map[Place]V) []Place {
	return slices.SortedFunc(maps.Keys(m), func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Address, b.Address))
	})
}

// serve answers for units over Modbus TCP until the test ends.
func serve(t *testing.T, units map[uint8]plc.Unit) (url string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := plc.Serve(ctx, ln, units); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		done.Wait()
	})
	return "tcp://" + ln.Addr().String()
}

// probe is closed when the test ends.
func probe(t *testing.T, url string) *modbus.Probe {
	t.Helper()
	p, err := modbus.NewProbe(url, serialTimeout)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// shared is an image that may be written to while it is read.
type shared struct {
	mu    sync.Mutex
	image *plc.Image
}

func (s *shared) Read(t plc.Table, at, count uint16) ([]uint16, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.image.Read(t, at, count)
}

func (s *shared) change(write func(*plc.Image)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	write(s.image)
}
