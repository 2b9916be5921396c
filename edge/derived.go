package edge

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lineproof/lineproof/internal/strictyaml"
	"github.com/lineproof/lineproof/record"
)

// DerivedDevice is what stands in place of a device in the name of a derived signal: derived.power_factor.
const DerivedDevice = "derived"

// Derived is a signal that is calculated from others whenever one of them was read.
type Derived struct {
	Name        string
	Description record.Signal // its Device is that of the first input, whose polls say when it was observed
	formula     *formula
}

// derivedSection is a derived signal as it stands in the configuration.
type derivedSection struct {
	Is       string           `yaml:"is"`
	Unit     string           `yaml:"unit"`
	Deadband float64          `yaml:"deadband"`
	Window   record.Duration  `yaml:"window"`
	States   map[int64]string `yaml:"states"`
}

// derived compiles the derived signals. Of broken devices it is not known what signals they have.
func (v validator) derived(c *Config, sections map[string]strictyaml.Section, broken map[string]bool) {
	known := slices.Sorted(maps.Keys(c.Catalogue().Signals))
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		section := sections[name]
		if err := record.CheckName(name); err != nil {
			section.Mistake(nil, "derived signal: "+err.Error(), "")
		}
		var s derivedSection
		if !section.Decode(&s) {
			continue
		}
		d := Derived{Name: name}
		ok := false
		if d.Description, ok = s.describe(section); !ok {
			continue
		}
		var err error
		d.formula, err = parseFormula(s.Is, known)
		if unknown := (unknownSignal{}); errors.As(err, &unknown) {
			if device, _, _ := strings.Cut(unknown.id, "."); !broken[device] {
				section.Mistake([]string{"is"}, err.Error(), strictyaml.Suggest(unknown.id, known))
			}
			continue
		}
		if err != nil {
			section.Mistake([]string{"is"}, err.Error(), "such as meter.power / meter.apparent_power, or meter.power > 2 ? 1 : 0; functions: "+strings.Join(append(functions(), "sqrt"), ", "))
			continue
		}
		d.complete(c, s.Is)
		c.Derived = append(c.Derived, d)
	}
}

// describe checks what is said of the signal beside its formula.
func (s derivedSection) describe(section strictyaml.Section) (described record.Signal, ok bool) {
	ok = true
	wrong := func(bad bool, key, message, hint string) {
		if bad {
			section.Mistake([]string{key}, message, hint)
			ok = false
		}
	}
	wrong(s.Is == "", "is", "no formula is given", "such as `is: meter.power / meter.apparent_power`")
	wrong(s.Deadband < 0, "deadband", fmt.Sprintf("deadband %g is below 0", s.Deadband), "")
	wrong(s.Window < 0, "window", fmt.Sprintf("window %s is below 0", s.Window.D()), "use a time such as 10s")
	wrong(s.Window > 0 && len(s.States) > 0, "window", "a state cannot be averaged over a window", "remove `window`")
	described = record.Signal{Unit: s.Unit, Deadband: s.Deadband, Window: s.Window}
	for raw, name := range s.States {
		state, err := record.ParseState(name)
		if err != nil {
			section.Mistake([]string{"states", fmt.Sprint(raw)}, fmt.Sprintf("unknown state `%s`", name), strictyaml.Suggest(name, record.StateNames()))
			ok = false
		}
		if described.States == nil {
			described.States = map[int64]record.State{}
		}
		described.States[raw] = state
	}
	return described, ok
}

// complete says where the values come from.
func (d *Derived) complete(c *Config, text string) {
	s := &d.Description
	s.Driver, s.Formula = DerivedDevice, text
	s.Source = DerivedDevice + " from " + strings.Join(d.formula.inputs, ", ")
	for i, id := range d.formula.inputs {
		input, _ := c.Signal(id)
		if i == 0 {
			s.Device = input.Device
		}
		if input.Every > 0 && (s.Every == 0 || input.Every < s.Every) {
			s.Every = input.Every
		}
	}
}

// ID is the signal's name in the catalogue.
func (d Derived) ID() string { return DerivedDevice + "." + d.Name }

// calculate makes the reading of the latest readings of its inputs: Missing where one of them is, where it
// is a text, or where the outcome is no number. It is dated by the latest of its inputs.
func (d Derived) calculate(latest func(id string) record.Reading) (record.Reading, error) {
	r := record.Reading{Signal: d.ID(), Quality: record.Good}
	var missing []string
	for _, id := range d.formula.inputs {
		input := latest(id)
		if input.Time.After(r.Time) {
			r.Time = input.Time
		}
		if input.Quality == record.Missing || input.Value.IsNone() || input.Value.Kind() == record.Text {
			missing = append(missing, id)
		}
		if input.Quality == record.Uncertain {
			r.Quality = record.Uncertain
		}
	}
	if len(missing) > 0 {
		return record.Reading{Signal: r.Signal, Time: r.Time}, fmt.Errorf("no number for %s", strings.Join(missing, ", "))
	}
	v, err := d.formula.value(func(id string) float64 { return latest(id).Value.Float() })
	if err == nil && v.IsNone() {
		err = errors.New("the outcome is no number: is something divided by 0?")
	}
	if err != nil {
		return record.Reading{Signal: r.Signal, Time: r.Time}, err
	}
	if r.Value = v; len(d.Description.States) > 0 {
		r.Value = record.IntValue(v.Int())
	}
	return r, nil
}

// deriver calculates the derived signals as their inputs are read. Several ports may use it at once.
type deriver struct {
	mu       sync.Mutex
	derived  []Derived
	policies []*policy                 // in the same order
	latest   map[string]record.Reading // of the inputs
}

func newDeriver(c *Config) *deriver {
	d := &deriver{derived: c.Derived, latest: map[string]record.Reading{}}
	for _, one := range c.Derived {
		d.policies = append(d.policies, newPolicy(one.ID(), one.Description, defaultAtLeastEvery))
		for _, id := range one.formula.inputs {
			d.latest[id] = record.Reading{Signal: id}
		}
	}
	return d
}

// take notes what was read and gives the derived signals that follow from it: those to be reported, and
// those that live eyes have not seen yet.
func (d *deriver) take(read []record.Reading) (reports, shown []record.Reading) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fresh := map[string]bool{}
	for _, r := range read {
		if _, used := d.latest[r.Signal]; used {
			d.latest[r.Signal], fresh[r.Signal] = r, true
		}
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	for i, one := range d.derived {
		if !slices.ContainsFunc(one.formula.inputs, func(id string) bool { return fresh[id] }) {
			continue
		}
		r, _ := one.calculate(func(id string) record.Reading { return d.latest[id] }) // why it is Missing, its inputs tell
		p := d.policies[i]
		if r.Value != p.shown {
			p.shown, shown = r.Value, append(shown, r)
		}
		if report, ok := p.offer(r); ok {
			reports = append(reports, report)
		}
	}
	return reports, shown
}

// flush gives the windows that have not ended.
func (d *deriver) flush() (readings []record.Reading) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.policies {
		if r, ok := p.flush(); ok {
			readings = append(readings, r)
		}
	}
	return readings
}

// derive adds to a look at a device what follows from it.
func (a *Agent) derive(l *look, shown []record.Reading) []record.Reading {
	if l.stale || !l.answered && l.own {
		return shown // nothing was learnt
	}
	reports, more := a.deriver.take(l.samples)
	l.readings = append(l.readings, reports...)
	for _, r := range reports {
		l.newest = later(l.newest, r.Time)
	}
	return append(shown, more...)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
