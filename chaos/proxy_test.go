package chaos

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// way is how a proxy treats what goes through it.
type way int

const (
	pass   way = iota
	cut        // close what there is and what comes
	hole       // take everything and give nothing on; when it is healed, go on
	slow       // late, and few bytes a second
	lossy      // reset connections in the middle
	refuse     // answer HTTP with 503
)

const (
	slowDelay = 50 * time.Millisecond // of each piece
	slowBytes = 20_000                // a second
	lossyPart = 0.05                  // of all pieces end their connection
)

// proxy stands between a client and a server on loopback. Faults are piled up: the last one rules.
type proxy struct {
	ln     net.Listener
	target string

	mu      sync.Mutex
	faults  []*way
	changed chan struct{} // closed when the faults change
	rng     *rand.Rand
	open    map[net.Conn]bool
	work    sync.WaitGroup
}

// startProxy listens at an address until the test ends.
func startProxy(t testing.TB, listen, target string, seed uint64) *proxy {
	t.Helper()
	ln, err := net.Listen("tcp", listen)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{ln: ln, target: target, changed: make(chan struct{}), rng: rand.New(rand.NewPCG(seed, 7)), open: map[net.Conn]bool{}}
	ctx, stop := context.WithCancel(context.Background())
	p.work.Go(func() { p.accept(ctx) })
	t.Cleanup(func() {
		stop()
		ln.Close()
		p.closeAll()
		p.work.Wait()
	})
	return p
}

func (p *proxy) accept(ctx context.Context) {
	for {
		c, err := p.ln.Accept()
		if err != nil {
			return
		}
		p.work.Go(func() { p.serve(ctx, c) })
	}
}

// fault puts another way in force until heal is called.
func (p *proxy) fault(w way) (heal func()) {
	f := &w
	p.change(func() { p.faults = append(p.faults, f) })
	if w == cut || w == refuse {
		p.closeAll()
	}
	return func() {
		p.change(func() { p.faults = slices.DeleteFunc(p.faults, func(other *way) bool { return other == f }) })
		if w == refuse {
			p.closeAll()
		}
	}
}

func (p *proxy) change(how func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	how()
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *proxy) now() (way, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.faults) == 0 {
		return pass, p.changed
	}
	return *p.faults[len(p.faults)-1], p.changed
}

func (p *proxy) chance() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rng.Float64()
}

func (p *proxy) track(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[c] = true
}

// reset ends a connection without a goodbye.
func (p *proxy) reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	c.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, c)
}

func (p *proxy) closeAll() {
	p.mu.Lock()
	var all []net.Conn
	for c := range p.open {
		all = append(all, c)
	}
	p.mu.Unlock()
	for _, c := range all {
		p.reset(c)
	}
}

func (p *proxy) serve(ctx context.Context, client net.Conn) {
	p.track(client)
	defer p.reset(client)
	switch w, _ := p.now(); w {
	case cut:
		return
	case refuse:
		unavailable(client)
		return
	}
	server, err := net.DialTimeout("tcp", p.target, time.Second)
	if err != nil {
		return
	}
	p.track(server)
	defer p.reset(server)
	var both sync.WaitGroup
	for _, pair := range [][2]net.Conn{{client, server}, {server, client}} {
		both.Go(func() {
			p.copy(ctx, pair[1], pair[0])
			p.reset(client)
			p.reset(server)
		})
	}
	both.Wait()
}

// copy moves pieces as the faults let it.
func (p *proxy) copy(ctx context.Context, to, from net.Conn) {
	buffer := make([]byte, 16<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			if !p.admit(ctx, n) {
				return
			}
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// admit holds up a piece of n bytes; false ends the connection.
func (p *proxy) admit(ctx context.Context, n int) bool {
	for {
		w, changed := p.now()
		switch w {
		case cut:
			return false
		case lossy:
			return p.chance() > lossyPart
		case slow:
			select {
			case <-ctx.Done():
				return false
			case <-time.After(slowDelay + time.Duration(n)*time.Second/slowBytes):
			}
			return true
		case hole:
			select {
			case <-ctx.Done():
				return false
			case <-changed:
				continue
			}
		}
		return true
	}
}

// unavailable answers as a server that cannot now.
func unavailable(c net.Conn) {
	_ = c.SetDeadline(time.Now().Add(2 * time.Second))
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, r.Body)
	fmt.Fprint(c, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
		_, _ = io.Copy(io.Discard, c)
	}
}

// freePort finds a port that the system does not give to clients, so that a server that was killed finds
// its own free again.
func freePort(t testing.TB) int {
	t.Helper()
	for range 100 {
		port := 20_000 + rand.IntN(10_000)
		if ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			ln.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

func local(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
