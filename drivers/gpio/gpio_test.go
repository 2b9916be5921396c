package gpio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/drivertest"
	"github.com/lineproof/lineproof/drivers/gpio/chardev"
	"github.com/lineproof/lineproof/record"
)

// pin is a line whose edges come through a real pipe, in the kernel's own bytes.
type pin struct {
	t      testing.TB
	level  atomic.Bool
	gone   atomic.Bool
	asked  chardev.Settings
	mu     sync.Mutex
	kernel *os.File // the end that the kernel would write
	number uint32
	at     time.Duration
}

type opened struct {
	*os.File
	pin *pin
}

func (o opened) On() (bool, error) {
	if o.pin.gone.Load() {
		return false, unix.ENODEV
	}
	return o.pin.level.Load(), nil
}

func (o opened) Edges(buf []chardev.Edge) (int, error) { return chardev.ReadEdges(o.File, buf) }

func (p *pin) open(_ string, s chardev.Settings) (line, error) {
	if p.gone.Load() {
		return nil, errors.New("no line is called \"GPIO17\"")
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kernel != nil {
		p.kernel.Close()
	}
	p.kernel, p.number, p.asked = w, 0, s
	p.t.Cleanup(func() { w.Close() })
	return opened{r, p}, nil
}

// edge has the kernel tell an edge, or drop it where its buffer was full.
func (p *pin) edge(rising, dropped bool) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.number++
	p.at += 20 * time.Millisecond
	p.level.Store(rising)
	if dropped {
		return
	}
	e := unix.GPIOV2LineEvent{Timestamp_ns: uint64(p.at), Id: unix.GPIO_V2_LINE_EVENT_FALLING_EDGE, Line_seqno: p.number}
	if rising {
		e.Id = unix.GPIO_V2_LINE_EVENT_RISING_EDGE
	}
	if _, err := p.kernel.Write(bytes.Clone((*[unsafe.Sizeof(e)]byte)(unsafe.Pointer(&e))[:])); err != nil {
		p.t.Error(err)
	}
}

func configured(p *pin, change func(*Config)) *Config {
	c := New().(*Config)
	c.Pin, c.Edge, c.open = "GPIO17", "rising", p.open
	if change != nil {
		change(c)
	}
	return c
}

// watched runs a Watch and lets a test wait for what it tells.
type watched struct {
	t     *testing.T
	told  chan record.Reading
	ended chan error
}

