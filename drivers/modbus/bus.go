package modbus

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// turn lets one at a time through, and lets who waits give up.
type turn chan struct{}

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) give() { <-t }

// bus holds the links of all devices of one agent, one for each port and connection.
type bus struct {
	now   func() time.Time
	mu    sync.Mutex
	links map[string]*link
}

func newBus(now func() time.Time) *bus { return &bus{now: now, links: map[string]*link{}} }

// join gives the link to a port, and makes it for the first device that asks.
func (b *bus) join(e endpoint) (*link, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.links[e.line()]
	if l == nil {
		l = newLink(e, b.now)
		b.links[e.line()] = l
	}
	if l.endpoint.serial != e.serial {
		return nil, fmt.Errorf("serial port %s: another device uses it with other settings; hint: all devices on one line need the same baud, parity and stop", e.address)
	}
	l.users.Add(1)
	return l, nil
}

// leave closes the link when its last device goes. It waits for an exchange that is under way.
func (b *bus) leave(l *link) error {
	b.mu.Lock()
	last := l.users.Add(-1) == 0
	if last {
		delete(b.links, l.endpoint.line())
	}
	b.mu.Unlock()
	if !last {
		return nil
	}
	l.turn <- struct{}{}
	defer l.turn.give()
	return l.disconnect()
}
