package modbus

import (
	"context"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lineproof/lineproof/drivers/drivertest"
	lines "github.com/lineproof/lineproof/lines/plc"
	"github.com/lineproof/lineproof/record"
)

const patient = record.Duration(250 * time.Millisecond)

func conforming(url string) drivertest.Harness {
	c := device(url, map[string]Signal{
		"cycles": {At: "holding 1000", Type: "uint32", Counter: true},
		"state":  {At: "holding 1010", States: map[int64]string{5106: "execute"}},
		"level":  {At: "31021"},
		"motor":  {At: "coil 6"},
		"door":   {At: "discrete 7"},
	})
	c.Timeout = patient
	return drivertest.Harness{
		Device: c,
		Want: map[string]record.Value{
			"cycles": record.IntValue(5096<<16 | 5097),
			"state":  record.IntValue(5106),
			"level":  record.IntValue(0x8000 | 4096 + 1020),
			"motor":  record.BoolValue(true),
			"door":   record.BoolValue(false),
		},
		Timeout:  patient.D() * 5 / 2,
		Recovery: 15 * time.Second,
	}
}

// TestConformance runs the suite of all drivers against servers that were made elsewhere.
func TestConformance(t *testing.T) {
	for _, c := range []struct {
		name   string
		server func(testing.TB) server
		how    []string
	}{
		{"pymodbus", pymodbus, []string{schemeTCP, schemeRTUOverTCP, schemeRTU}},
		{"libmodbus", libmodbus, []string{schemeTCP, schemeRTU}},
		{"node", node, []string{schemeTCP, schemeRTU}},
	} {
		for _, how := range c.how {
			t.Run(c.name+" "+how, func(t *testing.T) {
				if how == schemeRTU {
					conformsSerial(t, startSerialPLC(t, c.server(t)))
					return
				}
				p := startServer(t, c.server(t), how)
				h := conforming(how + "://" + p.address())
				h.Cut = func(testing.TB) { p.kill() }
				stopAndGoOn(&h, p, func() { p.restart(t) })
				drivertest.Run(t, h)
			})
		}
	}
}

// TestConformanceOfThePlant: the simulated plants' own server, which cannot be stopped without being gone.
func TestConformanceOfThePlant(t *testing.T) {
	image := &lines.Image{}
	image.Put32(lines.Holding, 1000, 5096<<16|5097, lines.ABCD)
	image.Put(lines.Holding, 1010, 5106)
	image.Put(lines.Input, 1020, 0x8000|4096+1020)
	image.Put(lines.Coils, 6, 1)
	image.Put(lines.Discrete, 7, 0)
	address, stop := "127.0.0.1:0", func() {}
	restore := func(t testing.TB) { address, stop = servePlant(t, address, map[uint8]lines.Unit{1: image}) }
	restore(t)
	h := conforming("tcp://" + address)
	h.Cut = func(testing.TB) { stop() }
	h.Restore = func(testing.TB) { restore(t) }
	drivertest.Run(t, h)
}

// servePlant answers for units until the test ends or stop is called.
func servePlant(t testing.TB, address string, units map[uint8]lines.Unit) (at string, stop func()) {
	t.Helper()
	ln, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := lines.Serve(ctx, ln, units); err != nil {
			t.Error(err)
		}
	})
	stop = sync.OnceFunc(func() {
		cancel()
		done.Wait()
	})
	t.Cleanup(stop)
	return ln.Addr().String(), stop
}

func conformsSerial(t *testing.T, s *serialPLC) {
	h := conforming("rtu://" + s.port() + "?baud=115200&parity=even&stop=1")
	h.Cut = func(testing.TB) { s.kill() }
	stopAndGoOn(&h, &s.plc, func() { s.restart(t) })
	drivertest.Run(t, h)
}

// stopAndGoOn makes the PLC silent by stopping its process, which then finds old requests waiting.
func stopAndGoOn(h *drivertest.Harness, p *plc, restart func()) {
	stopped := false
	h.Silence = func(t testing.TB) {
		p.signal(t, syscall.SIGSTOP)
		stopped = true
	}
	h.Restore = func(t testing.TB) {
		if !stopped {
			restart() // with the whole test's t, which it outlives the part that asks in
			return
		}
		p.signal(t, syscall.SIGCONT)
		stopped = false
	}
}
