package edge

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lineproof/lineproof/internal/strictyaml"
	"github.com/lineproof/lineproof/record"
)

// lines checks the roles that signals have. Of broken devices it is not known what signals they have.
func (v validator) lines(c *Config, broken map[string]bool) {
	r := roles{validator: v, signals: c.Catalogue().Signals, broken: broken}
	for id, line := range c.Lines {
		path := []string{"lines", id}
		if err := record.CheckName(id); err != nil {
			v.mistake("line: "+err.Error(), "", path...)
		}
		if len(line.Machines) == 0 {
			v.mistake(fmt.Sprintf("line `%s` has no machines", id), "", path...)
		}
		for i, name := range line.Output {
			if _, ok := line.Machines[name]; !ok {
				hint := strictyaml.Suggest(name, slices.Collect(maps.Keys(line.Machines)))
				v.mistake(fmt.Sprintf("unknown machine `%s`", name), hint, at(path, "output", strconv.Itoa(i))...)
			}
		}
		if line.Plan != nil && line.Plan.OutputPerHour <= 0 {
			v.mistake("output_per_hour must be more than 0", "", at(path, "plan", "output_per_hour")...)
		}
		for name, m := range line.Machines {
			r.machine(m, name, at(path, "machines", name))
		}
		if line.Calendar != nil {
			v.calendar(*line.Calendar, at(path, "calendar"))
		}
	}
}

// at is a path with more names; it never writes into the one it was given.
func at(path []string, more ...string) []string { return slices.Concat(path, more) }

type roles struct {
	validator
	signals map[string]record.Signal
	broken  map[string]bool
}

func (r roles) machine(m record.Machine, name string, path []string) {
	if err := record.CheckName(name); err != nil {
		r.mistake("machine: "+err.Error(), "", path...)
	}
	if p := m.Product; p != nil {
		r.product(*p, at(path, "product"))
	}
	if m.Produced != nil {
		r.count(*m.Produced, m.Product, at(path, "produced"))
	}
	if m.Good != nil {
		r.count(*m.Good, m.Product, at(path, "good"))
	}
	for i, c := range m.Scrap {
		r.count(c, m.Product, at(path, "scrap", strconv.Itoa(i)))
	}
	for i, c := range m.Rework {
		r.count(c, m.Product, at(path, "rework", strconv.Itoa(i)))
	}
	if m.State != "" {
		if s, ok := r.signal(m.State, at(path, "state")); ok && len(s.States) == 0 {
			r.mistake(fmt.Sprintf("signal `%s` has no states", m.State),
				"say what its numbers mean: `states: {0: stopped, 1: execute}`", at(path, "state")...)
		}
	}
	if m.Energy != "" {
		if s, ok := r.signal(m.Energy, at(path, "energy")); ok && !slices.Contains([]string{"Wh", "kWh", "MWh"}, s.Unit) {
			r.mistake(fmt.Sprintf("signal `%s` counts no energy: its unit is `%s`", m.Energy, s.Unit),
				"its `unit` must be Wh, kWh or MWh", at(path, "energy")...)
		}
	}
	for id, measure := range m.Measures {
		here := at(path, "measures", id)
		if err := record.CheckName(id); err != nil {
			r.mistake("measure: "+err.Error(), "", here...)
		}
		r.signal(measure.From, at(here, "from"))
		if measure.Lower != nil && measure.Upper != nil && *measure.Lower >= *measure.Upper {
			r.mistake(fmt.Sprintf("lower %g is not below upper %g", *measure.Lower, *measure.Upper), "", at(here, "lower")...)
		}
	}
}

func (r roles) product(p record.Product, path []string) {
	if p.Code == "" {
		r.mistake("the product has no `code`", "", at(path, "code")...)
	}
	if p.UnitsPerCycle < 0 {
		r.mistake(fmt.Sprintf("units_per_cycle %d is below 1", p.UnitsPerCycle), "", at(path, "units_per_cycle")...)
	}
	if p.PlannedCycle < 0 {
		r.mistake("planned_cycle is negative", "", at(path, "planned_cycle")...)
	}
}

// count checks a role that counts units.
func (r roles) count(c record.Count, product *record.Product, path []string) {
	if s, ok := r.signal(c.From, at(path, "from")); ok && !s.Counter {
		r.mistake(fmt.Sprintf("signal `%s` is no counter", c.From), "say `counter: true` if it counts up", at(path, "from")...)
	}
	switch n, err := strconv.ParseInt(c.Times, 10, 64); {
	case c.Times == "":
	case c.Times == record.UnitsPerCycle:
		if product == nil || product.UnitsPerCycle == 0 {
			r.mistake("the product does not say its units_per_cycle", "", at(path, "times")...)
		}
	case err != nil || n < 1:
		r.mistake(fmt.Sprintf("times `%s` is no whole number over 0", c.Times), "use a number or units_per_cycle", at(path, "times")...)
	}
}

func (r roles) signal(id string, path []string) (s record.Signal, ok bool) {
	if id == "" {
		r.mistake("no signal is given", "such as `from: press.cycles`", path...)
		return s, false
	}
	s, ok = r.signals[id]
	if device, _, _ := strings.Cut(id, "."); !ok && !r.broken[device] {
		r.mistake(fmt.Sprintf("unknown signal `%s`", id), strictyaml.Suggest(id, slices.Collect(maps.Keys(r.signals))), path...)
	}
	return s, ok
}
