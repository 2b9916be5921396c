package modbus

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// proxy stands between a driver and a PLC, and spoils the answers it is told to.
type proxy struct {
	plc   string
	rtu   bool
	next  atomic.Pointer[fault] // for the next answer
	ln    net.Listener
	conns sync.WaitGroup
	late  chan []byte // answers held back until the next request
	mu    sync.Mutex
	rand  *rand.Rand
}

// fault spoils one answer; c is where it should have gone. It tells whether the connection goes on.
type fault struct {
	name     string
	harmless bool // costs not even the poll that it meets
	spoil    func(p *proxy, c io.Writer, answer []byte) (goesOn bool)
}

func startProxy(t *testing.T, p *plc) *proxy {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x := &proxy{
		plc: p.address(), rtu: p.how == schemeRTUOverTCP, ln: ln,
		late: make(chan []byte, 1), rand: rand.New(rand.NewPCG(1, 2)),
	}
	x.conns.Go(x.accept)
	t.Cleanup(func() {
		_ = ln.Close()
		x.conns.Wait()
	})
	return x
}

func (x *proxy) address() string { return x.ln.Addr().String() }

func (x *proxy) accept() {
	for {
		c, err := x.ln.Accept()
		if err != nil {
			return
		}
		x.conns.Go(func() {
			defer func() { _ = c.Close() }()
			up, err := net.Dial("tcp", x.plc)
			if err != nil {
				return
			}
			defer func() { _ = up.Close() }()
			x.serve(c, up)
		})
	}
}

func (x *proxy) serve(c, up net.Conn) {
	for {
		request, err := x.request(c)
		if err != nil {
			return
		}
		select {
		case held := <-x.late:
			_, _ = c.Write(held)
		default:
		}
		if _, err := up.Write(request); err != nil {
			return
		}
		answer, err := x.answer(up, request)
		if err != nil {
			return
		}
		f := x.next.Swap(nil)
		if f == nil {
			_, _ = c.Write(answer)
		} else if !f.spoil(x, c, answer) {
			return
		}
	}
}

func (x *proxy) request(c net.Conn) ([]byte, error) {
	size := 12
	if x.rtu {
		size = requestRTU
	}
	b := make([]byte, size)
	_, err := io.ReadFull(c, b)
	return b, err
}

func (x *proxy) answer(up net.Conn, request []byte) ([]byte, error) {
	pdu, overhead := request[1:], overheadRTU
	if !x.rtu {
		pdu, overhead = request[headerTCP:], headerTCP+2
	}
	b := make([]byte, overhead+byteCount(pdu))
	_, err := io.ReadFull(up, b)
	return b, err
}

// changed is the answer with other values and what change makes of it, with a sound checksum.
func (x *proxy) changed(answer []byte, change func(b []byte) []byte) []byte {
	b := slices.Clone(answer)
	from, to := 9, len(b)
	if x.rtu {
		from, to = 3, len(b)-2
	}
	for i := from; i < to; i++ {
		b[i] ^= 0x55
	}
	b = change(b)
	if x.rtu {
		return binary.LittleEndian.AppendUint16(b[:len(b)-2], crc16(b[:len(b)-2]))
	}
	binary.BigEndian.PutUint16(b[4:], uint16(len(b)-6))
	return b
}

func (x *proxy) random(n int) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.rand.IntN(n)
}

func (x *proxy) noise(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(x.random(256))
	}
	return b
}

func send(c io.Writer, frames ...[]byte) bool {
	_, err := c.Write(slices.Concat(frames...))
	return err == nil
}

// anyFaults spoil both kinds of frames.
func anyFaults(timeout time.Duration) []fault {
	return []fault{
		{"slow", true, func(_ *proxy, c io.Writer, a []byte) bool {
			<-time.After(timeout / 4) // the fault itself
			return send(c, a)
		}},
		{"in pieces", true, func(_ *proxy, c io.Writer, a []byte) bool {
			return send(c, a[:2]) && send(c, a[2:7]) && send(c, a[7:])
		}},
		{"doubled", true, func(_ *proxy, c io.Writer, a []byte) bool { return send(c, a, a) }},
		{"truncated", false, func(x *proxy, c io.Writer, a []byte) bool { return send(c, a[:1+x.random(len(a)-1)]) }},
		{"garbage first", false, func(x *proxy, c io.Writer, a []byte) bool { return send(c, x.noise(20), a) }},
		{"garbage only", false, func(x *proxy, c io.Writer, _ []byte) bool { return send(c, x.noise(300)) }},
	}
}

