package chaos

import (
	"crypto/rand"
	"encoding/json"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/record"
)

// clockEnv names the file with the kernel's clock.
const clockEnv = "LINEPROOF_CHAOS_CLOCK"

// kernel is what the agent's system says of its clock. The rig writes it to a file, and the agent reads that.
type kernel struct {
	Boot   record.Boot
	Booted time.Time     // true time
	Ahead  time.Duration // of what it takes for the time
	Synced bool          // whether a time server is heard
}

// see is the kernel's answer, by the file. One that is just being written is read again.
func see(file string) func() edge.Sighting {
	return func() edge.Sighting {
		var k kernel
		for {
			text, err := os.ReadFile(file)
			if err == nil && json.Unmarshal(text, &k) == nil {
				break
			}
		}
		now := time.Now()
		s := edge.Sighting{Wall: now.Add(k.Ahead), Boot: k.Boot}
		s.State, s.Monotonic = record.ClockFreeRunning, now.Sub(k.Booted)
		if k.Synced {
			s.State, s.ErrorBound = record.ClockSynchronised, 5*time.Millisecond
		}
		return s
	}
}

func (r *rig) clockFile() string { return filepath.Join(r.dir, "clock.json") }

// clock changes what the kernel says. It needs the rig's lock.
func (r *rig) clock(change func(*kernel)) {
	change(&r.kernel)
	text, err := json.Marshal(r.kernel)
	if err == nil {
		err = os.WriteFile(r.clockFile()+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(r.clockFile()+".new", r.clockFile())
	}
	if err != nil {
		r.t.Error(err)
	}
}

// boot is what every start of the gateway's computer brings.
func boot(k *kernel) {
	if _, err := rand.Read(k.Boot[:]); err != nil {
		panic(err)
	}
	k.Booted = time.Now()
}

// vague is by how much what was read while no time server was heard may be misdated: the way to the collector and
// back under the worst fault, or half of the time without power. It is far less than any step.
const vague = 15 * time.Second

// timeNotKnown explains what nothing else does.
const timeNotKnown = "time not known"

// unsettled is by how much time may seem lost where what is known of the time changes.
const unsettled = 4 * time.Second

// unset lets no time server be heard, and the clock be wrong by so much. The healing says when that is over.
func (r *rig) unset(ahead time.Duration) (heal func()) {
	from := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unsynced++
	r.clock(func(k *kernel) { k.Ahead, k.Synced = ahead, false })
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.unsynced--; r.unsynced == 0 {
			r.clock(func(k *kernel) { k.Ahead, k.Synced = 0, true })
		}
		r.windows.add(timeNotKnown, from.Add(-unsettled), time.Now().Add(unsettled))
		r.doubts = append(r.doubts, record.Span{From: from.Add(-vague), To: time.Now().Add(vague)})
	}
}

// stepClock sets the clock by hand, as far as decades away.
func (r *rig) stepClock(f fault, direction int64) (heal func()) {
	rng := mathrand.New(mathrand.NewPCG(f.seed, 2))
	steps := []time.Duration{2 * time.Second, 90 * time.Second, 25 * time.Hour, 400 * 24 * time.Hour, 40 * 365 * 24 * time.Hour}
	by := time.Duration(direction) * steps[rng.IntN(len(steps))]
	r.log("the clock is set by %s", by)
	return r.unset(by)
}

// wakeIn1970 is a power cut after which nobody tells the time for a while.
func (r *rig) wakeIn1970(f fault) (heal func()) {
	known := r.unset(-time.Since(time.Unix(10, 0)))
	on := r.powerCut(f, nil)
	return func() {
		on()
		time.Sleep(f.lasts / 2) // it works without a clock for a while
		known()
	}
}

// doubt is how far a time may be from the true one for want of a time server.
func (r *rig) doubt(t time.Time) time.Duration {
	for _, d := range r.doubts {
		if !t.Before(d.From) && t.Before(d.To) {
			return vague
		}
	}
	return 0
}
