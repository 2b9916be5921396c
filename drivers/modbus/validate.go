package modbus

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

// compiled is what a configuration without mistakes comes to.
type compiled struct {
	endpoint endpoint
	points   []point
	signals  map[string]given // by name, the profile's among them
	plan     []span
}

// maxConnections is more than the Modbus servers of PLCs and gateways take.
const maxConnections = 16

// problems collects mistakes; the path of each begins at the device's section.
type problems []drivers.Problem

func (p *problems) add(err error, path ...string) {
	if err == nil {
		return
	}
	problem := drivers.Problem{Path: path, Message: err.Error()}
	var m mistake
	if errors.As(err, &m) {
		problem.Hint = m.hint
	}
	*p = append(*p, problem)
}

// require adds a mistake where ok is false.
func (p *problems) require(ok bool, path []string, hint, format string, args ...any) {
	if !ok {
		p.add(mistakef(hint, format, args...), path...)
	}
}

// compile checks everything and makes the plan; what it returns is of use only without problems.
func (c *Config) compile() (compiled, []drivers.Problem) {
	var found problems
	var out compiled
	var err error
	out.endpoint, err = c.endpoint()
	found.add(err, "url")
	c.checkDevice(&found, out.endpoint.scheme)
	resolved := c.resolve(&found)
	out.signals = resolved.signals
	found.require(len(out.signals) > 0 || c.Profile != "", []string{"signals"},
		"name at least one, such as cycles: {at: holding 100}", "no signals")
	for _, name := range slices.Sorted(maps.Keys(out.signals)) {
		before := len(found)
		p := out.signals[name].compile(&found, name, out.signals[name].oneBased)
		if len(found) > before {
			continue
		}
		if !p.at.table.bits() {
			found.require(p.length <= resolved.maxRegisters, []string{"signals", name, "type"}, "",
				"%s takes %d registers, where one request reads at most %d", p.typ, p.length, resolved.maxRegisters)
		}
		out.points = append(out.points, p)
	}
	if len(found) > 0 {
		return out, found
	}
	sortPoints(out.points)
	out.plan = makePlan(out.points, resolved.maxRegisters, resolved.gap)
	needs := out.endpoint.planned(out.plan, c.Turnaround.D()).WireTime
	found.require(needs <= c.Every.D(), []string{"every"}, "poll less often, use a higher baud rate or read fewer registers",
		"one poll needs %s on the wire, more than its period of %s", needs.Round(time.Millisecond), c.Every.D())
	return out, found
}

func (c *Config) checkDevice(found *problems, scheme string) {
	tcp := scheme == schemeTCP
	found.require(c.Unit >= 0 && c.Unit <= 247 || c.Unit == 255 && tcp, []string{"unit"},
		"use 1 to 247; devices on tcp that have none answer to 255, 1 or 0", "unit %d does not exist", c.Unit)
	found.require(c.Unit != 0 || tcp || scheme == "", []string{"unit"}, "use 1 to 247", "nobody answers to unit 0 on a serial line: it is broadcast")
	found.require(c.Every > 0, []string{"every"}, "use a time such as 1s", "period %s is not above 0", c.Every.D())
	found.require(c.Timeout > 0, []string{"timeout"}, "use a time such as 1s", "timeout %s is not above 0", c.Timeout.D())
	found.require(c.MaxRegisters >= 1 && c.MaxRegisters <= maxRegisters, []string{"max_registers"}, "",
		"max_registers %d is not within 1 to %d", c.MaxRegisters, maxRegisters)
	found.require(c.Turnaround >= 0, []string{"turnaround"}, "use a time such as 50ms, or leave it out", "turnaround %s is below 0", c.Turnaround.D())
	found.require(c.Connections >= 1 && c.Connections <= maxConnections, []string{"connections"}, "", "connections %d is not within 1 to %d", c.Connections, maxConnections)
	found.require(c.Connections == 1 || scheme != schemeRTU, []string{"connections"}, "leave it out", "a serial port is no host with several connections")
	found.require(c.Gap >= 0 && c.Gap < maxRegisters, []string{"gap"}, "", "gap %d is not within 0 to %d", c.Gap, maxRegisters-1)
}

