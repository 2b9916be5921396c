package sensor

import (
	"fmt"
	"math"
	"strconv"
)

// The wirings of an analogue pin.
const (
	inputVoltage = "voltage"
	input10V     = "0-10V"
	input4to20   = "4-20mA"
	input0to20   = "0-20mA"
)

// What a current loop says of itself (NAMUR NE 43): measured values lie within 3.8 and 20.5 mA, failures at or
// beyond 3.6 and 21 mA.
const (
	brokenMA = 3.6
	overMA   = 21.0
	mostMA   = 22.0 // that a pin has to measure to see the latter
)

// input is what is wired to an analogue pin; the zero value is nothing at all.
type input struct {
	kind    string
	divider float64 // volts at the terminal for each volt at the pin
	shunt   float64 // ohms
}

// input checks what a signal says of its wiring, and gives the quantity at the terminal.
func (c compiler) input(s Signal, q Quantity) (input, Quantity) {
	in := input{kind: s.Input, divider: s.Divider, shunt: s.Shunt}
	if in.kind == "" {
		in.kind = inputVoltage
	}
	if in.divider == 0 {
		in.divider = 1
	}
	c.m.Require(in.divider >= 1 && finite(in.divider), c.at("divider"), "a divider of 20 kΩ over 10 kΩ is 3", "divider %v is below 1", s.Divider)
	switch in.kind {
	case inputVoltage, input10V:
		c.m.Require(s.Shunt == 0, c.at("shunt"), "", "a shunt is for currents, not for %s", in.kind)
		q.Unit, q.Min, q.Max = "V", q.Min*in.divider, q.Max*in.divider
		if in.kind == input10V {
			q.Min, q.Max = 0, 10
		}
	case input4to20, input0to20:
		c.m.Require(s.Divider == 0, c.at("divider"), "", "a divider is for voltages, not for %s", in.kind)
		if in.shunt <= 0 || !finite(in.shunt) {
			c.m.Add(c.at("shunt"), "give the ohms that the current flows through, such as 150", "shunt %v is no resistance", s.Shunt)
			return in, q
		}
		q.Unit, q.Min, q.Max = "mA", 0, mostMA
	default:
		c.m.Add(c.at("input"), OneOf(s.Input, []string{inputVoltage, input10V, input4to20, input0to20}), "unknown input %q", s.Input)
		return in, q
	}
	c.m.Require(in.top() <= c.chip.Top, c.at("input"), "use a greater divider or a smaller shunt",
		"%s would put %.4g V on a pin that measures up to %.4g V", in.kind, in.top(), c.chip.Top)
	return in, q
}

// top is the volts that the pin has to measure; 0 for as many as it can.
func (in input) top() float64 {
	switch in.kind {
	case input10V:
		return 10.5 / in.divider
	case input4to20, input0to20:
		return mostMA / 1000 * in.shunt
	}
	return 0
}

// convert makes what is at the terminal of the volts at the pin.
func (in input) convert(v float64) (float64, error) {
	switch in.kind {
	case inputVoltage:
		return v * in.divider, nil
	case input10V:
		if v *= in.divider; v < -0.2 || v > 10.4 {
			return v, fmt.Errorf("%.2f V is outside of 0-10 V: check the wiring and the divider", v)
		}
		return v, nil
	case input4to20, input0to20:
		ma := v / in.shunt * 1000
		switch {
		case in.kind == input4to20 && ma < brokenMA:
			return ma, fmt.Errorf("%.2f mA is below %v mA: the wire is broken or the sensor has no supply", math.Max(ma, 0), brokenMA)
		case ma > overMA:
			return ma, fmt.Errorf("%.2f mA is above %v mA: the sensor reports a fault or its wires touch", ma, overMA)
		}
		return ma, nil
	}
	return v, nil
}

// String is the wiring for a person, with a space before it.
func (in input) String() string {
	number := func(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }
	switch {
	case in.kind == "" || in.kind == inputVoltage && in.divider == 1:
		return ""
	case in.shunt > 0:
		return " " + in.kind + " over " + number(in.shunt) + " Ω"
	}
	return " " + in.kind + " divided by " + number(in.divider)
}
