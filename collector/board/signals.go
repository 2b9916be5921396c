package board

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// Signal is one signal of a line as its gateway's catalogue describes it.
type Signal struct {
	ID         string       `json:"id" doc:"device.signal" example:"press.cycles"`
	Device     string       `json:"device" doc:"empty for a signal that is worked out from others and belongs to none"`
	Kind       string       `json:"kind" enum:"counter,state,value" doc:"counter: counts up, as a meter; state: a number for each state; value: a number, a switch or a text"`
	Unit       string       `json:"unit" doc:"empty where it names none"`
	Source     string       `json:"source" doc:"where it is read, for a person"`
	Machine    string       `json:"machine" doc:"of the line, whose role it has or whose device it is of; empty for none"`
	Roles      []SignalRole `json:"roles" nullable:"false" doc:"what machines of the line take it for; empty: for nothing"`
	HeartbeatS float64      `json:"heartbeat_s" doc:"a reading comes at the latest so long after the one before, changed or not; where none does, nobody looked"`
}

// SignalRole is what one machine takes a signal for.
type SignalRole struct {
	Machine string `json:"machine"`
	Role    string `json:"role" enum:"produced,good,scrap,rework,state,energy,measure,product,order,reason,material_in,product_out"`
	Name    string `json:"name,omitempty" doc:"of a measured variable, or the reason for scrap"`
}

// Signals lists the signals of a line: those that its machines have a role for, the others of their devices, and
// those of its gateway that belong to no line.
func (b *Board) Signals(_ context.Context, line string) ([]Signal, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	p, err := b.place(line)
	if err != nil {
		return nil, err
	}
	roles := p.roles()
	places := series.PlacesOf(p.gateway.Head.Catalogue)
	all := []Signal{}
	for _, id := range slices.Sorted(maps.Keys(p.signals)) {
		at := places.Of(id)
		if at.Line != line && at.Line != "" && roles[id] == nil {
			continue
		}
		one := p.signal(id, roles[id])
		if at.Line == line {
			one.Machine = at.Machine
		} else if roles[id] != nil {
			one.Machine = roles[id][0].Machine
		}
		all = append(all, one)
	}
	return all, nil
}

func (p place) signal(id string, roles []SignalRole) Signal {
	s := p.signals[id]
	device, _ := series.SplitSignal(id)
	one := Signal{
		ID: id, Device: device, Kind: "value", Unit: s.Unit, Source: cmp.Or(s.Source, s.Formula),
		Roles: append([]SignalRole{}, roles...), HeartbeatS: heartbeat(s).Seconds(),
	}
	switch {
	case s.Counter:
		one.Kind = "counter"
	case len(s.States) > 0:
		one.Kind = "state"
	}
	return one
}

// late is what a reading may come later than it is due: a poll that takes its time.
const late = 5 * time.Second

// heartbeat is from how long after a reading on nobody looked, because the next one had to come before. It comes with
// the first poll after the time for it has run out, and one poll may fail without anything being said.
func heartbeat(s record.Signal) time.Duration {
	due := max(cmp.Or(s.AtLeast.D(), time.Minute), s.Window.D(), s.Every.D())
	return due + 2*s.Every.D() + late
}

// roles lists what the line's machines take signals for, by signal.
func (p place) roles() map[string][]SignalRole {
	all := map[string][]SignalRole{}
	for _, id := range p.machines() {
		add := func(signal, role, name string) {
			if signal != "" {
				all[signal] = append(all[signal], SignalRole{id, role, name})
			}
		}
		m := p.model.Machines[id]
		for role, count := range map[string]*record.Count{"produced": m.Produced, "good": m.Good} {
			if count != nil {
				add(count.From, role, "")
			}
		}
		for _, c := range m.Scrap {
			add(c.From, "scrap", c.Reason)
		}
		for _, c := range m.Rework {
			add(c.From, "rework", c.Reason)
		}
		for _, name := range slices.Sorted(maps.Keys(m.Measures)) {
			add(m.Measures[name].From, "measure", name)
		}
		add(m.State, "state", "")
		add(m.Energy, "energy", "")
		add(m.ProductFrom, "product", "")
		add(m.OrderFrom, "order", "")
		add(m.ReasonFrom, "reason", "")
		add(m.MaterialIn, "material_in", "")
		add(m.ProductOut, "product_out", "")
	}
	return all
}

// findSignal looks a signal up among those of a line.
func (b *Board) findSignal(ctx context.Context, line, id string) (Signal, error) {
	all, err := b.Signals(ctx, line)
	if err != nil {
		return Signal{}, err
	}
	for _, s := range all {
		if s.ID == id {
			return s, nil
		}
	}
	return Signal{}, fmt.Errorf("signal %q of line %s: %w", id, line, ErrNotFound)
}
