package modbus

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

const hasty = 200 * time.Millisecond

// threeDevices share one connection: two parts of unit 1 and one of unit 2, all read by like requests.
func threeDevices(t *testing.T, url string, timeout time.Duration) (opened []drivers.Driver, first []int) {
	t.Helper()
	kind := Kind()
	for _, d := range []struct{ unit, at int }{{1, 1000}, {1, 1100}, {2, 1000}} {
		c := kind().(*Config)
		c.URL, c.Unit, c.Timeout = url, d.unit, record.Duration(timeout)
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
func pollUnderFaults(t *testing.T, x *proxy, url string, timeout time.Duration, polls int, faults []fault) {
	t.Helper()
	const every = 20 // no divisor of three, so that every device gets every fault
	opened, first := threeDevices(t, url, timeout)
	lost, values := map[string]int{}, 0
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
			if r.Quality == record.Good {
				values++
			}
			if r.Quality != record.Good && harmless {
				t.Fatalf("poll %d, fault %q: %s is lost: %v", i, name, r.Signal, err)
			}
		}
		if err != nil {
			lost[name]++
		}
	}
	t.Logf("%d polls, %d values, none wrong; polls lost by fault: %v", polls, values, lost)
	for _, name := range []string{"truncated", "late", "exception 6", "exception 11"} {
		if lost[name] == 0 {
			t.Errorf("no poll was lost by %q: the proxy does not do what it should", name)
		}
	}
}

// totalPolls is how many polls the tests under faults make in all, and how long each waits for an answer.
// LINEPROOF_POLLS gives another number, for which a busy machine must not once be slower than that.
func totalPolls(t *testing.T) (polls int, timeout time.Duration) {
	text := os.Getenv("LINEPROOF_POLLS")
	if text == "" {
		return 2800, hasty
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n, 3 * hasty
}

// TestFaults polls servers that were made elsewhere through a proxy that spoils every twentieth answer.
func TestFaults(t *testing.T) {
	total, timeout := totalPolls(t)
	for _, c := range []struct {
		name   string
		server func(testing.TB) server
		how    string
		serial bool    // by a serial line to the proxy
		part   float64 // of all polls
		faults []fault
	}{
		{"pymodbus tcp", pymodbus, schemeTCP, false, 0.4, tcpFaults(timeout)},
		{"libmodbus tcp", libmodbus, schemeTCP, false, 0.2, tcpFaults(timeout)},
		{"node tcp", node, schemeTCP, false, 0.2, tcpFaults(timeout)},
		{"pymodbus rtuovertcp", pymodbus, schemeRTUOverTCP, false, 0.1, append(rtuFaults(timeout), cuts()...)},
		{"pymodbus rtu", pymodbus, schemeRTUOverTCP, true, 0.1, rtuFaults(timeout)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := startProxy(t, startServer(t, c.server(t), c.how))
			url := c.how + "://" + x.address()
			if c.serial {
				line := filepath.Join(t.TempDir(), "gateway")
				start(t, "starting data transfer loop", "socat", "-d", "-d", "PTY,raw,echo=0,link="+line, "TCP:"+x.address())
				url = "rtu://" + line + "?baud=115200"
			}
			pollUnderFaults(t, x, url, timeout, max(int(c.part*float64(total)), 400), c.faults)
		})
	}
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
			for mei := range 256 {
				request := make([]byte, 12)
				request[1], request[7] = byte(function), byte(function)
				request[2], request[8] = byte(mei), byte(mei)
				l.framing.attach(unusable{})
				_, err := l.framing.exchange(context.Background(), request, hasty)
				reads := function >= 1 && function <= 4 || function == 43 && mei == 14
				if refused := err != nil && strings.Contains(err.Error(), "only reads"); refused == reads {
					t.Errorf("%s: function %d, then %d: %v", scheme, function, mei, err)
				}
			}
		}
	}
}

// unusable is a connection on which nothing can be sent.
type unusable struct{ conn }

func (unusable) SetDeadline(time.Time) error { return context.Canceled }