// compile checks one signal.
func (s Signal) compile(found *problems, name string, oneBased bool) point {
	path := func(field string) []string { return []string{"signals", name, field} }
	at, err := parseAddress(s.At, oneBased)
	if err != nil {
		found.add(err, path("at")...)
		return point{}
	}
	typ, err := parseType(s.Type, at.table)
	if err != nil {
		found.add(err, path("type")...)
		return point{}
	}
	p := point{name: name, written: s.At, at: at, typ: typ, length: typ.registers(), scale: 1}
	if at.table.bits() {
		p.length = 1
	}
	found.require(p.end() <= maxAddress+1, path("at"), "", "%s at %s ends after %d", typ, at, maxAddress)
	p.order, err = parseOrder(s.Order, typ)
	found.add(err, path("order")...)
	if s.Scale != nil {
		p.scale, p.scaled = *s.Scale, true
	}
	if s.Offset != nil {
		p.offset, p.scaled = *s.Offset, true
	}
	s.checkNumbers(found, p, path)
	s.checkCounter(found, p, path)
	s.checkStates(found, p, path)
	return p
}

func (s Signal) checkNumbers(found *problems, p point, path func(string) []string) {
	finite := func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
	found.require(p.scale != 0 && finite(p.scale), path("scale"), "leave scale out, or give a number such as 0.1", "scale %v makes no use of the value", p.scale)
	found.require(finite(p.offset), path("offset"), "", "offset %v is not a number", p.offset)
	found.require(s.Deadband >= 0 && finite(s.Deadband), path("deadband"), "use 0 or more, in the unit of the value", "deadband %v is not a distance", s.Deadband)
	found.require(s.Window >= 0, path("window"), "use a time such as 10s", "window %s is below 0", s.Window.D())
	if p.typ.number() {
		return
	}
	found.require(s.Scale == nil, path("scale"), "", "a %s has no scale", p.typ)
	found.require(s.Offset == nil, path("offset"), "", "a %s has no offset", p.typ)
	found.require(s.Deadband == 0, path("deadband"), "", "a %s has no deadband", p.typ)
	found.require(s.Window == 0, path("window"), "", "a %s has no minimum, mean and maximum", p.typ)
}

func (s Signal) checkCounter(found *problems, p point, path func(string) []string) {
	if !s.Counter {
		found.require(s.MaxRate == 0, path("max_rate"), "add counter: true", "max_rate is for counters only")
		return
	}
	found.require(p.typ.whole(), path("counter"), "use int16, uint16, int32, uint32, int64 or uint64, which roll over at a power of two",
		"a %s cannot be a counter", p.typ)
	found.require(p.scale > 0, path("scale"), "", "scale %v would make a counter run backwards", p.scale)
	found.require(s.MaxRate >= 0, path("max_rate"), "use the greatest rise a second that the machine can make", "max_rate %v is below 0", s.MaxRate)
	found.require(s.Window == 0, path("window"), "", "window is for measured values, not for counters")
	found.require(len(s.States) == 0, path("states"), "", "states are for a state, not for a counter")
}

func (s Signal) checkStates(found *problems, p point, path func(string) []string) {
	if len(s.States) == 0 {
		return
	}
	numbered := p.typ.whole() || p.typ.kind == kindBool || p.typ.kind == kindBits || p.typ.kind == kindBCD
	found.require(numbered && !p.scaled, path("states"), "use a whole number without scale and offset", "states need a raw number")
	found.require(s.Window == 0, path("window"), "", "window is for measured values, not for states")
	for _, raw := range slices.Sorted(maps.Keys(s.States)) {
		if _, err := record.ParseState(s.States[raw]); err != nil {
			found.add(mistakef(suggest(s.States[raw], record.StateNames()), "unknown state %q", s.States[raw]),
				append(path("states"), strconv.FormatInt(raw, 10))...)
		}
	}
}
