// Package drivertest is what every driver must pass, against its real device or one that behaves like it.
package drivertest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

// Harness tells Run about one driver and how to treat its device. The device is there when Run begins.
type Harness struct {
	Device  drivers.Device          // without mistakes; Run opens it, time and again
	Want    map[string]record.Value // what each signal reads while the device is there
	Cut     func(testing.TB)        // takes the device away
	Silence func(testing.TB)        // makes it take requests and not answer; nil where nothing can do that
	Restore func(testing.TB)        // undoes Cut and Silence

	// Timeout is the longest that a Read may take. A Read takes more than a quarter of it from a device that
	// is silent, and far less from one that answers.
	Timeout time.Duration
	// Recovery is how soon after Restore a Read succeeds.
	Recovery time.Duration
}

// Run tests the driver.
func Run(t *testing.T, h Harness) {
	for _, p := range h.Device.Validate() {
		t.Fatalf("the harness's configuration: %s", p)
	}
	t.Run("describes what it reads", h.describes)
	t.Run("reads every signal once", h.reads)
	t.Run("inspects what it reads", h.inspects)
	t.Run("says that the device is gone and finds it again", func(t *testing.T) { h.recovers(t, h.Cut) })
	t.Run("opens before the device is there", h.opensEarly)
	t.Run("stops when it is told to", h.cancels)
	t.Run("closes more than once", h.closes)
	t.Run("leaves no goroutine", h.leavesNothing)
	if h.Silence == nil {
		return
	}
	t.Run("gives up on silence and goes on after it", func(t *testing.T) { h.recovers(t, h.Silence) })
	t.Run("stops while it waits for silence", h.interrupts)
}

func (h Harness) open(t *testing.T) drivers.Driver {
	t.Helper()
	d, err := h.Device.Open(drivers.Options{Name: "device"})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}

func (h Harness) describes(t *testing.T) {
	described := h.Device.Signals()
	for name := range h.Want {
		if s, ok := described[name]; !ok || s.Source == "" {
			t.Errorf("signal %s: described %t, with source %q", name, ok, s.Source)
		}
	}
	if len(described) != len(h.Want) {
		t.Errorf("%d signals are described, %d are to be read", len(described), len(h.Want))
	}
}

func (h Harness) reads(t *testing.T) {
	d := h.open(t)
	for range 3 {
		readings, err := d.Read(t.Context())
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		h.all(t, readings)
	}
}

// all demands every signal with its value.
func (h Harness) all(t *testing.T, readings []record.Reading) {
	t.Helper()
	h.once(t, readings)
	for _, r := range readings {
		if r.Quality != record.Good || r.Value != h.Want[r.Signal] {
			t.Errorf("%s: got %s %s, want %s good", r.Signal, r.Value, r.Quality, h.Want[r.Signal])
		}
	}
}

// missing demands every signal without a value.
func (h Harness) missing(t *testing.T, readings []record.Reading, err error) {
	t.Helper()
	h.once(t, readings)
	if err == nil {
		t.Error("no error")
	}
	for _, r := range readings {
		if r.Quality != record.Missing || !r.Value.IsNone() {
			t.Errorf("%s: got %s %s, want none missing", r.Signal, r.Value, r.Quality)
		}
	}
}

func (h Harness) once(t *testing.T, readings []record.Reading) {
	t.Helper()
	var names []string
	for _, r := range readings {
		names = append(names, r.Signal)
		if _, ok := h.Want[r.Signal]; !ok {
			t.Errorf("signal %q was read, which the harness does not know", r.Signal)
		}
		if !r.Time.IsZero() {
			t.Errorf("%s: dated %s; the agent dates readings", r.Signal, r.Time)
		}
	}
	slices.Sort(names)
	if n := len(slices.Compact(names)); n != len(h.Want) || len(readings) != n {
		t.Errorf("%d readings of %d signals, want each of %d signals once", len(readings), n, len(h.Want))
	}
}

func (h Harness) inspects(t *testing.T) {
	d, ok := h.open(t).(drivers.Inspector)
	if !ok {
		t.Skip("the driver shows nothing")
	}
	inspections, err := d.Inspect(t.Context())
	if err != nil {
		t.Fatalf("inspect: %v", err)
	}
	var readings []record.Reading
	for _, in := range inspections {
		readings = append(readings, in.Reading)
		if in.Address == "" || len(in.Raw) == 0 || in.Err != nil {
			t.Errorf("%s: address %q, raw % x, error %v", in.Reading.Signal, in.Address, in.Raw, in.Err)
		}
	}
	h.all(t, readings)
}

func (h Harness) recovers(t *testing.T, takeAway func(testing.TB)) {
	d := h.open(t)
	readings, err := d.Read(t.Context())
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	h.all(t, readings)
	takeAway(t)
	for range 2 {
		begin := time.Now()
		readings, err = d.Read(t.Context())
		h.missing(t, readings, err)
		if took := time.Since(begin); took > h.Timeout {
			t.Errorf("gave up after %s, want %s", took, h.Timeout)
		}
	}
	h.Restore(t)
	h.await(t, d)
	readings, err = d.Read(t.Context())
	if err != nil {
		t.Errorf("second read after recovery: %v", err)
	}
	h.all(t, readings)
}

// await reads until the device answers.
func (h Harness) await(t *testing.T, d drivers.Driver) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for begin := time.Now(); ; <-tick.C {
		readings, err := d.Read(t.Context())
		if err == nil {
			h.all(t, readings)
			return
		}
		h.once(t, readings)
		if time.Since(begin) > h.Recovery {
			t.Fatalf("%s after the device came back: %v", h.Recovery, err)
		}
	}
}

func (h Harness) opensEarly(t *testing.T) {
	h.Cut(t)
	d := h.open(t)
	readings, err := d.Read(t.Context())
	h.missing(t, readings, err)
	h.Restore(t)
	h.await(t, d)
}

func (h Harness) cancels(t *testing.T) {
	d := h.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	readings, err := d.Read(ctx)
	h.missing(t, readings, err)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v does not say that it was cancelled", err)
	}
	h.await(t, d)
}

func (h Harness) interrupts(t *testing.T) {
	d := h.open(t)
	h.await(t, d)
	h.Silence(t)
	ctx, cancel := context.WithTimeout(t.Context(), h.Timeout/20)
	defer cancel()
	begin := time.Now()
	readings, err := d.Read(ctx)
	h.missing(t, readings, err)
	if took := time.Since(begin); took > h.Timeout/4 {
		t.Errorf("stopped only after %s", took)
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v does not say that the context ended", err)
	}
	h.Restore(t)
	h.await(t, d)
}

func (h Harness) closes(t *testing.T) {
	d := h.open(t)
	h.await(t, d)
	for range 2 {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	readings, err := d.Read(t.Context())
	h.missing(t, readings, err)
}

func (h Harness) leavesNothing(t *testing.T) {
	once := func(t *testing.T, read func(drivers.Driver)) {
		before := goleak.IgnoreCurrent()
		d := h.open(t)
		read(d)
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		goleak.VerifyNone(t, before)
	}
	once(t, func(d drivers.Driver) { h.await(t, d) })
	h.Cut(t)
	once(t, func(d drivers.Driver) {
		readings, err := d.Read(t.Context())
		h.missing(t, readings, err)
	})
	h.Restore(t)
	h.await(t, h.open(t))
}
