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
		for value, p := range line.Products {
			r.product(p, at(path, "products", value))
		}
		for group, g := range line.Reasons {
			for _, id := range append([]string{group}, slices.Collect(maps.Keys(g.Reasons))...) {
				if err := record.CheckName(id); err != nil {
					v.mistake("reason: "+err.Error(), "", at(path, "reasons", group)...)
				}
			}
		}
		if line.MicroStop < 0 {
			v.mistake("micro_stop is negative", "leave it out for 2m", at(path, "micro_stop")...)
		}
		for name, m := range line.Machines {
			r.machine(m, name, line.Products, at(path, "machines", name))
		}
		if line.Calendar != nil {
			for _, m := range line.Calendar.Mistakes() {
				v.mistake(m.Message, m.Hint, at(path, slices.Concat([]string{"calendar"}, m.Path)...)...)
			}
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

func (r roles) machine(m record.Machine, name string, listed map[string]record.Product, path []string) {
	if err := record.CheckName(name); err != nil {
		r.mistake("machine: "+err.Error(), "", path...)
	}
	if p := m.Product; p != nil {
		r.product(*p, at(path, "product"))
	}
	r.counts(m, listed, path)
	if m.State != "" {
		if s, ok := r.signal(m.State, at(path, "state")); ok && len(s.States) == 0 {
			r.mistake(fmt.Sprintf("signal `%s` has no states", m.State),
				"say what its numbers mean: `states: {0: stopped, 1: execute}`", at(path, "state")...)
		}
	}
	r.measured(m.Energy, "energy", []string{"Wh", "kWh", "MWh"}, at(path, "energy"))
	r.measured(m.MaterialIn, "mass", []string{"g", "kg", "t"}, at(path, "material_in"))
	r.measured(m.ProductOut, "mass", []string{"g", "kg", "t"}, at(path, "product_out"))
	for key, id := range map[string]string{"product_from": m.ProductFrom, "order_from": m.OrderFrom, "reason_from": m.ReasonFrom} {
		if id != "" {
			r.signal(id, at(path, key))
		}
	}
	if m.StopAfter < 0 {
		r.mistake("stop_after is negative", "leave it out for two planned cycles", at(path, "stop_after")...)
	}
	if m.StopAfter > 0 && m.State != "" {
		r.mistake("`stop_after` is for a machine that says no state", "leave one of `state` and `stop_after` out", at(path, "stop_after")...)
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

// measured checks a role of a counter whose unit says what it counts.
func (r roles) measured(signal, what string, units, path []string) {
	if signal == "" {
		return
	}
	if s, ok := r.signal(signal, path); ok && !slices.Contains(units, s.Unit) {
		last := len(units) - 1
		r.mistake(fmt.Sprintf("signal `%s` counts no %s: its unit is `%s`", signal, what, s.Unit),
			fmt.Sprintf("its `unit` must be %s or %s", strings.Join(units[:last], ", "), units[last]), path...)
	}
}

// counts checks all roles that count units of what the machine makes: its own product, or one of those listed.
func (r roles) counts(m record.Machine, listed map[string]record.Product, path []string) {
	made := m.Product
	if m.ProductFrom != "" {
		for _, p := range listed {
			if made == nil || made.UnitsPerCycle > 0 {
				made = &p
			}
		}
	}
	if m.Produced != nil {
		r.count(*m.Produced, made, at(path, "produced"))
	}
	if m.Good != nil {
		r.count(*m.Good, made, at(path, "good"))
	}
	for i, c := range m.Scrap {
		r.count(c, made, at(path, "scrap", strconv.Itoa(i)))
	}
	for i, c := range m.Rework {
		r.count(c, made, at(path, "rework", strconv.Itoa(i)))
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
