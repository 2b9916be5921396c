package modbus

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

const hasty = 200 * time.Millisecond

// threeDevices share one connection: two parts of unit 1 and one of unit 2, all read by like requests.
func threeDevices(t *testing.T, url string) (opened []drivers.Driver, first []int) {
	t.Helper()
	kind := Kind()
	for _, d := range []struct{ unit, at int }{{1, 1000}, {1, 1100}, {2, 1000}} {
		c := kind().(*Config)
		c.URL, c.Unit, c.Timeout = url, d.unit, record.Duration(hasty)
		c.Points = map[string]Signal{}
		for i := range 10 {
			c.Points[fmt.Sprintf("r%d", i)] = holdingAt(d.at + i)
		}
		opened = append(opened, open(t, c))
		first = append(first, d.unit<<12+d.at)
	}
	return opened, first
}

// pollUnderFaults demands that no value is ever wrong, and that a poll without a fault loses none.
func pollUnderFaults(t *testing.T, x *proxy, url string, polls int, faults []fault) {
	t.Helper()
	const every = 20 // no divisor of three, so that every device gets every fault
	opened, first := threeDevices(t, url)
	lost := map[string]int{}
	for i := range polls {
		device := i % len(opened)
		name, harmless := "none since "+faults[(i/every+len(faults)-1)%len(faults)].name, true
		if i%every == every-1 {
			f := faults[i/every%len(faults)]
			name, harmless = f.name, f.harmless
			x.next.Store(&f)
		}
		readings, err := opened[device].Read(t.Context())
		if x.next.Load() != nil {
			t.Fatalf("poll %d: the fault %q was never met: %v", i, name, err)
		}
		for _, r := range readings {
			var n int
			if _, err := fmt.Sscanf(r.Signal, "r%d", &n); err != nil {
				t.Fatal(err)
			}
			want := record.IntValue(int64(first[device] + n))
			if r.Quality == record.Good && r.Value != want {
				t.Fatalf("poll %d, fault %q: %s of device %d is %s, want %s", i, name, r.Signal, device, r.Value, want)
			}
			if r.Quality != record.Good && harmless {
				t.Fatalf("poll %d, fault %q: %s is lost: %v", i, name, r.Signal, err)
			}
		}
		if err != nil {
			lost[name]++
		}
	}
	t.Logf("%d polls, lost by fault: %v", polls, lost)
	for _, name := range []string{"truncated", "late", "busy"} {
		if lost[name] == 0 {
			t.Errorf("no poll was lost by %q: the proxy does not do what it should", name)
		}
	}
}

func TestFaultsTCP(t *testing.T) {
	t.Parallel()
	x := startProxy(t, startPLC(t, schemeTCP))
	pollUnderFaults(t, x, "tcp://"+x.address(), 2000, tcpFaults())
}

func TestFaultsRTUOverTCP(t *testing.T) {
	t.Parallel()
	x := startProxy(t, startPLC(t, schemeRTUOverTCP))
	pollUnderFaults(t, x, "rtuovertcp://"+x.address(), 500, append(rtuFaults(hasty), fault{"cut", false, cut}))
}

func TestFaultsSerial(t *testing.T) {
	t.Parallel()
	x := startProxy(t, startPLC(t, schemeRTUOverTCP))
	line := filepath.Join(t.TempDir(), "gateway")
	start(t, "starting data transfer loop", "socat", "-d", "-d", "PTY,raw,echo=0,link="+line, "TCP:"+x.address())
	pollUnderFaults(t, x, "rtu://"+line+"?baud=115200", 500, rtuFaults(hasty))
}

func TestIdleConnectionClosedByDeviceCostsNoPoll(t *testing.T) {
	for _, scheme := range []string{schemeTCP, schemeRTUOverTCP} {
		t.Run(scheme, func(t *testing.T) {
			p := startPLC(t, scheme)
			d := open(t, device(scheme+"://"+p.address(), map[string]Signal{"a": holdingAt(1000)}))
			for range 2 {
				if _, err := d.Read(t.Context()); err != nil {
					t.Fatal(err)
				}
				p.kill()
				p.restart(t)
			}
		})
	}
}

// TestStaleBytesAreNotTaken: an answer of the very form that is awaited already lies on the line.
func TestStaleBytesAreNotTaken(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	far, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = far.Close() }()
	if !send(far, rtu(t, "01 03 04 0001 0001")) {
		t.Fatal("cannot send")
	}
	want := rtu(t, "01 03 04 0002 0002")
	answered := make(chan bool, 1)
	go func() {
		_, err := io.ReadFull(far, make([]byte, requestRTU))
		answered <- err == nil && send(far, want)
	}()
	f := &rtuFraming{}
	f.attach(c)
	got, err := f.exchange(t.Context(), rtu(t, "01 03 0064 0002"), 10*time.Second)
	if err != nil || !bytes.Equal(got, want) || !<-answered {
		t.Errorf("got % x, %v, want % x", got, err, want)
	}
}

func TestOnlyReadsAreSent(t *testing.T) {
	for _, scheme := range []string{schemeTCP, schemeRTU} {
		l := newLink(endpoint{scheme: scheme}, time.Now)
		for function := range 256 {
			request := make([]byte, 12)
			request[1], request[7] = byte(function), byte(function)
			l.framing.attach(unusable{})
			_, err := l.framing.exchange(context.Background(), request, hasty)
			reads := function >= 1 && function <= 4
			if refused := err != nil && strings.Contains(err.Error(), "only reads"); refused == reads {
				t.Errorf("%s: function %d: %v", scheme, function, err)
			}
		}
	}
}

// unusable is a connection on which nothing can be sent.
type unusable struct{ conn }

func (unusable) SetDeadline(time.Time) error { return context.Canceled }