// cuts end the connection.
func cuts() []fault {
	return []fault{
		{"cut", true, func(*proxy, io.Writer, []byte) bool { return false }},
		{"cut within the answer", false, func(x *proxy, c io.Writer, a []byte) bool {
			send(c, a[:1+x.random(len(a)-1)])
			return false
		}},
	}
}

// exceptions 5 acknowledge, 6 busy, 10 gateway path unavailable and 11 gateway target did not respond.
func refusals(exception func(a []byte, code byte) []byte) (list []fault) {
	for _, code := range []byte{5, 6, 10, 11} {
		list = append(list, fault{fmt.Sprintf("exception %d", code), false, func(_ *proxy, c io.Writer, a []byte) bool {
			return send(c, exception(a, code))
		}})
	}
	return list
}

func tcpFaults(timeout time.Duration) []fault {
	before := func(change func(b []byte) []byte) func(*proxy, io.Writer, []byte) bool {
		return func(x *proxy, c io.Writer, a []byte) bool { return send(c, x.changed(a, change), a) }
	}
	exception := func(a []byte, code byte) []byte { return slices.Concat(a[:4], []byte{0, 3, a[6], a[7] | 0x80, code}) }
	return slices.Concat(anyFaults(timeout), cuts(), refusals(exception), []fault{
		{"late", false, func(x *proxy, _ io.Writer, a []byte) bool {
			x.late <- x.changed(a, func(b []byte) []byte { return b })
			return true
		}},
		{"foreign transaction", true, before(func(b []byte) []byte { b[1]++; return b })},
		{"foreign unit", true, before(func(b []byte) []byte { b[6]++; return b })},
		{"foreign function", false, before(func(b []byte) []byte { b[7]++; return b })},
		{"other protocol", false, before(func(b []byte) []byte { b[2]++; return b })},
		{"fewer registers", false, before(func(b []byte) []byte { b[8] -= 2; return b[:len(b)-2] })},
		{"wrong byte count", false, before(func(b []byte) []byte { b[8]++; return b })},
		{"broken header", false, func(x *proxy, c io.Writer, a []byte) bool {
			b := x.changed(a, func(b []byte) []byte { return b })
			b[x.random(9)] ^= byte(1 + x.random(255))
			return send(c, b)
		}},
	})
}

// rtuFaults spoil frames that belong to requests with the given timeout.
func rtuFaults(timeout time.Duration) []fault {
	before := func(change func(b []byte) []byte) func(*proxy, io.Writer, []byte) bool {
		return func(x *proxy, c io.Writer, a []byte) bool { return send(c, x.changed(a, change), a) }
	}
	exception := func(a []byte, code byte) []byte {
		b := []byte{a[0], a[1] | 0x80, code}
		return binary.LittleEndian.AppendUint16(b, crc16(b))
	}
	return slices.Concat(anyFaults(timeout), refusals(exception), []fault{
		{"late", false, func(x *proxy, c io.Writer, a []byte) bool {
			<-time.After(timeout * 3 / 2) // the fault itself; the driver has given up by then
			return send(c, x.changed(a, func(b []byte) []byte { return b }))
		}},
		{"foreign unit", true, before(func(b []byte) []byte { b[0]++; return b })},
		{"foreign function", true, before(func(b []byte) []byte { b[1]++; return b })},
		{"fewer registers", true, before(func(b []byte) []byte { b[2] -= 2; return b[:len(b)-2] })},
		{"broken byte", false, func(x *proxy, c io.Writer, a []byte) bool {
			b := slices.Clone(a)
			b[x.random(len(b))] ^= byte(1 + x.random(255))
			return send(c, b)
		}},
	})
}
