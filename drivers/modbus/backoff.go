package modbus

import "time"

const maxRest = 30 * time.Second

// backoff says when something that failed may be tried again: at once after the first free failures,
// then after 1 s, doubling up to 30 s.
type backoff struct {
	free     int
	failures int
	until    time.Time
}

func (b *backoff) failed(now time.Time) {
	b.failures++
	if n := b.failures - b.free; n > 0 {
		b.until = now.Add(min(time.Second<<min(n-1, 5), maxRest))
	}
}

func (b *backoff) succeeded() { b.failures, b.until = 0, time.Time{} }

// wait is how long not to try yet, in whole seconds for a person; 0 when it may be tried.
func (b *backoff) wait(now time.Time) time.Duration {
	return max(0, b.until.Sub(now)+time.Second-1).Truncate(time.Second)
}
