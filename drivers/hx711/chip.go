package hx711

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/drivers/sensor"
)

// Of Avia Semiconductor's data sheet, "serial interface".
const (
	bits      = 24                    // of a conversion
	gain128   = 1                     // further pulses, for input A with gain 128 next time
	switchOff = 60 * time.Microsecond // a clock that is high for so long switches the chip off
	period    = 100 * time.Millisecond
	settling  = 4 * period // after it was switched on or its input was changed

	full, empty = 1<<23 - 1, -1 << 23 // where conversions end that lie beyond
)

type chip struct {
	wires
	pause sensor.Pause
	now   func() time.Time
}

// errLate is a conversion during which the clock may have been high for too long.
var errLate = errors.New("the computer was too busy to read it in time")

// Begin switches the chip off and on, so that it is in a known state, and waits until it has settled.
func (c *chip) Begin(ctx context.Context) error {
	for _, high := range []bool{true, false} {
		if err := c.Set(high); err != nil {
			return fmt.Errorf("drive the clock: %w", err)
		}
		if err := c.pause(ctx, time.Millisecond); err != nil {
			return err
		}
	}
	return c.pause(ctx, settling)
}

// Measure takes one conversion. The chip keeps the last one until it is fetched, which may have been long
// ago: that one is dropped.
func (c *chip) Measure(ctx context.Context, points []sensor.Point) ([]sensor.Measurement, error) {
	const tries = 3
	var code int32
	err := c.fetchOld(ctx)
	for try := 0; try < tries && (try == 0 && err == nil || errors.Is(err, errLate)); try++ {
		if errors.Is(err, errLate) { // it may be off, or at another gain
			if err := c.Begin(ctx); err != nil {
				return nil, err
			}
		}
		code, err = c.next(ctx)
	}
	if err != nil {
		return nil, err
	}
	m := sensor.Measurement{Raw: binary.BigEndian.AppendUint32(nil, uint32(code))[1:], Value: float64(code)}
	if code == full || code == empty {
		m.Err = errors.New("the load cell gives more than the chip can measure: overload, or a broken wire to the cell")
	}
	all := make([]sensor.Measurement, len(points))
	for i := range all {
		all[i] = m
	}
	return all, nil
}

// fetchOld drops a conversion that already waits.
func (c *chip) fetchOld(ctx context.Context) error {
	busy, err := c.On()
	if err != nil || busy {
		return err
	}
	_, err = c.next(ctx)
	return err
}

// next waits for a conversion, which the chip tells by pulling its data low, and shifts it out.
func (c *chip) next(ctx context.Context) (int32, error) {
	const step, patience = 5 * time.Millisecond, 3 * period
	for waited := time.Duration(0); ; waited += step {
		busy, err := c.On()
		if err != nil {
			return 0, fmt.Errorf("read the data: %w", err)
		}
		if !busy {
			return c.shift()
		}
		if waited >= patience {
			return 0, fmt.Errorf("no conversion within %s: check its supply and both wires", patience)
		}
		if err := c.pause(ctx, step); err != nil {
			return 0, err
		}
	}
}

// shift clocks the bits out, the highest first, and sets what is converted next.
func (c *chip) shift() (int32, error) {
	var code uint32
	for i := range bits + gain128 {
		before := c.now()
		if err := c.Set(true); err != nil {
			return 0, fmt.Errorf("drive the clock: %w", err)
		}
		high, err := c.On()
		if err != nil {
			return 0, fmt.Errorf("read the data: %w", err)
		}
		if err := c.Set(false); err != nil {
			return 0, fmt.Errorf("drive the clock: %w", err)
		}
		if c.now().Sub(before) >= switchOff {
			return 0, errLate
		}
		if i < bits {
			code <<= 1
			if high {
				code |= 1
			}
		} else if !high {
			return 0, errors.New("its data did not go high after the last bit: it is not an hx711, or it lost its place")
		}
	}
	return int32(code<<8) >> 8, nil
}
