package chaos

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// fault is one that was drawn.
type fault struct {
	number int
	after  time.Duration // since the one before
	kind   kind
	lasts  time.Duration
	seed   uint64 // of what is left to chance in it
}

// kind is a way to go wrong.
type kind struct {
	name   string
	weight int               // how often it is drawn; 0: only where it is asked for by name
	can    func(r *rig) bool // whether this computer and this run can do it; nil: yes
	strike func(r *rig, f fault) (heal func())
}

// kinds are all ways to go wrong that there are.
var kinds = []kind{
	{"agent killed", 5, nil, func(r *rig, _ fault) func() { return r.killAgent("agent dead", nil) }},
	{"power cut", 6, hasDisk, func(r *rig, f fault) func() { return r.powerCut(f, nil) }},
	{"power cut, bits flipped", 5, hasDisk, func(r *rig, f fault) func() { return r.powerCut(f, r.flip) }},
	{"power cut, last batch torn", 2, hasDisk, func(r *rig, f fault) func() { return r.tornTail(f, r.toBroker.fault(cut)) }},
	{"power cut, wakes in 1970", 5, hasDisk, func(r *rig, f fault) func() { return r.wakeIn1970(f) }},
	{"clock set ahead", 3, nil, func(r *rig, f fault) func() { return r.stepClock(f, 1) }},
	{"clock set back", 3, nil, func(r *rig, f fault) func() { return r.stepClock(f, -1) }},
	// The gateway seals another batch of the same number then, and has to own up to it.
	{"power cut, sent batch torn", 2, hasDisk, func(r *rig, f fault) func() { return r.tornTail(f, held(r.collector)) }},
	{"agent's disk full", 6, hasDisk, func(r *rig, _ fault) func() { return r.sicken(r.mount.disk.fill) }},
	{"agent's disk failing", 4, hasDisk, func(r *rig, _ fault) func() { return r.sicken(r.mount.disk.spoil) }},

	{"plant killed", 4, nil, func(r *rig, _ fault) func() { return r.killPlant() }},
	{"plant cut off", 4, nil, func(r *rig, _ fault) func() { return r.plantAway("cut off from the plant", cut, resting) }},
	{"plant silent", 1, nil, func(r *rig, _ fault) func() { return r.plantAway("plant silent", hole, longResting) }},
	{"plant's network slow", 2, nil, func(r *rig, _ fault) func() { return r.plantAway("plant's network slow", slow, resting) }},
	{"plant's network lossy", 3, nil, func(r *rig, _ fault) func() { return r.plantAway("plant's network lossy", lossy, resting) }},

	{"agent's network cut", 5, nil, func(r *rig, _ fault) func() { return r.toBroker.fault(cut) }},
	{"agent's network silent", 4, nil, func(r *rig, _ fault) func() { return r.toBroker.fault(hole) }},
	{"agent's network slow", 4, nil, func(r *rig, _ fault) func() { return r.toBroker.fault(slow) }},
	{"agent's network lossy", 4, nil, func(r *rig, _ fault) func() { return r.toBroker.fault(lossy) }},

	{"broker killed", 6, nil, func(r *rig, _ fault) func() { return held(r.broker) }},
	{"broker wiped", 4, nil, func(r *rig, _ fault) func() { return r.wipeBroker() }},

	{"collector's network cut", 3, nil, func(r *rig, _ fault) func() { return r.fromBroker.fault(cut) }},
	{"collector's network silent", 3, nil, func(r *rig, _ fault) func() { return r.fromBroker.fault(hole) }},
	{"collector's network slow", 3, nil, func(r *rig, _ fault) func() { return r.fromBroker.fault(slow) }},
	{"collector's network lossy", 3, nil, func(r *rig, _ fault) func() { return r.fromBroker.fault(lossy) }},
	{"collector killed", 8, nil, func(r *rig, _ fault) func() { return held(r.collector) }},
	{"collector's disk full", 5, hasSmallDisk, func(r *rig, _ fault) func() { return r.fillCollector() }},

	{"InfluxDB killed", 6, hasInflux, func(r *rig, _ fault) func() { return held(r.influx) }},
	{"InfluxDB refuses", 5, hasInflux, func(r *rig, _ fault) func() { return r.toInflux.fault(refuse) }},
	{"InfluxDB cut off", 4, hasInflux, func(r *rig, _ fault) func() { return r.toInflux.fault(cut) }},
	{"InfluxDB silent", 4, hasInflux, func(r *rig, _ fault) func() { return r.toInflux.fault(hole) }},
	{"InfluxDB slow", 4, hasInflux, func(r *rig, _ fault) func() { return r.toInflux.fault(slow) }},
	{"InfluxDB's network lossy", 4, hasInflux, func(r *rig, _ fault) func() { return r.toInflux.fault(lossy) }},
}

func hasDisk(r *rig) bool      { return r.mount != nil }
func hasSmallDisk(r *rig) bool { return filepath.Base(r.collectorDir) == "collector" }
func hasInflux(r *rig) bool    { return r.influx != nil }

// draw draws faults from a seed. Which ones depends on the seed and on what this computer can do.
func (r *rig) draw(n int) []fault {
	rng := rand.New(rand.NewPCG(r.seed, 0xC4A05))
	able := r.able(os.Getenv("LINEPROOF_CHAOS_ONLY"))
	all := 0
	for _, k := range able {
		all += k.weight
	}
	faults := make([]fault, n)
	for i := range faults {
		f := fault{number: i + 1, seed: rng.Uint64()}
		f.after = time.Duration(200+rng.IntN(3000)) * time.Millisecond
		u := rng.Float64() // mostly short
		f.lasts = time.Duration(200+4800*u*u) * time.Millisecond
		if rng.IntN(25) == 0 {
			f.lasts = 20 * time.Second
		}
		at := rng.IntN(all)
		for _, k := range able {
			if at -= k.weight; at < 0 {
				f.kind = k
				break
			}
		}
		faults[i] = f
	}
	return faults
}