func watch(t *testing.T, c *Config) *watched {
	t.Helper()
	d, err := c.Open(drivers.Options{Name: "eye"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &watched{t, make(chan record.Reading, 1000), make(chan error, 1)}
	go func() {
		w.ended <- d.(drivers.Watcher).Watch(ctx, func(r record.Reading) { w.told <- r })
	}()
	t.Cleanup(func() {
		cancel()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// until waits for a reading, as text.
func (w *watched) until(want string) {
	w.t.Helper()
	var seen []string
	for {
		select {
		case r := <-w.told:
			got := fmt.Sprintf("%s=%s %s", r.Signal, r.Value, r.Quality)
			if got == want {
				return
			}
			seen = append(seen, got)
		case <-time.After(10 * time.Second):
			w.t.Fatalf("never told %q; told %q", want, seen)
		}
	}
}

// taken waits until the driver has taken the edge of that number.
func taken(d *driver, number uint32) {
	for {
		d.mu.Lock()
		last := d.counter.last.Number
		d.mu.Unlock()
		if last == number {
			return
		}
		<-d.changed
	}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPulsesAreCountedAndTheLevelIsTold(t *testing.T) {
	p := &pin{t: t}
	w := watch(t, configured(p, func(c *Config) { c.Level = true }))
	w.until("pulses=0 good") // so that a restart is seen as a reset
	for range 5 {
		p.edge(true, false)
		p.edge(false, false)
	}
	p.edge(true, false)
	w.until("pulses=6 good")
	w.until("on=true good")
	p.edge(false, false)
	w.until("on=false good")
}

func TestAMeterCountsInItsUnit(t *testing.T) {
	p := &pin{t: t}
	c := configured(p, func(c *Config) { c.Edge, c.Active, c.PerUnit, c.Unit, c.MaxRate = "falling", "low", 1000, "kWh", 10 })
	want := map[string]record.Signal{pulses: {Source: "GPIO17 active low debounced 5ms edge falling", Counter: true, Width: 64, Scale: 0.001, MaxRate: 0.01, Unit: "kWh"}}
	if diff := cmp.Diff(want, c.Signals()); diff != "" {
		t.Error(diff)
	}
	w := watch(t, c)
	w.until("pulses=0 good")
	if diff := cmp.Diff(chardev.Settings{ActiveLow: true, Rising: true, Debounce: 5 * time.Millisecond}, p.asked); diff != "" {
		t.Errorf("what falls at a pin that is active low rises for the kernel: %s", diff)
	}
	p.edge(true, false)
	w.until("pulses=0.001 good")
}

func TestLostEdgesAreCountedAndMakeItUncertain(t *testing.T) {
	for _, test := range []struct {
		name  string
		level bool
		want  string
	}{
		{"the kernel tells only those that count", false, "pulses=8 uncertain"},
		{"the kernel tells both directions", true, "pulses=5 uncertain"}, // of rise fall (rise fall rise fall rise) fall rise, 5 rise
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &pin{t: t}
			d, err := configured(p, func(c *Config) { c.Level = test.level }).Open(drivers.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
			rising := true
			for i := range 9 {
				if test.level || i != 1 {
					p.edge(rising, i >= 2 && i < 7)
				}
				if test.level {
					rising = !rising
				}
			}
			taken(d.(*driver), p.number)
			readings, err := d.Read(t.Context())
			got := fmt.Sprintf("%s=%s %s", readings[0].Signal, readings[0].Value, readings[0].Quality)
			if got != test.want || err == nil || err.Error() != "5 edges were lost, 5 since the start: the computer was too busy" {
				t.Errorf("got %s, error %v; want %s", got, err, test.want)
			}
			if readings, err := d.Read(t.Context()); err != nil || readings[0].Quality != record.Good {
				t.Errorf("told once more: %v, %v", readings, err)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestMoreThanTheMachineCanMakeIsDoubtful(t *testing.T) {
	c := counter{rising: true, told: chardev.Settings{Rising: true}, maxRate: 10}
	var doubts []string
	for i := range 100 {
		at := time.Duration(i) * 100 * time.Millisecond // ten a second
		if i >= 50 {
			at = 5*time.Second + time.Duration(i-50)*10*time.Millisecond
		}
		if d := c.take(chardev.Edge{Rising: true, At: at, Number: uint32(i + 1)}); d != "" {
			doubts = append(doubts, fmt.Sprintf("%d: %s", i, d))
		}
	}
	want := []string{"61: more than max_rate 10 pulses in a second: noise, a bouncing contact, or max_rate is too low"}
	if diff := cmp.Diff(want, doubts); diff != "" || c.count != 100 {
		t.Errorf("%d counted: %s", c.count, diff)
	}
}

func TestAPinThatIsGoneIsMissingAndIsFoundAgain(t *testing.T) {
	p := &pin{t: t}
	c := configured(p, nil)
	w := watch(t, c)
	w.until("pulses=0 good")
	p.edge(true, false)
	w.until("pulses=1 good")
	p.gone.Store(true)
	p.mu.Lock()
	p.kernel.Close()
	p.mu.Unlock()
	w.until("pulses=- missing")
	if err := <-w.ended; err == nil || !strings.HasPrefix(err.Error(), "GPIO17: ") {
		t.Errorf("Watch ended with %v", err)
	}
}

func TestACountGoesOnAfterThePinWasGone(t *testing.T) {
	p := &pin{t: t}
	d, err := configured(p, nil).Open(drivers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.edge(true, false)
	taken(d.(*driver), 1)
	p.gone.Store(true)
	if readings, err := d.Read(t.Context()); err == nil || readings[0].Quality != record.Missing {
		t.Errorf("%v, %v", readings, err)
	}
	p.gone.Store(false)
	readings, err := d.Read(t.Context())
	want := "the pin was gone for a while: what happened meanwhile is not counted"
	if err == nil || err.Error() != want || readings[0].Value != record.UintValue(1) || readings[0].Quality != record.Uncertain {
		t.Errorf("%v, %v", readings, err)
	}
}

func TestConformance(t *testing.T) {
	p := &pin{t: t}
	p.level.Store(true)
	drivertest.Run(t, drivertest.Harness{
		Device: configured(p, func(c *Config) { c.Edge, c.States = "", map[int64]string{0: "stopped", 1: "execute"} }),
		Want:   map[string]record.Value{on: record.BoolValue(true)},
		Cut:    func(testing.TB) { p.gone.Store(true) }, Restore: func(testing.TB) { p.gone.Store(false) },
		Timeout: time.Second, Recovery: time.Second,
	})
}

func TestValidateNamesEveryMistake(t *testing.T) {
	for _, test := range []struct {
		name string
		c    Config
		want []string
	}{
		{"everything", Config{Edge: "up", Active: "on", Pull: "high", Debounce: -1, Every: 1, MaxRate: -1, PerUnit: -1, States: map[int64]string{2: "stoped"}}, []string{
			"pin: no pin | such as GPIO17; `gpioinfo` lists the names",
			`edge: unknown edge "up" | use one of rising, falling, both`,
			`active: unknown level "on" | use high or low`,
			`pull: unknown pull "high" | use up, down or none`,
			"debounce: debounce -1ns is out of range | use 0s to 10s, such as 5ms",
			"every: every 1ns is too often | use 100ms or more: edges are told at once anyway",
			"max_rate: max_rate -1 is no rate | use the most pulses a second that the machine can make",
			"per_unit: per_unit -1 is no number of pulses | use the pulses that make one unit, such as 1000",
			"states: states are for the level, which is not told | add level: true",
			"states.2: a pin has no state 2 | a pin has 0, off, and 1, on",
		}},
		{"a debounce that swallows pulses", Config{Pin: "GPIO17", Edge: "rising", Active: "high", Debounce: record.Duration(20 * time.Millisecond), Every: record.Duration(time.Second), MaxRate: 50}, []string{
			"debounce: debounce 20ms swallows pulses that come 50 times a second | use less than 10ms, or a smaller max_rate"}},
		{"a unit without its pulses", Config{Pin: "GPIO17", Edge: "rising", Active: "high", Every: record.Duration(time.Second), Unit: "kWh"}, []string{
			"per_unit: per_unit and unit go together | such as per_unit: 1000, unit: kWh"}},
		{"a count of nothing", Config{Pin: "GPIO17", Active: "high", Every: record.Duration(time.Second), MaxRate: 5}, []string{
			"edge: max_rate, per_unit and unit are for what is counted | say which edge counts: rising, falling or both"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, p := range test.c.Validate() {
				if p.Path[len(p.Path)-1] == "2" && strings.HasPrefix(p.Message, "unknown state") {
					continue // its hint lists all of PackML
				}
				got = append(got, fmt.Sprintf("%s: %s | %s", strings.Join(p.Path, "."), p.Message, p.Hint))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
