package edge

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/lineproof/lineproof/record"
)

// gatewayStory is a Raspberry Pi with a clock that can be anything. True time passes by itself; what the Pi
// knows of it is another matter. Each reading says in its value at which millisecond of true time it was taken.
type gatewayStory struct {
	t    *testing.T
	home string
	now  time.Time // true time

	boot   byte
	booted time.Time     // true time
	wall   time.Duration // what the system's clock is ahead of true time
	state  record.ClockState
	bound  time.Duration
	fast   float64 // the crystal gains so many millionths
	steady time.Time
	sealer *sealer
}

// six in the morning, on 1 February 2027.
func tell(t *testing.T) *gatewayStory {
	g := &gatewayStory{t: t, home: t.TempDir(), now: six}
	return g
}

// Now is the agent's own steady clock.
func (g *gatewayStory) Now() time.Time { return g.steady.Add(g.now.Sub(g.booted)) }

func (g *gatewayStory) sinceBoot() time.Duration {
	d := g.now.Sub(g.booted)
	return d + time.Duration(float64(d)*g.fast/1e6)
}

func (g *gatewayStory) see() Sighting {
	return Sighting{
		Clock: record.Clock{State: g.state, ErrorBound: g.bound, Monotonic: g.sinceBoot()},
		Wall:  g.now.Add(g.wall), Boot: record.Boot{g.boot},
	}
}

// powerOn starts the Pi with a clock that shows wall, and the agent on it.
func (g *gatewayStory) powerOn(wall time.Time) {
	g.boot++
	g.booted, g.wall, g.state, g.bound = g.now, wall.Sub(g.now), record.ClockFreeRunning, 0
	g.startAgent()
}

func (g *gatewayStory) startAgent() {
	g.steady = g.booted.Add(g.wall)
	g.sealer = sealerBy(g.t, g.home, filepath.Join(g.home, "spool"), g, g.see)
}

// SleepUntil is of no use here: the stories move the time themselves.
func (*gatewayStory) SleepUntil(context.Context, time.Time) error { return nil }

func (g *gatewayStory) pass(d time.Duration) { g.now = g.now.Add(d) }

// work reads for a while, once in ten seconds, and seals each time.
func (g *gatewayStory) work(d time.Duration) {
	g.t.Helper()
	for end := g.now.Add(d); g.now.Before(end); {
		from := g.steadyNow()
		g.pass(10 * time.Second)
		r := record.Reading{Signal: "press.cycles", Time: g.steadyNow(), Value: record.IntValue(g.now.UnixMilli()), Quality: record.Good}
		c := content{readings: []record.Reading{r}, observed: []record.Observed{{Device: "press", Spans: []record.Span{{From: from, To: r.Time}}, Polls: 1}}}
		if err := g.sealer.seal(c); err != nil {
			g.t.Fatal(err)
		}
	}
}

func (g *gatewayStory) steadyNow() time.Time { return g.Now().Truncate(time.Millisecond) }

// powerOff is a power cut: nothing is finished.
func (g *gatewayStory) powerOff(d time.Duration) {
	g.sealer.spool.Close()
	g.sealer.aside.close()
	g.sealer = nil
	g.pass(d)
}

// restart ends the agent and starts it again under the same boot.
func (g *gatewayStory) restart() {
	g.sealer.spool.Close()
	g.sealer.aside.close()
	g.startAgent()
}

// ntp lets a time server set the clock, which stays ahead by error.
func (g *gatewayStory) ntp(ahead, bound time.Duration) {
	g.wall, g.state, g.bound = ahead, record.ClockSynchronised, bound
}

// collector lets the collector answer a question; its answer takes there and back.
func (g *gatewayStory) collector(there, back time.Duration) {
	g.t.Helper()
	if !g.sealer.time.ask(7) {
		g.t.Fatal("the gateway does not ask")
	}
	g.pass(there)
	at := g.now
	g.pass(back)
	g.sealer.time.told(7, at)
}

// outcome is what the sealed batches say.
type outcome struct {
	readings int
	worst    time.Duration // a reading's time from its true one
	widest   time.Duration // error bound that a batch admits
	between  int           // readings whose batch is dated between two known times
	waits    uint64        // contents that have no date yet
}

// sealed holds every reading against the truth: once, in its order, and no further from its true time than its
// batch admits.
func (g *gatewayStory) sealed() (o outcome) {
	g.t.Helper()
	last := int64(0)
	for _, b := range opened(g.t, g.sealer) {
		for _, r := range b.Readings {
			taken := r.Value.Int()
			if taken <= last {
				g.t.Errorf("reading of %d after that of %d", taken, last)
			}
			last = taken
			wrong := r.Time.Sub(time.UnixMilli(taken)).Abs()
			if wrong > b.Clock.ErrorBound+2*time.Millisecond && !g.unbounded(b) {
				g.t.Errorf("batch %d dates a reading wrong by %s, and admits %s (%s)", b.Seq, wrong, b.Clock.ErrorBound, b.Clock.State)
			}
			o.readings++
			o.worst, o.widest = max(o.worst, wrong), max(o.widest, b.Clock.ErrorBound)
			if b.Clock.State == record.ClockBetween {
				o.between++
				if r.Quality != record.Uncertain {
					g.t.Errorf("%v is dated by guess and not marked", r)
				}
			}
		}
		if b.Clock.Monotonic <= 0 || b.Boot == (record.Boot{}) {
			g.t.Errorf("batch %d does not say how long since which boot", b.Seq)
		}
	}
	o.waits = g.sealer.aside.len()
	return o
}