// able are the kinds that can be drawn: all that this computer can do, or of them only those whose names
// are listed with semicolons between.
func (r *rig) able(only string) (able []kind) {
	for _, k := range kinds {
		if k.can != nil && !k.can(r) {
			continue
		}
		if only != "" {
			k.weight = strings.Count(";"+only+";", ";"+k.name+";")
		}
		if k.weight > 0 {
			able = append(able, k)
		}
	}
	return able
}

// without lists the kinds that this computer cannot do; that there is no InfluxDB in a run is no lack.
func (r *rig) without() (names []string) {
	for _, k := range kinds {
		if k.can != nil && !k.can(r) && !strings.Contains(k.name, "InfluxDB") {
			names = append(names, k.name)
		}
	}
	return names
}

// strike lets faults happen, each at its time, whether those before are over or not, and returns when all
// are over.
func (r *rig) strike(faults []fault) {
	for _, f := range faults {
		time.Sleep(f.after) // this is the plan, not a wait for something
		r.log("fault %d of %d: %s for %s", f.number, len(faults), f.kind.name, f.lasts)
		heal := f.kind.strike(r, f)
		r.struck[f.kind.name]++
		r.heals.Go(func() {
			time.Sleep(f.lasts)
			heal()
		})
	}
	r.heals.Wait()
}

// held ends a process until it is healed.
func held(p *process) (heal func()) {
	p.hold()
	return p.release
}

// Once it answers again, the agent asks a device again after a rest of 1 s, in whole seconds, or of 30 times
// what waiting for an answer cost (twice the timeout, of three devices at once) where it fell silent.
const (
	resting     = 3 * time.Second
	longResting = 30*3*2*timeout + resting
	// A plant that has just been started may take a connection and not yet answer one question.
	startResting = 30*timeout + resting
)

func (r *rig) killPlant() (heal func()) {
	r.windows.begin("plant", "plant dead", time.Now())
	return held(r.sim)
}

func (r *rig) plantAway(cause string, w way, rest time.Duration) (heal func()) {
	from, pass := time.Now(), r.toPlant.fault(w)
	return func() {
		pass()
		r.windows.add(cause, from, time.Now().Add(rest))
	}
}

// killAgent ends the agent. What it had not sealed is lost, and what its disk did not take. meanwhile is
// done while it is dead.
func (r *rig) killAgent(cause string, meanwhile func()) (heal func()) {
	now := time.Now()
	from := now.Add(-batch - sealing)
	r.mu.Lock()
	if since := r.sickened.Add(-batch - sealing); !r.sickened.IsZero() && since.Before(from) {
		from = since
	}
	r.mu.Unlock()
	r.windows.begin("agent", cause, from)
	r.agent.hold()
	if meanwhile != nil {
		meanwhile()
	}
	return r.agent.release
}

// sealing is how long it takes to seal a batch and to have it on disk.
const sealing = 500 * time.Millisecond

// powerCut loses what the agent's disk had not synced. damage does more to it; nil: nothing.
func (r *rig) powerCut(f fault, damage func(*rand.Rand)) (heal func()) {
	rng := rand.New(rand.NewPCG(f.seed, 1))
	chance := rng
	if rng.IntN(3) == 0 {
		chance = nil // all that was not synced is lost
	}
	return r.killAgent("power cut", func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if err := r.mount.down(); err != nil {
			r.t.Error(err)
		}
		r.mount.disk.cut(chance)
		if damage != nil {
			damage(rng)
		}
		r.clock(boot)
		if err := r.mount.up(); err != nil {
			r.t.Error(err)
		}
	})
}

// tornTail is a disk that lied of its last write, which is sealed while back's fault keeps it from the
// collector. Where it is on the broker by then, the collector has a batch that its gateway has not.
func (r *rig) tornTail(f fault, back func()) (heal func()) {
	since := time.Now()
	time.Sleep(2 * batch)
	on := r.powerCut(f, func(rng *rand.Rand) { r.tear(rng, since) })
	return func() {
		back()
		on()
		r.windows.add("batch superseded", since, time.Now().Add(5*time.Second))
	}
}

// sicken keeps the agent's disk from taking anything.
func (r *rig) sicken(how func()) (heal func()) {
	how()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sick++; r.sick == 1 {
		r.sickened = time.Now()
	}
	r.filled = true
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.sick--; r.sick == 0 {
			r.mount.disk.heal()
			// What waits is stored with the next batch.
			time.AfterFunc(batch+sealing, func() {
				r.mu.Lock()
				defer r.mu.Unlock()
				if r.sick == 0 {
					r.sickened = time.Time{}
				}
			})
		}
	}
}

func (r *rig) wipeBroker() (heal func()) {
	r.broker.hold()
	if err := os.RemoveAll(filepath.Join(r.dir, "broker")); err != nil {
		r.t.Error(err)
	}
	if err := os.MkdirAll(filepath.Join(r.dir, "broker"), 0o700); err != nil {
		r.t.Error(err)
	}
	return r.broker.release
}

func (r *rig) fillCollector() (heal func()) {
	ballast := filepath.Join(r.collectorDir, "ballast")
	r.mu.Lock()
	defer r.mu.Unlock()
	r.full++
	if err := fillUp(ballast); err != nil {
		r.t.Error(err)
	}
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.full--; r.full == 0 {
			if err := os.Remove(ballast); err != nil {
				r.t.Error(err)
			}
		}
	}
}
