package modbus

import (
	"syscall"
	"testing"
	"time"

	"github.com/lineproof/lineproof/drivers/drivertest"
	"github.com/lineproof/lineproof/record"
)

const patient = record.Duration(500 * time.Millisecond)

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

func TestConformanceTCP(t *testing.T) {
	p := startPLC(t, schemeTCP)
	h := conforming("tcp://" + p.address())
	h.Cut = func(testing.TB) { p.kill() }
	stopAndGoOn(&h, p, func() { p.restart(t) })
	drivertest.Run(t, h)
}

func TestConformanceRTUOverTCP(t *testing.T) {
	p := startPLC(t, schemeRTUOverTCP)
	h := conforming("rtuovertcp://" + p.address())
	h.Cut = func(testing.TB) { p.kill() }
	stopAndGoOn(&h, p, func() { p.restart(t) })
	drivertest.Run(t, h)
}

func TestConformanceSerial(t *testing.T) {
	s := startSerialPLC(t)
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
