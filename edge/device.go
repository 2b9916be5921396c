package edge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

// device is one opened device with everything that is remembered from poll to poll.
type device struct {
	Device
	driver   drivers.Driver
	names    []string           // of its signals, in order
	policies map[string]*policy // by the signal's name within the device
	dated    time.Time          // the last time by the device's own clock
	due      time.Time          // of the next poll
	log      *slog.Logger
	watching atomic.Bool // its driver's Watch is at work
	judging  sync.Mutex  // policies and dated: what is polled may be watched too
	asking   sync.Mutex  // the driver: a person may look while the agent polls

	mu      sync.Mutex
	current record.DeviceStatus
}

func openDevice(d Device, log *slog.Logger) (*device, error) {
	log = log.With("device", d.Name)
	driver, err := d.Config.Open(drivers.Options{Name: d.Name, Logger: log})
	if err != nil {
		return nil, fmt.Errorf("open device %s: %w", d.Name, err)
	}
	dev := &device{
		Device: d, driver: driver, log: log,
		names: slices.Sorted(maps.Keys(d.Signals)), policies: map[string]*policy{},
	}
	for name, s := range d.Signals {
		dev.policies[name] = newPolicy(d.Name+"."+name, s, d.Report.AtLeastEvery.D())
	}
	return dev, nil
}

// read asks the driver. A driver that panics fails one poll and not the agent.
func (d *device) read(ctx context.Context) (readings []record.Reading, err error) {
	defer func() {
		if p := recover(); p != nil {
			readings, err = nil, fmt.Errorf("driver %s panicked: %v", d.Driver, p)
		}
	}()
	d.asking.Lock()
	defer d.asking.Unlock()
	return d.driver.Read(ctx)
}

// judge turns what a poll at now gave into what is to be kept of it, and what changed for live eyes.
func (d *device) judge(now time.Time, readings []record.Reading, err error) (l look, shown []record.Reading) {
	d.judging.Lock()
	defer d.judging.Unlock()
	l = look{at: now, err: err, gap: d.Config.Period() * 5 / 2, own: d.Clock != nil}
	byName := make(map[string]record.Reading, len(readings))
	for _, r := range readings {
		byName[r.Signal] = r
		l.answered = l.answered || r.Quality != record.Missing
	}
	l.answered = l.answered || err == nil && len(readings) == 0
	doubtful := d.Clock != nil && d.date(&l, byName[d.Clock.Signal])
	if !l.answered && l.err == nil {
		l.err = errors.New("no value could be read")
	}
	for _, name := range d.names {
		r, p := byName[name], d.policies[name]
		switch {
		case !l.answered || r.Quality == record.Missing || r.Value.IsNone():
			r = record.Reading{}
		case doubtful:
			r.Quality = record.Uncertain
		}
		r.Signal, r.Time = p.id, l.at
		l.samples = append(l.samples, r)
		if r.Value != p.shown {
			p.shown = r.Value
			shown = append(shown, r)
		}
		if l.stale || !l.answered && l.own {
			continue
		}
		if report, ok := p.offer(r); ok {
			l.readings = append(l.readings, report)
		}
	}
	return l, shown
}

// judgeOne is judge for a reading that was not polled and has its time.
func (d *device) judgeOne(r record.Reading) (reports, shown []record.Reading) {
	p, known := d.policies[r.Signal]
	if !known {
		return nil, nil
	}
	d.judging.Lock()
	defer d.judging.Unlock()
	if r.Quality == record.Missing || r.Value.IsNone() {
		r = record.Reading{Time: r.Time}
	}
	r.Signal, r.Time = p.id, r.Time.UTC().Truncate(time.Millisecond)
	if r.Value != p.shown {
		p.shown, shown = r.Value, []record.Reading{r}
	}
	if report, ok := p.offer(r); ok {
		reports = []record.Reading{report}
	}
	return reports, shown
}

// date gives a look the time that the device itself says. The same time as in the last poll makes it
// stale, an earlier one makes its readings doubtful.
func (d *device) date(l *look, clock record.Reading) (doubtful bool) {
	l.at, l.gap = d.dated, d.Clock.Gap.D()
	if !l.answered {
		return false
	}
	if clock.Quality == record.Missing {
		l.answered = false
		l.err = errors.Join(l.err, fmt.Errorf("the device's clock %s could not be read", d.Clock.Signal))
		return false
	}
	at := time.UnixMilli(clock.Value.Int()).UTC()
	if d.Clock.Unit == "s" {
		at = time.UnixMilli(int64(clock.Value.Float() * 1000)).UTC()
	}
	before := d.dated
	l.at, d.dated = at, at
	l.stale = at.Equal(before)
	return at.Before(before)
}

// flush gives the windows that have not ended.
func (d *device) flush() (readings []record.Reading) {
	d.judging.Lock()
	defer d.judging.Unlock()
	for _, name := range d.names {
		if r, ok := d.policies[name].flush(); ok {
			readings = append(readings, r)
		}
	}
	return readings
}

// note updates the device's status with a look at now; changed tells whether it goes otherwise than before.
func (d *device) note(now time.Time, l look) (changed bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	message := ""
	if l.err != nil {
		message = l.err.Error()
	}
	first := d.current.Since.IsZero()
	changed = first || d.current.OK != l.answered || (d.current.Error == "") != (message == "")
	if first || d.current.OK != l.answered {
		d.current.Since = now
	}
	d.current.OK, d.current.Error = l.answered, message
	if l.answered {
		d.current.Polls++
	} else {
		d.current.Failed++
	}
	switch {
	case changed && message != "":
		d.log.Warn("the device does not answer as it should", "answered", l.answered, "error", l.err)
	case changed:
		d.log.Info("the device answers")
	}
	return changed
}

func (d *device) status() record.DeviceStatus {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.current
}
