package gpio

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/gpio/chardev"
	"github.com/lineproof/lineproof/record"
)

// together is how long edges are gathered before they are told: more readings would say no more.
const together = 100 * time.Millisecond

// driver holds one line. A goroutine takes its edges from the kernel as long as it is open.
type driver struct {
	config  *Config
	log     *slog.Logger
	changed chan struct{} // holds a token when there is something new

	mu      sync.Mutex
	open    *open // nil: not requested yet, or gone
	counter counter
	doubts  []string // since they were last told
	opened  bool     // the line was there once
	closed  bool
}

// open is a line whose edges are being taken.
type open struct {
	line
	ended chan struct{} // closed when they are no more
}

var (
	_ drivers.Driver    = (*driver)(nil)
	_ drivers.Watcher   = (*driver)(nil)
	_ drivers.Inspector = (*driver)(nil)
)

// Read gives what was counted so far, and the level now.
func (d *driver) Read(ctx context.Context) ([]record.Reading, error) {
	err := ctx.Err()
	if err == nil {
		var readings []record.Reading
		if readings, err = d.look(); readings != nil {
			return readings, err
		}
	}
	return d.missing(), fmt.Errorf("%s: %w", d.config.Pin, err)
}

// Inspect reads, with the count of edges or the level behind each value.
func (d *driver) Inspect(ctx context.Context) ([]drivers.Inspection, error) {
	readings, err := d.Read(ctx)
	inspections := make([]drivers.Inspection, len(readings))
	for i, r := range readings {
		in := drivers.Inspection{Reading: r, Address: d.config.Pin}
		switch {
		case r.Quality == record.Missing:
			in.Err = err
		case r.Signal == pulses:
			d.mu.Lock()
			in.Raw = binary.BigEndian.AppendUint64(nil, d.counter.count)
			d.mu.Unlock()
		default:
			in.Raw = []byte{byte(r.Value.Uint())}
		}
		inspections[i] = in
	}
	return inspections, err
}

// Watch tells every change, edges within a tenth of a second together, and looks at what did not change
// each period. It ends with an error where the line is gone.
func (d *driver) Watch(ctx context.Context, emit func(record.Reading)) error {
	again := time.NewTicker(d.config.Every.D())
	defer again.Stop()
	pause := time.NewTicker(together)
	defer pause.Stop()
	for {
		readings, err := d.look()
		if readings == nil {
			for _, r := range d.missing() {
				emit(r)
			}
			return fmt.Errorf("%s: %w", d.config.Pin, err)
		}
		if err != nil {
			d.log.Warn("the count may be wrong", "pin", d.config.Pin, "error", err)
		}
		for _, r := range readings {
			emit(r)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-pause.C:
			pause.Reset(together)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
		case <-d.changed:
		}
	}
}

// Close gives the line back.
func (d *driver) Close() error {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	return d.letGo()
}

// look requests the line where it has to, and gives each signal once. Without readings there is no line;
// an error beside them says why a count is doubtful.
func (d *driver) look() ([]record.Reading, error) {
	d.mu.Lock()
	err := d.request()
	var level bool
	if err == nil {
		level, err = d.open.On()
	}
	if err != nil {
		d.mu.Unlock()
		return nil, errors.Join(err, d.letGo())
	}
	defer d.mu.Unlock()
	quality := record.Good
	if len(d.doubts) > 0 {
		quality = record.Uncertain
		err = errors.New(strings.Join(d.doubts, "; "))
		d.doubts = nil
	}
	var readings []record.Reading
	if d.config.Edge != "" {
		readings = append(readings, record.Reading{Signal: pulses, Value: d.config.value(d.counter.count), Quality: quality})
	}
	if d.config.told() {
		readings = append(readings, record.Reading{Signal: on, Value: record.BoolValue(level), Quality: record.Good})
	}
	return readings, err
}

// value is a count in the configured unit.
func (c *Config) value(count uint64) record.Value {
	if c.PerUnit > 0 {
		return record.FloatValue(float64(count) / c.PerUnit)
	}
	return record.UintValue(count)
}

func (d *driver) missing() (readings []record.Reading) {
	if d.config.Edge != "" {
		readings = append(readings, record.Reading{Signal: pulses})
	}
	if d.config.told() {
		readings = append(readings, record.Reading{Signal: on})
	}
	return readings
}

// request opens the line where it is not, and begins to take its edges. d.mu is held.
func (d *driver) request() error {
	if d.closed {
		return errors.New("closed")
	}
	if d.open != nil {
		return nil
	}
	l, err := d.config.open(d.config.Pin, d.config.settings())
	if err != nil {
		return err
	}
	if d.opened {
		d.doubts = append(d.doubts, "the pin was gone for a while: what happened meanwhile is not counted")
	}
	d.open, d.opened = &open{l, make(chan struct{})}, true
	d.counter.reopen()
	go d.take(d.open)
	return nil
}

// take moves edges from the kernel into the counter until the line is closed.
func (d *driver) take(o *open) {
	defer close(o.ended)
	buf := make([]chardev.Edge, 64)
	for {
		n, err := o.Edges(buf)
		d.mu.Lock()
		ours := d.open == o
		for _, e := range buf[:n] {
			if doubt := d.counter.take(e); doubt != "" {
				d.doubts = append(d.doubts, doubt)
			}
		}
		if err != nil && ours {
			d.open = nil
			d.log.Warn("the pin is gone", "pin", d.config.Pin, "error", errors.Join(err, o.Close()))
		}
		d.mu.Unlock()
		select {
		case d.changed <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// letGo closes the line and waits until its edges are taken no more.
func (d *driver) letGo() (err error) {
	d.mu.Lock()
	o := d.open
	d.open = nil
	d.mu.Unlock()
	if o == nil {
		return nil
	}
	err = o.Close()
	<-o.ended
	return err
}
