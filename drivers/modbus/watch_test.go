package modbus

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// watcher stands between drivers and a PLC and writes down the requests. It may take only one client, and
// may be as slow as a line.
type watcher struct {
	plc      string
	rtu      bool
	ln       net.Listener
	single   bool                      // a second client is turned away
	pace     func(n int) time.Duration // what n bytes take; nil: nothing
	conns    sync.WaitGroup
	mu       sync.Mutex
	requests []string
	times    []time.Time // of the requests
	clients  int
	refused  int
}

func watchRequests(t *testing.T, p *plc) *watcher {
	t.Helper()
	w := newWatcher(t, p)
	w.start(t)
	return w
}

func newWatcher(t *testing.T, p *plc) *watcher {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return &watcher{plc: p.address(), rtu: p.how == schemeRTUOverTCP, ln: ln}
}

func (w *watcher) start(t *testing.T) {
	w.conns.Go(w.accept)
	t.Cleanup(func() {
		_ = w.ln.Close()
		w.conns.Wait()
	})
}

func (w *watcher) address() string { return w.ln.Addr().String() }

func (w *watcher) accept() {
	for {
		c, err := w.ln.Accept()
		if err != nil {
			return
		}
		if !w.admit() {
			_ = c.Close()
			continue
		}
		w.conns.Go(func() {
			defer w.dismiss()
			defer func() { _ = c.Close() }()
			up, err := net.Dial("tcp", w.plc)
			if err != nil {
				return
			}
			defer func() { _ = up.Close() }()
			w.conns.Go(func() {
				w.answers(c, up)
				_ = c.Close()
			})
			w.forward(up, c)
		})
	}
}

func (w *watcher) admit() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.single && w.clients > 0 {
		w.refused++
		return false
	}
	w.clients++
	return true
}

func (w *watcher) dismiss() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clients--
}

// forward passes requests on, one frame at a time.
func (w *watcher) forward(up io.Writer, c io.Reader) {
	size := 12
	if w.rtu {
		size = requestRTU
	}
	b := make([]byte, size)
	for {
		if _, err := io.ReadFull(c, b); err != nil {
			return
		}
		w.note(b)
		w.slow(len(b))
		if _, err := up.Write(b); err != nil {
			return
		}
	}
}

// answers passes on what comes back.
func (w *watcher) answers(c io.Writer, up io.Reader) {
	b := make([]byte, maxRTU)
	for {
		n, err := up.Read(b)
		if err != nil {
			return
		}
		w.slow(n)
		if _, err := c.Write(b[:n]); err != nil {
			return
		}
	}
}

// slow is the wire's own time: what the test is about, and nothing that it waits for.
func (w *watcher) slow(n int) {
	if w.pace != nil {
		<-time.After(w.pace(n))
	}
}

func (w *watcher) note(request []byte) {
	unit, pdu := request[0], request[1:]
	if !w.rtu {
		unit, pdu = request[6], request[headerTCP:]
	}
	s := span{table: []table{1: coil, 2: discrete, 3: holding, 4: input}[pdu[0]],
		first: int(binary.BigEndian.Uint16(pdu[1:])), count: int(binary.BigEndian.Uint16(pdu[3:]))}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests = append(w.requests, fmt.Sprintf("%d: %s", unit, s))
	w.times = append(w.times, time.Now())
}

// take gives the requests since the last take.
func (w *watcher) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := strings.Join(w.requests, ", ")
	w.requests = nil
	return list
}
