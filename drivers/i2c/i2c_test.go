package i2c

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2ctest"
	"periph.io/x/conn/v3/physic"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/sensor"
	"github.com/lineproof/lineproof/record"
)

// poll is one thing that a chip is asked, with what it answers; an error is a NACK.
type poll struct {
	w, r []byte
	err  error
}

// errNack is the kernel's answer where nobody acknowledges.
var errNack = errors.New("remote I/O error")

// recorded replays bus traffic, and a NACK where the recording has one.
type recorded struct {
	i2ctest.Playback
	polls []poll
}

func (r *recorded) Tx(address uint16, w, read []byte) error {
	if r.Count < len(r.polls) && r.polls[r.Count].err != nil {
		return r.polls[r.Count].err
	}
	return r.Playback.Tx(address, w, read)
}

// Close does not ask that all was played, which a NACK is not.
func (*recorded) Close() error { return nil }

// replay polls a chip once over recorded traffic, all of which has to happen, and gives the readings as text,
// and how long the chip was waited for.
func replay(t *testing.T, c *Config, polls ...poll) (got []string, waited time.Duration, err error) {
	t.Helper()
	m, _ := c.model()
	bus := &recorded{polls: polls, Playback: i2ctest.Playback{DontPanic: true}}
	for _, p := range polls {
		bus.Ops = append(bus.Ops, i2ctest.IO{Addr: uint16(c.address(m)), W: p.w, R: p.r})
	}
	d := open(t, c, bus, func(_ context.Context, d time.Duration) error {
		waited += d
		return nil
	})
	readings, err := d.Read(t.Context())
	for _, r := range readings {
		got = append(got, fmt.Sprintf("%s=%s %s", r.Signal, r.Value, r.Quality))
	}
	for i := bus.Count; i < len(polls); i++ {
		if polls[i].err == nil {
			t.Errorf("the driver never asked %x", polls[i].w)
		}
	}
	return got, waited, err
}

func open(t *testing.T, c *Config, bus i2c.BusCloser, pause sensor.Pause) drivers.Driver {
	t.Helper()
	c.open = func(int) (i2c.BusCloser, error) { return bus, nil }
	c.pause = pause
	d, err := c.Open(drivers.Options{Name: "device"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// configured is a chip with its defaults.
func configured(chip string, signals map[string]sensor.Signal) *Config {
	c := New().(*Config)
	c.Chip, c.Points = chip, signals
	if chip == "ina219" {
		c.Shunt = 0.002
	}
	return c
}

// outcome is what one recording has to give.
type outcome struct {
	name   string
	config *Config
	polls  []poll
	want   []string
	err    string // as a person reads it; "" for none
}

func (o outcome) run(t *testing.T) {
	t.Run(o.name, func(t *testing.T) {
		got, _, err := replay(t, o.config, o.polls...)
		if !slices.Equal(got, o.want) {
			t.Errorf("got %q, want %q", got, o.want)
		}
		text := ""
		if err != nil {
			text = err.Error()
		}
		if text != o.err {
			t.Errorf("error %q, want %q", text, o.err)
		}
	})
}

// registers is a chip as its data sheet describes it: a pointer, then bytes to write or read.
type registers struct {
	address uint16
	memory  [256]byte
	wide    bool // registers are words
	gone    func() bool
	wrote   func(r *registers, at byte)
}

func (r *registers) Tx(address uint16, w, read []byte) error {
	if address != r.address || r.gone != nil && r.gone() {
		return errNack
	}
	width := 1
	if r.wide {
		width = 2
	}
	at := int(w[0])
	for rest := w[1:]; len(rest) > 0; { // of bytes, further pairs of register and value may follow
		n := copy(r.memory[at*width:at*width+width], rest)
		if r.wrote != nil {
			r.wrote(r, byte(at))
		}
		if rest = rest[n:]; len(rest) > 0 {
			at, rest = int(rest[0]), rest[1:]
		}
	}
	copy(read, r.memory[at*width:])
	return nil
}

func (r *registers) put(at byte, data ...byte) {
	width := 1
	if r.wide {
		width = 2
	}
	copy(r.memory[int(at)*width:], data)
}

func (*registers) SetSpeed(physic.Frequency) error { return nil }
func (*registers) Close() error                    { return nil }
func (*registers) String() string                  { return "registers" }

// values polls once and wants everything to be good.
func values(t *testing.T, c *Config, bus i2c.BusCloser) map[string]float64 {
	t.Helper()
	readings, err := open(t, c, bus, func(context.Context, time.Duration) error { return nil }).Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, r := range readings {
		if r.Quality != record.Good {
			t.Errorf("%s is %s", r.Signal, r.Quality)
		}
		got[r.Signal] = r.Value.Float()
	}
	return got
}
