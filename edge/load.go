package edge

import (
	"sync"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

// loadStretch is over how long a port's load is measured: the last whole one and the one that runs.
const loadStretch = time.Minute

// load measures how much of its time a port is busy.
type load struct {
	mu         sync.Mutex
	start      time.Time // of the stretch that runs
	busy       time.Duration
	last, used time.Duration // length of the stretch before, and how much of it was busy
	skipped    uint64
}

func (l *load) begin(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.start = now
}

// polled counts a poll from one time to another, by the monotonic clock where there is one.
func (l *load) polled(from, to time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy += max(0, to.Sub(from))
	if length := to.Sub(l.start); length < 0 || length >= loadStretch {
		l.start, l.busy, l.last, l.used = to, 0, max(0, length), l.busy
	}
}

func (l *load) skip(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.skipped += uint64(n)
}

// status is the load at now; planned is what the plan needs.
func (l *load) status(now time.Time, planned float64) record.PortStatus {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := record.PortStatus{Planned: planned, Skipped: l.skipped}
	if all := l.last + max(0, now.Sub(l.start)); all > 0 {
		s.Busy = min(1, (l.used+l.busy).Seconds()/all.Seconds())
	}
	return s
}

// PortPlan is what the polls of the devices on one port come to.
type PortPlan struct {
	Port     string
	Devices  []string      // by name
	Requests float64       // a second
	Share    float64       // of time that they need on the wire at the least: 1 is a full port; 0 where only measuring tells
	Period   time.Duration // the shortest of its devices'
}

// Needs is how much of each of its shortest periods the port has to work.
func (p PortPlan) Needs() time.Duration {
	return time.Duration(p.Share * float64(p.Period)).Round(time.Millisecond)
}

// Ports lists what is polled, port by port in the order of their first devices.
func (c *Config) Ports() (plans []PortPlan) {
	index := map[string]int{}
	for _, d := range c.Devices {
		period := d.Config.Period()
		if period <= 0 {
			continue
		}
		name := d.Config.Port()
		i, known := index[name]
		if !known {
			i = len(plans)
			index[name] = i
			plans = append(plans, PortPlan{Port: name, Period: period})
		}
		p := &plans[i]
		p.Devices, p.Period = append(p.Devices, d.Name), min(p.Period, period)
		if planner, ok := d.Config.(drivers.Planner); ok {
			plan := planner.Plan()
			p.Requests += float64(plan.Requests) / period.Seconds()
			p.Share += plan.WireTime.Seconds() / period.Seconds()
		}
	}
	return plans
}
