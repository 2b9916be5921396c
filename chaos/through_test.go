package chaos

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// echo answers each connection with what it says.
func echo(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	return ln.Addr().String()
}

func dial(t *testing.T, p *proxy) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// say sends a word and gives what comes back within a time, "" for nothing.
func say(c net.Conn, word string, within time.Duration) string {
	_ = c.SetDeadline(time.Now().Add(within))
	if _, err := io.WriteString(c, word); err != nil {
		return ""
	}
	answer := make([]byte, len(word))
	n, _ := io.ReadFull(c, answer)
	return string(answer[:n])
}

func TestProxy(t *testing.T) {
	p := startProxy(t, "127.0.0.1:0", echo(t), 1)
	c := dial(t, p)
	if got := say(c, "hello", 5*time.Second); got != "hello" {
		t.Fatalf("passing: got %q", got)
	}
	heal := p.fault(slow)
	begun := time.Now()
	if got := say(c, "hello", 5*time.Second); got != "hello" || time.Since(begun) < 2*slowDelay {
		t.Errorf("slow: got %q after %s", got, time.Since(begun))
	}
	heal()
	heal = p.fault(hole)
	if got := say(c, "held", 100*time.Millisecond); got != "" {
		t.Errorf("black hole: got %q", got)
	}
	heal()
	if got := say(c, "", 0); got != "" {
		t.Error(got)
	}
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	late := make([]byte, 4)
	if _, err := io.ReadFull(c, late); err != nil || string(late) != "held" {
		t.Errorf("after the black hole: %q, %v", late, err)
	}
	heal = p.fault(cut)
	if got := say(c, "hello", 5*time.Second); got != "" {
		t.Errorf("cut: got %q", got)
	}
	if c, err := net.Dial("tcp", p.ln.Addr().String()); err == nil { // or it is cut while it connects
		if got := say(c, "hello", 5*time.Second); got != "" {
			t.Errorf("cut, anew: got %q", got)
		}
		c.Close()
	}
	heal()
	heal = p.fault(lossy)
	lost := 0
	for range 200 {
		if say(dial(t, p), "hello", 5*time.Second) == "" {
			lost++
		}
	}
	if lost < 5 || lost > 60 {
		t.Errorf("lossy: %d of 200 lost", lost)
	}
	heal()
	if got := say(dial(t, p), "hello", 5*time.Second); got != "hello" {
		t.Errorf("healed: got %q", got)
	}
}

func TestProxyRefuses(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer server.Close()
	p := startProxy(t, "127.0.0.1:0", server.Listener.Addr().String(), 1)
	ask := func() int {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.ln.Addr().String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	if got := ask(); got != http.StatusNoContent {
		t.Errorf("passing: %d", got)
	}
	heal := p.fault(refuse)
	if got := ask(); got != http.StatusServiceUnavailable {
		t.Errorf("refusing: %d", got)
	}
	heal()
	if got := ask(); got != http.StatusNoContent {
		t.Errorf("healed: %d", got)
	}
}
