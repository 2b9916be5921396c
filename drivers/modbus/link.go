package modbus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

// conn is an open TCP connection or serial port.
type conn interface {
	io.ReadWriteCloser
	SetDeadline(time.Time) error
}

// framing finds, in what comes over one conn after another, the one answer to a request.
type framing interface {
	attach(c conn)
	// exchange sends a request and returns its answer: of the same unit and function and exactly as long
	// as was asked, or an exception. It fails with silence when none came in time, after which the
	// connection is still good, and with any other error when it is not.
	exchange(ctx context.Context, request []byte, timeout time.Duration) ([]byte, error)
}

// silence is the error for an answer that did not come in time.
type silence struct {
	timeout time.Duration
	heard   string // what came instead, if anything did
}

func (s silence) Error() string {
	text := fmt.Sprintf("no answer within %s", s.timeout)
	if s.heard != "" {
		text += ", but " + s.heard
	}
	return text
}

func isSilence(err error) bool {
	var s silence
	return errors.As(err, &s)
}

// link is the one connection to a port. Its devices use it in turn.
type link struct {
	endpoint endpoint
	now      func() time.Time
	users    atomic.Int32
	turn     turn
	circuits circuits

	// What follows belongs to who has the turn.
	framing framing
	conn    conn
	used    bool // conn has brought an answer
	silent  int  // exchanges in a row without an answer
	retry   backoff
	free    time.Time // when the line may be used again after the last device's turnaround
}

// maxSilent is after how many silences in a row a TCP connection is made anew. Fewer would cost a gateway,
// which may have room for one connection only, a new one for each poll of one dead unit behind it; without
// any, a connection that a router forgot would be tried for many minutes.
const maxSilent = 3

func newLink(e endpoint, now func() time.Time) *link {
	l := &link{endpoint: e, now: now, turn: make(turn, 1), retry: backoff{free: 1}}
	if e.scheme == schemeTCP {
		l.framing = &tcpFraming{}
	} else {
		l.framing = &rtuFraming{endpoint: e}
	}
	return l
}

// exchange brings the answer to one request, in turn with other devices, and leaves the line alone for the
// turnaround after it.
func (l *link) exchange(ctx context.Context, request []byte, timeout, turnaround time.Duration) ([]byte, error) {
	if err := l.turn.take(ctx); err != nil {
		return nil, err
	}
	defer l.turn.give()
	if err := l.rest(ctx); err != nil {
		return nil, err
	}
	defer func() { l.free = time.Now().Add(turnaround) }()
	answer, err := l.attempt(ctx, request, timeout)
	if hungUp(err) && l.used && ctx.Err() == nil {
		// The device closed a connection that stood idle: that is its right, and no failed poll.
		l.used = false
		answer, err = l.attempt(ctx, request, timeout)
	}
	return answer, err
}

// rest waits until the line is free.
func (l *link) rest(ctx context.Context) error {
	wait := time.Until(l.free)
	if wait <= 0 {
		return nil
	}
	pause := time.NewTimer(wait)
	defer pause.Stop()
	select {
	case <-pause.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *link) attempt(ctx context.Context, request []byte, timeout time.Duration) ([]byte, error) {
	if err := l.connect(ctx, timeout); err != nil {
		return nil, err
	}
	release := interrupt(ctx, l.conn)
	answer, err := l.framing.exchange(ctx, request, timeout)
	release()
	if err == nil {
		l.used, l.silent = true, 0
		l.retry.succeeded()
		return answer, nil
	}
	if hungUp(err) && !l.used && ctx.Err() == nil {
		err = l.turnedAway(err)
	}
	if !l.stays(ctx, err) {
		// Errors of closing say nothing that err does not.
		_ = l.disconnect()
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, err
}

// stays tells whether the connection can be used further after err.
func (l *link) stays(ctx context.Context, err error) bool {
	if ctx.Err() == nil {
		l.silent++
	}
	sound := isSilence(err) || ctx.Err() != nil && errors.Is(err, ctx.Err())
	switch l.endpoint.scheme {
	case schemeTCP:
		return sound && l.silent < maxSilent
	case schemeRTU:
		return sound
	}
	return false // what a serial server still holds back is best left behind with its connection
}

// turnedAway is the error of a connection that was closed before it brought a single answer.
func (l *link) turnedAway(err error) error {
	l.retry.failed(l.now())
	again := ""
	if wait := l.retry.wait(l.now()); wait > 0 {
		again = fmt.Sprintf("; again in %s", wait)
	}
	return fmt.Errorf("connected, but turned away at once: %w%s; hint: many gateways take one client only: does another program hold the connection?", err, again)
}

func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// connect opens the port if it is not open, unless it failed just now.
func (l *link) connect(ctx context.Context, timeout time.Duration) error {
	if l.conn != nil {
		return nil
	}
	if wait := l.retry.wait(l.now()); wait > 0 {
		return fmt.Errorf("not connected; again in %s", wait)
	}
	c, err := l.open(ctx, timeout)
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), closeConn(c))
	}
	if err != nil {
		l.retry.failed(l.now())
		if wait := l.retry.wait(l.now()); wait > 0 {
			return fmt.Errorf("%w; again in %s", err, wait)
		}
		return err
	}
	l.conn, l.used, l.silent = c, false, 0
	l.framing.attach(c)
	return nil
}

func (l *link) open(ctx context.Context, timeout time.Duration) (conn, error) {
	if l.endpoint.scheme == schemeRTU {
		return openSerial(l.endpoint)
	}
	dialer := net.Dialer{Timeout: timeout}
	c, err := dialer.DialContext(ctx, "tcp", l.endpoint.address)
	if err == nil {
		return c, nil
	}
	var op *net.OpError
	if errors.As(err, &op) {
		if op.Timeout() {
			return nil, fmt.Errorf("connect: no answer within %s", timeout)
		}
		err = op.Err // the rest of it names the address once more
	}
	return nil, err
}

func (l *link) disconnect() error {
	c := l.conn
	l.conn = nil
	return closeConn(c)
}

func closeConn(c conn) error {
	if c == nil {
		return nil
	}
	return c.Close()
}

// interrupt makes c give up at once when ctx ends. After release, nothing of it is left.
func interrupt(ctx context.Context, c conn) (release func()) {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		_ = c.SetDeadline(time.Unix(1, 0)) // fails only on a closed conn, which waits for nothing
	})
	return func() {
		if !stop() {
			<-done
		}
	}
}

// allow gives c until t, or no time at all when ctx is over. It comes before every wait: the deadline of
// an interrupt that came earlier would otherwise be lost.
func allow(ctx context.Context, c conn, t time.Time) error {
	if err := c.SetDeadline(t); err != nil {
		return err
	}
	return ctx.Err()
}