// unbounded tells of batches that admit that nobody knows how wrong they are.
func (g *gatewayStory) unbounded(b record.Batch) bool {
	return b.Clock.State == record.ClockBetween && b.Clock.ErrorBound == 0 && b.Dated != nil && b.Dated.After.IsZero()
}

func (o outcome) String() string {
	return fmt.Sprintf("%d readings, worst %s, bound %s, %d between, %d wait", o.readings, o.worst.Round(time.Millisecond), o.widest.Round(time.Millisecond), o.between, o.waits)
}

var in1970 = time.Date(1970, 1, 1, 0, 0, 10, 0, time.UTC)

func TestClockStories(t *testing.T) {
	const ms = time.Millisecond
	stories := []struct {
		name  string
		story func(g *gatewayStory)
		want  string
	}{
		{"a time server from the start", func(g *gatewayStory) {
			g.powerOn(g.now)
			g.ntp(2*ms, 5*ms)
			g.work(time.Minute)
		}, "6 readings, worst 2ms, bound 5ms, 0 between, 0 wait"},
		{"it wakes in 1970 and gets the time after 40 minutes", func(g *gatewayStory) {
			g.powerOn(in1970)
			g.work(40 * time.Minute)
			if o := g.sealed(); o.readings != 0 || o.waits != 240 {
				g.t.Errorf("before the time is known: %s", o)
			}
			g.ntp(0, 8*ms)
			g.work(time.Minute)
		}, "246 readings, worst 0s, bound 248ms, 0 between, 0 wait"},
		{"a crystal that is 80 millionths fast, for 40 minutes", func(g *gatewayStory) {
			g.powerOn(in1970)
			g.fast = 80
			g.work(40 * time.Minute)
			g.ntp(0, 8*ms)
			g.work(10 * time.Second)
		}, "241 readings, worst 193ms, bound 248ms, 0 between, 0 wait"},
		{"power fails before the time is known, and again it works without", func(g *gatewayStory) {
			g.powerOn(g.now)
			g.ntp(0, 5*ms)
			g.work(10 * time.Minute)
			g.powerOff(20 * time.Minute)
			g.powerOn(in1970)
			g.work(40 * time.Minute)
			g.powerOff(time.Hour)
			g.powerOn(in1970)
			g.work(5 * time.Minute)
			g.powerOff(5 * time.Minute)
			g.powerOn(in1970)
			g.work(2 * time.Minute)
			g.ntp(0, 5*ms)
			g.work(10 * time.Second)
		}, "343 readings, worst 37m30s, bound 42m30s, 270 between, 0 wait"},
		{"power fails before the time is known, and nothing was known before", func(g *gatewayStory) {
			g.powerOn(in1970)
			g.work(time.Minute)
			g.powerOff(time.Minute)
			g.powerOn(in1970)
			g.ntp(0, 5*ms)
			g.work(10 * time.Second)
		}, "7 readings, worst 1m0s, bound 5ms, 6 between, 0 wait"},
		{"a clock that was kept and looks right is not believed", func(g *gatewayStory) {
			g.powerOn(g.now.Add(-3 * time.Hour)) // as systems do that store the time now and then
			g.work(time.Minute)
			g.ntp(0, 5*ms)
			g.work(10 * time.Second)
		}, "7 readings, worst 0s, bound 11ms, 0 between, 0 wait"},
		{"the time server goes away for a day", func(g *gatewayStory) {
			g.powerOn(g.now)
			g.ntp(0, 5*ms)
			g.work(10 * time.Second)
			g.state, g.fast = record.ClockFreeRunning, 40
			g.pass(24 * time.Hour)
			g.work(10 * time.Second)
		}, "2 readings, worst 3.456s, bound 8.646s, 0 between, 0 wait"},
		{"somebody sets the clock by hand, with no time server", func(g *gatewayStory) {
			g.powerOn(g.now)
			g.ntp(0, 5*ms)
			g.work(10 * time.Second)
			g.state, g.wall = record.ClockFreeRunning, 400*24*time.Hour
			g.work(10 * time.Second)
			g.wall = -90 * time.Minute
			g.work(10 * time.Second)
		}, "3 readings, worst 0s, bound 7ms, 0 between, 0 wait"},
		{"a time server is wrong by a year, and mended", func(g *gatewayStory) {
			g.powerOn(g.now)
			g.ntp(0, 5*ms)
			g.work(10 * time.Second)
			g.ntp(365*24*time.Hour, 366*24*time.Hour)
			g.work(10 * time.Second)
			g.ntp(0, 5*ms)
			g.work(10 * time.Second)
		}, "3 readings, worst 8760h0m0s, bound 8784h0m0s, 0 between, 0 wait"},
		{"a step back of ten minutes", func(g *gatewayStory) {
			g.powerOn(g.now)
			g.ntp(10*time.Minute, 11*time.Minute)
			g.work(10 * time.Second)
			g.ntp(0, 5*ms)
			g.work(10 * time.Second)
		}, "2 readings, worst 10m0s, bound 11m0s, 0 between, 0 wait"},
		{"a leap second, smeared", func(g *gatewayStory) {
			g.powerOn(g.now)
			for i := range 10 {
				g.ntp(time.Duration(i)*4*ms, 100*ms)
				g.work(10 * time.Second)
			}
		}, "10 readings, worst 0s, bound 136ms, 0 between, 0 wait"},
		{"no time server, but the collector", func(g *gatewayStory) {
			g.powerOn(in1970)
			g.work(time.Minute)
			g.collector(30*ms, 170*ms)
			g.work(time.Minute)
		}, "12 readings, worst 70ms, bound 206ms, 0 between, 0 wait"},
		{"the collector's answer takes long, and a better one comes", func(g *gatewayStory) {
			g.powerOn(in1970)
			g.work(10 * time.Second)
			g.collector(100*ms, 7900*ms)
			g.work(10 * time.Second)
			g.collector(10*ms, 20*ms)
			g.work(10 * time.Second)
		}, "3 readings, worst 3.9s, bound 8.001s, 0 between, 0 wait"},
		{"an answer to an older question is not taken", func(g *gatewayStory) {
			g.powerOn(in1970)
			g.sealer.time.ask(1)
			g.pass(time.Minute)
			g.sealer.time.ask(2)
			g.sealer.time.told(1, g.now)
			g.work(10 * time.Second)
		}, "0 readings, worst 0s, bound 0s, 0 between, 1 wait"},
		{"a collector whose own clock was never set is not believed", func(g *gatewayStory) {
			g.powerOn(in1970)
			g.sealer.time.ask(1)
			g.sealer.time.told(1, in1970)
			g.work(10 * time.Second)
		}, "0 readings, worst 0s, bound 0s, 0 between, 1 wait"},
		{"the agent starts again, not the gateway, and the network is gone", func(g *gatewayStory) {
			g.powerOn(in1970)
			g.work(10 * time.Second)
			g.collector(10*ms, 10*ms)
			g.work(10 * time.Second)
			g.restart()
			g.work(10 * time.Second)
		}, "3 readings, worst 0s, bound 22ms, 0 between, 0 wait"},
		{"the agent starts again before the time is known", func(g *gatewayStory) {
			g.powerOn(in1970)
			g.work(time.Minute)
			g.restart()
			g.work(time.Minute)
			g.ntp(0, 5*ms)
			g.restart()
			g.work(10 * time.Second)
		}, "13 readings, worst 0s, bound 17ms, 0 between, 0 wait"},
		{"the time is known only in the third life, and the agent dies while it dates", func(g *gatewayStory) {
			g.powerOn(g.now)
			g.ntp(0, 5*ms)
			g.work(10 * time.Second)
			g.powerOff(time.Minute)
			g.powerOn(in1970)
			g.work(3 * time.Minute)
			g.powerOff(time.Minute)
			g.powerOn(in1970)
			g.work(time.Minute)
			g.ntp(0, 5*ms)
			m := g.sealer.time.look()
			if err := g.sealer.announce(m); err != nil {
				g.t.Fatal(err)
			}
			head, _ := g.sealer.spool.Head()
			all, _, err := g.sealer.aside.take(m, 10, head+1)
			if err != nil {
				g.t.Fatal(err)
			}
			if _, err := g.sealer.append(m, all[:7]); err != nil { // and it dies before it can note that
				g.t.Fatal(err)
			}
			g.powerOff(30 * time.Second)
			g.powerOn(in1970)
			g.work(time.Minute)
			g.ntp(0, 5*ms)
			g.work(10 * time.Second)
		}, "32 readings, worst 0s, bound 1m0s, 18 between, 0 wait"},
		{"over the end of a leap year's February", func(g *gatewayStory) {
			g.now = time.Date(2028, 2, 29, 23, 50, 0, 0, time.UTC)
			g.powerOn(in1970)
			g.work(20 * time.Minute)
			g.ntp(0, 5*ms)
			g.work(10 * time.Second)
		}, "121 readings, worst 0s, bound 125ms, 0 between, 0 wait"},
	}
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			g := tell(t)
			s.story(g)
			if got := g.sealed().String(); got != s.want {
				t.Errorf("got  %s\nwant %s", got, s.want)
			}
		})
	}
	t.Logf("%d stories", len(stories))
}
