package gpio

import (
	"fmt"
	"time"

	"github.com/lineproof/lineproof/drivers/gpio/chardev"
)

// counter adds up the edges of one line.
type counter struct {
	rising  bool // which of them count
	falling bool
	told    chardev.Settings // which of them the kernel tells
	maxRate float64          // a second

	count uint64 // since the start
	lost  uint64 // edges of them that only their numbers tell of, or are missing
	last  chardev.Edge

	second time.Duration // when the second began that is counted for maxRate
	within float64       // counted in it
	warned bool          // of this second
}

// reopen is for a line that was gone: its numbers begin anew.
func (c *counter) reopen() { c.last = chardev.Edge{} }

// take counts an edge. The doubt is "" or says why the count may be wrong.
func (c *counter) take(e chardev.Edge) (doubt string) {
	missing := uint64(e.Number - c.last.Number - 1) // numbers wrap around
	if missing > 0 {
		c.lost += missing
		c.count += c.share(missing)
		doubt = fmt.Sprintf("%d edges were lost, %d since the start: the computer was too busy", missing, c.lost)
	}
	c.last = e
	if e.Rising && !c.rising || !e.Rising && !c.falling {
		return doubt
	}
	c.count++
	if c.maxRate == 0 {
		return doubt
	}
	if e.At-c.second >= time.Second || e.At < c.second {
		c.second, c.within, c.warned = e.At, 0, false
	}
	if c.within++; c.within > c.maxRate+1 && !c.warned {
		c.warned = true
		doubt = fmt.Sprintf("more than max_rate %v pulses in a second: noise, a bouncing contact, or max_rate is too low", c.maxRate)
	}
	return doubt
}

// share is how many of the missing edges counted: the kernel numbered them. Where it tells both directions
// and only one counts, they took turns, the first unlike the last one seen.
func (c *counter) share(missing uint64) uint64 {
	if c.rising == c.told.Rising && c.falling == c.told.Falling {
		return missing
	}
	if !c.rising && !c.falling {
		return 0
	}
	if firstRises := !c.last.Rising; firstRises == c.rising {
		return (missing + 1) / 2
	}
	return missing / 2
}
