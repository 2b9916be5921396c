// Package sensor is what the drivers of small sensors on I²C, SPI and 1-Wire share: how a signal is
// configured, scaled and calibrated, and a driver that reads a chip and finds it again after a failure.
//
// A chip is a decoder on one of periph's bus interfaces. The decoders are our own and small, because of what
// readings promise: the raw bytes can be shown, waits end with the context, a wrong chip is told from the
// right one where chips can be told apart, nothing is stored in the chip, and an impossible answer is an
// error and never a value. Their tests compare them with periph's own drivers, where those exist.
//
// A sensor has no memory of its own: what was not polled was not seen.
package sensor

import (
	"context"
	"time"
)

// Chip is one device on its bus, opened for one driver; it is used by one call at a time.
type Chip interface {
	// Begin finds the device, checks its identity as far as it has one, and sets it up. It is called before
	// the first Measure.
	Begin(ctx context.Context) error
	// Measure reads what the points ask for and gives one measurement for each, in their order. An error
	// means that the device could not be read; it is then closed and opened anew.
	Measure(ctx context.Context, points []Point) ([]Measurement, error)
	// Close lets go of the bus.
	Close() error
}

// Measurement is what a chip said of one quantity.
type Measurement struct {
	Raw   []byte  // as it came over the wire
	Value float64 // in the quantity's unit
	Err   error   // why there is no value, such as a checksum that does not fit
}

// Model is a kind of chip, for checking a configuration.
type Model struct {
	Name       string
	Quantities []Quantity
	Analogue   bool          // it measures volts at its pins, and signals say what is wired there
	Top        float64       // of an analogue chip: the most volts that a pin can measure
	Fastest    time.Duration // the shortest sensible poll period
}

// Quantity is one thing that a chip measures.
type Quantity struct {
	At       string // its name in the configuration: "temperature", "channel 0"
	Unit     string // such as °C; V for what is analogue
	Min, Max float64
}

// Pause waits, or ends early with ctx's error. Drivers take it as a value so that a test need not wait.
type Pause func(ctx context.Context, d time.Duration) error

// Sleep is the Pause of the real world.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
