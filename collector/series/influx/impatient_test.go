package influx

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// TestAnAnswerThatStopsInTheMiddle must not be waited for without end: the views would stand still without a word.
func TestAnAnswerThatStopsInTheMiddle(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		close(done)
		ln.Close()
	})
	go func() {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil { // an answer before the question is no answer
			return
		}
		fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthe beginning")
		<-done
	}()
	client := newHTTP(100 * time.Millisecond)
	defer client.CloseIdleConnections()
	res, err := client.Get("http://" + ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var late net.Error
	if _, err := io.ReadAll(res.Body); !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("got %v, want a timeout", err)
	}
}
