package sensor

import (
	"context"
	"errors"
	"fmt"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

// driver reads one chip.
type driver struct {
	source string
	points []Point
	open   func() (Chip, error)
	turn   chan struct{} // holds a token while somebody reads
	chip   Chip          // nil until it was found, and after a failure
	closed bool
}

var (
	_ drivers.Driver    = (*driver)(nil)
	_ drivers.Inspector = (*driver)(nil)
)

// NewDriver makes the driver of a chip. open is called at the first Read and after each failure; source
// names the device in errors.
func NewDriver(source string, points []Point, open func() (Chip, error)) drivers.Driver {
	return &driver{source: source, points: points, open: open, turn: make(chan struct{}, 1)}
}

// Read measures every signal.
func (d *driver) Read(ctx context.Context) ([]record.Reading, error) {
	inspections, err := d.Inspect(ctx)
	readings := make([]record.Reading, len(inspections))
	for i, in := range inspections {
		readings[i] = in.Reading
	}
	return readings, err
}

// Inspect measures like Read.
func (d *driver) Inspect(ctx context.Context) ([]drivers.Inspection, error) {
	measurements, err := d.measure(ctx)
	if err != nil {
		err = fmt.Errorf("%s: %w", d.source, err)
	}
	inspections := make([]drivers.Inspection, len(d.points))
	var errs []error
	for i, p := range d.points {
		in := drivers.Inspection{Reading: record.Reading{Signal: p.Name}, Address: p.At, Err: err}
		if err == nil {
			m := measurements[i]
			in.Raw, in.Err = m.Raw, m.Err
			if in.Err == nil {
				in.Reading.Value, in.Err = p.value(m.Value)
			}
			if in.Err == nil {
				in.Reading.Quality = record.Good
			} else {
				errs = append(errs, fmt.Errorf("%s: %w", p.Name, in.Err))
			}
		}
		inspections[i] = in
	}
	return inspections, errors.Join(append(errs, err)...)
}

// Close waits for a Read that is under way and lets go of the bus.
func (d *driver) Close() error {
	d.turn <- struct{}{}
	defer func() { <-d.turn }()
	d.closed = true
	return d.letGo()
}

func (d *driver) letGo() error {
	if d.chip == nil {
		return nil
	}
	err := d.chip.Close()
	d.chip = nil
	return err
}

// measure finds the chip where it has to and reads it.
func (d *driver) measure(ctx context.Context) (all []Measurement, err error) {
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	switch {
	case d.closed:
		return nil, errors.New("closed")
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.letGo())
		}
	}()
	if d.chip == nil {
		chip, err := d.open()
		if err != nil {
			return nil, err
		}
		d.chip = chip
		if err := chip.Begin(ctx); err != nil {
			return nil, err
		}
	}
	all, err = d.chip.Measure(ctx, d.points)
	if err == nil && len(all) != len(d.points) {
		err = fmt.Errorf("the chip gave %d measurements for %d signals", len(all), len(d.points))
	}
	return all, err
}
