// Package drivers says what every source of readings has in common. One folder each holds a technology:
// modbus, gpio, i2c. A driver reads; none of them ever writes to what it reads.
//
// A new driver is its folder, its test (drivertest.Run) and one line in the table of cmd/lineproof-edge.
package drivers

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Driver reads one opened device.
type Driver interface {
	// Read polls every signal once. It may return readings and an error that names those it missed; a
	// missed signal is returned with Quality Missing as well, so that each call gives every signal once.
	// Reading.Signal is the signal's name within the device, without the device's own name. Reading.Time
	// is left zero: the agent dates the poll. Read keeps to the device's timeout and to ctx, and after
	// any failure the next Read starts afresh: an answer to an older request is never taken for a newer.
	Read(ctx context.Context) ([]record.Reading, error)
	Close() error
}

// Watcher is the optional ability of a driver whose readings cannot be polled, such as pulses.
type Watcher interface {
	Watch(ctx context.Context, emit func(record.Reading)) error
}

// Inspector is the optional ability to show what is behind each reading, for a technician.
type Inspector interface {
	// Inspect polls like Read and adds the raw content.
	Inspect(ctx context.Context) ([]Inspection, error)
}

// Inspection is one reading with its origin.
type Inspection struct {
	Reading record.Reading
	Address string // as it is written in the configuration, such as "holding 100"
	Raw     []byte // as it came over the wire, big end first; nil when nothing came
	Err     error  // why the reading is Missing
}

// Device is one device's section of the agent's configuration: a pointer to a struct with yaml tags,
// made with its defaults by a Kind and filled strictly.
type Device interface {
	// Validate names every mistake that decoding cannot see.
	Validate() []Problem
	// Signals describes what Read will return, by the signal's name within the device. Device, Driver and
	// Every are filled in by the agent. Signals is called only after Validate found nothing.
	Signals() map[string]record.Signal
	// Port names what the device shares with others: devices with the same port are polled one after the other.
	Port() string
	// Period is how often the device is to be polled; 0 for what is only watched.
	Period() time.Duration
	// Open prepares the driver. It does not wait for the device, which may come later: Read says so.
	Open(opts Options) (Driver, error)
}

// Planner is the optional ability of a Device to say beforehand what its polls cost its port. Like Signals,
// Plan is called only after Validate found nothing.
type Planner interface {
	Plan() Plan
}

// Plan is what one poll of a device needs.
type Plan struct {
	Requests int           // that one poll sends, as long as the device refuses none
	WireTime time.Duration // that one poll keeps the port busy at the least; 0 where only measuring tells
}

// Options is what the agent gives to a driver it opens.
type Options struct {
	Name   string // of the device in the configuration
	Logger *slog.Logger
}

// Kind makes a device's configuration with its defaults.
type Kind func() Device

// Problem is one mistake in a configuration.
type Problem struct {
	Path    []string // from the section on: {"signals", "cycles", "at"}
	Message string   // lower case, no full stop: `address 70000 is over 65535`
	Hint    string   // what to do about it; may be empty
}

func (p Problem) String() string { return fmt.Sprintf("%v: %s", p.Path, p.Message) }
