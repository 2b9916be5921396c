package scan

import (
	"sync/atomic"
	"testing"
	"time"

	gomodbus "github.com/goburrow/modbus"
	"golang.org/x/sys/unix"

	"github.com/lineproof/lineproof/internal/serialtest"
)

func TestSweepFindsBaudAndUnitOnASerialLine(t *testing.T) {
	var asked atomic.Int32
	path := serialtest.Open(t, func(r serialtest.Request) (byte, []byte, bool) {
		asked.Add(1)
		switch {
		case r.Unit != 5 || r.Baud != unix.B19200:
			return 0, nil, false
		case r.Function == gomodbus.FuncCodeReadHoldingRegisters:
			return r.Function, []byte{2, 0x12, 0x34}, true
		}
		return serialtest.Exception(r, gomodbus.ExceptionCodeIllegalFunction)
	})
	s, err := NewSweep(Options{URL: "rtu://" + path, Units: []byte{1, 2, 3, 4, 5, 6}, Bauds: []int{9600, 19200, 4800}, Timeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if s.Requests() != 3*3*6 {
		t.Errorf("%d requests planned, want 54", s.Requests())
	}
	var last Progress
	began := time.Now()
	result, err := s.Run(t.Context(), nil, func(p Progress) { last = p })
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > s.Limit()+time.Second {
		t.Errorf("took %s where %s was said", took, s.Limit())
	}
	if len(result.Found) != 1 {
		t.Fatalf("found %+v", result.Found)
	}
	f := result.Found[0]
	if f.Unit != 5 || f.URL != "rtu://"+path+"?baud=19200&parity=none&stop=1" || f.Setting != "19200 8N1" {
		t.Errorf("found %+v", f)
	}
	if last.Done != 12 || last.All != 12 || last.Left != 0 {
		t.Errorf("%+v at the end: the other settings were tried after one answered", last)
	}
	if got := asked.Load(); got != 13 { // the last one for its identification
		t.Errorf("%d requests came, want 13", got)
	}
}
