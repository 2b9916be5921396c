package scan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/lineproof/lineproof/drivers/modbus"
)

// near is how far the first pass over a serial line goes: most units are numbered from 1 on.
const near = 32

// Sweep asks every unit at every setting. As soon as one answers, the others of its line are looked for at
// its setting only.
type Sweep struct {
	url      *url.URL
	timeout  time.Duration
	steps    []step
	requests int
}

// step is one setting with the units to be asked.
type step struct {
	setting Setting
	units   []byte
}

// Progress tells how far a sweep has come.
type Progress struct {
	Done, All int // requests; All shrinks when a line's setting is known
	Setting   Setting
	Unit      byte
	Found     *Found        // just now
	Left      time.Duration // at most
}

// Result is what a sweep found.
type Result struct {
	Found []Found   `json:"found"` // in order of their units
	Alike bool      `json:"alike"` // the device answers to every unit number, so the others were not asked
	Noise []Setting `json:"-"`     // where something was heard that is no answer
}

// NewSweep plans a sweep.
func NewSweep(o Options) (*Sweep, error) {
	probe, err := modbus.NewProbe(o.URL, o.Timeout)
	if err != nil {
		return nil, err
	}
	s := &Sweep{timeout: o.Timeout}
	if s.url, err = url.Parse(o.URL); err != nil {
		return nil, err
	}
	for _, baud := range o.Bauds {
		if !slices.Contains(modbus.BaudRates(), baud) {
			return nil, fmt.Errorf("baud %d is not a rate of serial ports", baud)
		}
	}
	serial := probe.Serial()
	if s.timeout <= 0 {
		s.timeout = tcpTimeout
		if serial {
			s.timeout = serialTimeout
		}
	}
	units := o.Units
	if len(units) == 0 {
		units = everyUnit(serial)
	}
	passes := [][]byte{units}
	if serial && len(units) > near {
		passes = [][]byte{units[:near], units[near:]}
	}
	for _, pass := range passes {
		for _, setting := range settings(s.url, o.Bauds) {
			s.steps = append(s.steps, step{setting, pass})
			s.requests += len(pass)
		}
	}
	return s, nil
}

// Requests is how many there are at most.
func (s *Sweep) Requests() int { return s.requests }

// Limit is how long the sweep takes at most, when nobody answers.
func (s *Sweep) Limit() time.Duration { return s.limit(s.steps) }

func (s *Sweep) limit(steps []step) (total time.Duration) {
	for _, step := range steps {
		if p, err := modbus.NewProbe(at(s.url, step.setting), s.timeout); err == nil {
			total += time.Duration(len(step.units)) * p.Limit(1)
		}
	}
	return total
}

// Run sweeps. When ctx ends it gives what was found until then, without an error. progress may be nil.
func (s *Sweep) Run(ctx context.Context, judge Judge, progress func(Progress)) (Result, error) {
	r := run{Sweep: s, judge: judge, progress: progress, all: s.requests}
	var err error
	for i, step := range s.steps {
		if r.settled && step.setting != r.setting {
			continue
		}
		if err = r.step(ctx, step, s.steps[i+1:]); err != nil || r.result.Alike {
			break
		}
	}
	if ctx.Err() != nil {
		err = nil
	}
	slices.SortFunc(r.result.Found, func(a, b Found) int { return cmp.Compare(a.Unit, b.Unit) })
	return r.result, err
}

// run is one sweep under way.
type run struct {
	*Sweep
	judge     Judge
	progress  func(Progress)
	result    Result
	setting   Setting
	settled   bool // something answered at setting
	done, all int
	failed    int // requests in a row for which the port did not work
}

// step asks the units of one setting, over one connection.
func (r *run) step(ctx context.Context, now step, later []step) error {
	probe, err := modbus.NewProbe(at(r.url, now.setting), r.timeout)
	if err != nil {
		return err
	}
	defer probe.Close() //nolint:errcheck // it was only read from
	rest := r.limit(later)
	for i, unit := range now.units {
		found, err := r.ask(ctx, probe, now.setting, unit)
		if err != nil {
			return err
		}
		r.done++
		if found != nil && !r.settled {
			r.settled, r.setting = true, now.setting
			later = slices.DeleteFunc(slices.Clone(later), func(s step) bool { return s.setting != now.setting })
			rest = r.limit(later)
			r.all = r.done + len(now.units) - i - 1
			for _, s := range later {
				r.all += len(s.units)
			}
		}
		if found != nil {
			r.result.Found = append(r.result.Found, *found)
		}
		if r.progress != nil {
			left := rest + time.Duration(len(now.units)-i-1)*probe.Limit(1)
			r.progress(Progress{r.done, r.all, now.setting, unit, found, left})
		}
		if r.alike(probe) {
			r.result.Alike = true
			r.result.Found = r.result.Found[:1]
			return nil
		}
	}
	return nil
}

// ask gives what is known of a unit that answers, nil for one that does not.
func (r *run) ask(ctx context.Context, p *modbus.Probe, setting Setting, unit byte) (*Found, error) {
	began := time.Now()
	_, err := p.Registers(ctx, unit, modbus.Holding, 0, 1)
	found := &Found{URL: at(r.url, setting), Unit: unit, Setting: setting.String(), Answer: time.Since(began)}
	var refusal modbus.Refusal
	switch silent, heard := modbus.Silent(err); {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &refusal):
		r.failed = 0
		if refusal.Absent() {
			return nil, nil
		}
		found.Refusal = refusal.Code
	case silent:
		r.failed = 0
		if heard && !slices.Contains(r.result.Noise, setting) {
			r.result.Noise = append(r.result.Noise, setting)
		}
		return nil, nil
	case err != nil:
		// A gateway may hang up on a unit that it does not know. A port that does not work at all never works.
		if r.failed++; r.failed >= 3 || r.done == 0 {
			return nil, err
		}
		return nil, nil
	}
	r.failed = 0
	// Most devices refuse this, which says nothing of them.
	found.Identity, _ = p.Identify(ctx, unit)
	if r.judge != nil {
		found.Profiles = r.judge(ctx, p, unit, found.Identity)
	}
	return found, nil
}

// alike tells whether a device on TCP has no unit numbers: it answers to the first five in the same way.
func (r *run) alike(p *modbus.Probe) bool {
	const enough = 5
	if p.Serial() || r.done != enough || len(r.result.Found) != enough {
		return false
	}
	first := r.result.Found[0]
	for _, f := range r.result.Found {
		if f.Identity != first.Identity || f.Refusal != first.Refusal {
			return false
		}
	}
	return true
}
