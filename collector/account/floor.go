package account

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/lineproof/lineproof/record"
)

// floor is a catalogue as the fold reads it, with room for what the batch in hand has of each signal and device, so that
// names are looked up once. It is made once for all batches that the catalogue is in force for, and belongs to one state.
type floor struct {
	catalogue record.Hash
	site      string
	machines  []*roles // in the order in which they are booked
	signals   map[string]*signal
	devices   map[string]*device

	state   *State    // that signals, devices and machines remember
	read    []*signal // of which the batch in hand has readings
	watched []*device // that it observed
	minutes minutes   // of the machine in hand
}

// signal is one that the catalogue, a role or a batch names.
type signal struct {
	record.Signal // nothing where the catalogue says nothing of it
	name          string
	device        *device
	readings      []record.Reading // in the batch in hand
	kept          *Signal          // in the state; nil: not looked up
}

// device is one that is observed.
type device struct {
	name  string
	spans []record.Span // in the batch in hand
	last  *span         // in the state; nil: not looked up, or none
}

// roles are one machine's part of a catalogue. A signal is nil where no signal has the role.
type roles struct {
	key, lineID, id string
	line            record.Line
	record.Machine
	signals   []*signal // that it has a role for
	devices   []*device // that these are read from
	microStop time.Duration
	kept      *Machine // in the state; nil: not looked up

	state, energy, materialIn, productOut, product, order *signal
	produced, good                                        *counter
	scrap, rework                                         []counter
	measures                                              []measured // by name
}

// counter is a signal that counts units.
type counter struct {
	*signal
	times  int64 // units of one step; 0: those of the product
	reason string
}

// measured is a signal that is a variable.
type measured struct {
	*signal
	as string
}

// floorOf reads a catalogue, unless it is that of the batch before.
func (s *State) floorOf(hash record.Hash, cat record.Catalogue) *floor {
	if s.floor == nil || s.floor.catalogue != hash || hash == (record.Hash{}) { // no batch of a gateway names none
		s.floor = newFloor(hash, cat, s)
	}
	return s.floor
}

func newFloor(hash record.Hash, cat record.Catalogue, of *State) *floor {
	p := &floor{catalogue: hash, site: cat.Site, state: of, signals: make(map[string]*signal, len(cat.Signals)), devices: map[string]*device{}}
	for name, s := range cat.Signals {
		p.signals[name] = &signal{Signal: s, name: name, device: p.device(s.Device)}
	}
	for _, lineID := range slices.Sorted(maps.Keys(cat.Lines)) {
		line := cat.Lines[lineID]
		for _, id := range slices.Sorted(maps.Keys(line.Machines)) {
			r := &roles{key: lineID + "/" + id, lineID: lineID, id: id, line: line, Machine: line.Machines[id], microStop: cmp.Or(line.MicroStop.D(), DefaultMicroStop)}
			r.assign(p)
			p.machines = append(p.machines, r)
		}
	}
	return p
}

// assign finds the signals of a machine's roles.
func (r *roles) assign(p *floor) {
	model := &r.Machine
	r.state, r.energy, r.materialIn, r.productOut = p.role(model.State), p.role(model.Energy), p.role(model.MaterialIn), p.role(model.ProductOut)
	r.product, r.order = p.role(model.ProductFrom), p.role(model.OrderFrom)
	if model.Produced != nil {
		r.produced = new(p.counter(*model.Produced))
	}
	if model.Good != nil {
		r.good = new(p.counter(*model.Good))
	}
	for _, c := range model.Scrap {
		r.scrap = append(r.scrap, p.counter(c))
	}
	for _, c := range model.Rework {
		r.rework = append(r.rework, p.counter(c))
	}
	for _, name := range slices.Sorted(maps.Keys(model.Measures)) {
		r.measures = append(r.measures, measured{p.signal(model.Measures[name].From), name})
	}
	for _, name := range model.Signals() {
		s := p.signal(name)
		r.signals = append(r.signals, s)
		if !slices.Contains(r.devices, s.device) {
			r.devices = append(r.devices, s.device)
		}
	}
}

// role is a signal by its name; nil where there is no name.
func (p *floor) role(name string) *signal {
	if name == "" {
		return nil
	}
	return p.signal(name)
}

func (p *floor) counter(c record.Count) counter {
	s := counter{p.signal(c.From), 1, c.Reason}
	if n, err := strconv.ParseInt(c.Times, 10, 64); err == nil && n > 0 {
		s.times = n
	}
	if c.Times == record.UnitsPerCycle {
		s.times = 0
	}
	return s
}

// signal is one by its name, also where the catalogue does not have it.
func (p *floor) signal(name string) *signal {
	s := p.signals[name]
	if s == nil {
		s = &signal{name: name, device: p.device("")}
		p.signals[name] = s
	}
	return s
}

func (p *floor) device(name string) *device {
	d := p.devices[name]
	if d == nil {
		d = &device{name: name}
		p.devices[name] = d
	}
	return d
}
