package modbus

import (
	"sync"
	"time"
)

// A unit that does not answer costs the others on its port one timeout each time that it is tried. All
// such units of a port together are given one part in deadShare of its time.
const (
	deadShare    = 30
	shortestRest = time.Second
	longestRest  = 2 * time.Minute
)

// patience is how many polls in a row a unit that answered before may fail until it counts as dead; one
// that never did has none.
const patience = 2

// circuits remembers the units of one port that do not answer.
type circuits struct {
	mu    sync.Mutex
	units map[byte]*circuit
}

type circuit struct {
	alive    bool // it has answered since the agent started
	failures int  // polls in a row
	until    time.Time
}

// wait is how long not to ask a unit yet, in whole seconds for a person, and how often it failed in a row.
func (c *circuits) wait(unit byte, now time.Time) (wait time.Duration, failures int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.units[unit]
	if u == nil {
		return 0, 0
	}
	return max(0, u.until.Sub(now)+time.Second-1).Truncate(time.Second), u.failures
}

// failed notes a poll without an answer, which took so much of the port's time.
func (c *circuits) failed(unit byte, now time.Time, lost time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.of(unit)
	u.failures++
	if u.alive && u.failures < patience {
		return
	}
	u.until = now // it is open, and counts among those that are
	open := 0
	for _, other := range c.units {
		if !other.until.IsZero() {
			open++
		}
	}
	u.until = now.Add(min(max(lost*deadShare*time.Duration(open), shortestRest), longestRest))
	c.spare(now)
}

// spare lets units that answered before rest only shortly where none does any more: it is the port that went
// silent, and there is nobody whose time they take.
func (c *circuits) spare(now time.Time) {
	for _, u := range c.units {
		if u.alive && u.until.IsZero() {
			return
		}
	}
	soon := now.Add(shortestRest)
	for _, u := range c.units {
		if u.alive && u.until.After(soon) {
			u.until = soon
		}
	}
}

func (c *circuits) succeeded(unit byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*c.of(unit) = circuit{alive: true}
}

func (c *circuits) of(unit byte) *circuit {
	if c.units == nil {
		c.units = map[byte]*circuit{}
	}
	if c.units[unit] == nil {
		c.units[unit] = &circuit{}
	}
	return c.units[unit]
}
