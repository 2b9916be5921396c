package sensor

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Signal is one value of a sensor in the configuration.
type Signal struct {
	At          string              `yaml:"at"`      // which of the chip's quantities; the signal's own name when empty
	Input       string              `yaml:"input"`   // of an analogue chip: voltage, 0-10V, 4-20mA or 0-20mA
	Divider     float64             `yaml:"divider"` // volts at the terminal for each volt at the pin
	Shunt       float64             `yaml:"shunt"`   // ohms that the loop's current flows through
	From        []float64           `yaml:"from"`    // two values of the quantity ...
	To          []float64           `yaml:"to"`      // ... and what they stand for
	Unit        string              `yaml:"unit"`    // of To or of the calibration's values, such as bar
	Deadband    float64             `yaml:"deadband"`
	Window      record.Duration     `yaml:"window"`
	Calibration *record.Calibration `yaml:"calibration"`
}

// Point is one signal, ready to be read.
type Point struct {
	Name  string
	At    string  // the quantity
	Top   float64 // of an analogue chip: volts that the pin has to measure
	unit  string
	can   Quantity // what the chip can measure there
	input input
	scale float64
	shift float64
	bent  bool // scale or shift do something
}

// value makes the signal's value of what the chip measured.
func (p Point) value(measured float64) (record.Value, error) {
	if measured < p.can.Min || measured > p.can.Max || math.IsNaN(measured) {
		return record.Value{}, fmt.Errorf("%.6g %s is outside of what it can measure, %v to %v: a bad contact or a broken chip",
			measured, p.can.Unit, p.can.Min, p.can.Max)
	}
	v, err := p.input.convert(measured)
	if err != nil {
		return record.Value{}, err
	}
	if p.bent {
		v = float64(v*p.scale) + p.shift // rounded twice on every processor
	}
	value := record.FloatValue(v)
	if value.IsNone() {
		return value, fmt.Errorf("the value %v is no number", v)
	}
	return value, nil
}

// Compile checks signals against the chip and makes its points, in order of their names. Without signals a
// chip that is not analogue gives all it measures. The points are of use only where m stayed empty.
func Compile(m *Mistakes, signals map[string]Signal, chip Model) []Point {
	if len(signals) == 0 {
		m.Require(!chip.Analogue, []string{"signals"}, "name at least one, such as pressure: {at: channel 0, input: 4-20mA, shunt: 150}", "no signals")
		signals = everything(chip)
	}
	var points []Point
	for _, name := range slices.Sorted(maps.Keys(signals)) {
		c := compiler{m: m, path: []string{"signals", name}, chip: chip}
		points = append(points, c.point(name, signals[name]))
	}
	return points
}

// Every checks a poll period.
func Every(m *Mistakes, every time.Duration, chip Model) {
	switch {
	case every <= 0:
		m.Add([]string{"every"}, "use a time such as 1s", "period %s is not above 0", every)
	case every < chip.Fastest:
		m.Add([]string{"every"}, fmt.Sprintf("use %s or more", chip.Fastest), "the %s measures no faster than every %s", chip.Name, chip.Fastest)
	}
}

// Describe is what the catalogue says of compiled signals; source names the device on its bus.
func Describe(source string, signals map[string]Signal, points []Point) map[string]record.Signal {
	described := make(map[string]record.Signal, len(points))
	for _, p := range points {
		s := signals[p.Name]
		d := record.Signal{
			Source: source + " " + p.At + p.input.String(), Unit: p.unit,
			Deadband: s.Deadband, Window: s.Window, Calibration: s.Calibration,
		}
		if p.bent {
			d.Scale, d.Offset = p.scale, p.shift
		}
		described[p.Name] = d
	}
	return described
}

func everything(chip Model) map[string]Signal {
	signals := map[string]Signal{}
	for _, q := range chip.Quantities {
		signals[q.At] = Signal{}
	}
	return signals
}

type compiler struct {
	m    *Mistakes
	path []string
	chip Model
}

func (c compiler) at(field string) []string { return append(slices.Clone(c.path), field) }

func (c compiler) point(name string, s Signal) Point {
	at := s.At
	if at == "" {
		at = name
	}
	i := slices.IndexFunc(c.chip.Quantities, func(q Quantity) bool { return q.At == at })
	if i < 0 {
		var known []string
		for _, q := range c.chip.Quantities {
			known = append(known, q.At)
		}
		c.m.Add(c.at("at"), OneOf(at, known), "the %s measures no %q", c.chip.Name, at)
		return Point{}
	}
	q := c.chip.Quantities[i]
	p := Point{Name: name, At: at, unit: q.Unit, can: q, scale: 1}
	if c.chip.Analogue {
		p.input, q = c.input(s, q)
		p.Top = p.input.top()
		p.unit = q.Unit
	} else {
		c.m.Require(s.Input == "" && s.Divider == 0 && s.Shunt == 0, c.at("input"), "",
			"input, divider and shunt are for analogue chips, which the %s is not", c.chip.Name)
	}
	c.bend(&p, s, q)
	c.m.Require(s.Deadband >= 0 && finite(s.Deadband), c.at("deadband"), "use 0 or more, in the unit of the value", "deadband %v is not a distance", s.Deadband)
	c.m.Require(s.Window >= 0, c.at("window"), "use a time such as 10s", "window %s is below 0", s.Window.D())
	return p
}

// bend takes the line that from and to, or the calibration, lay through two points.
func (c compiler) bend(p *Point, s Signal, q Quantity) {
	spanned := len(s.From) > 0 || len(s.To) > 0
	switch {
	case spanned && s.Calibration != nil:
		c.m.Add(c.at("calibration"), "its points say what the values stand for: remove from and to", "from, to and a calibration do not go together")
	case spanned:
		if len(s.From) != 2 || len(s.To) != 2 || s.From[0] == s.From[1] || s.To[0] == s.To[1] {
			c.m.Add(c.at("from"), "such as from: [4, 20], to: [0, 16]", "from and to take two different numbers each")
			return
		}
		c.within(s.From[0], q, "from")
		c.within(s.From[1], q, "from")
		line := record.Calibration{Points: []record.CalibrationPoint{{Raw: s.From[0], Value: s.To[0]}, {Raw: s.From[1], Value: s.To[1]}}}
		p.scale, p.shift = line.Line()
	case s.Calibration != nil:
		if err := s.Calibration.Check(); err != nil {
			c.m.Add(c.at("calibration"), "", "%s", err)
			return
		}
		for _, one := range s.Calibration.Points {
			c.within(one.Raw, q, "calibration")
		}
		if t := s.Calibration.Tare; t != nil {
			c.within(*t, q, "calibration")
		}
		p.scale, p.shift = s.Calibration.Line()
	default:
		c.m.Require(s.Unit == "" || s.Unit == q.Unit, c.at("unit"), "give from and to, or a calibration, or leave unit out",
			"%s is measured in %s, and nothing says how that becomes %s", q.At, q.Unit, s.Unit)
		return
	}
	p.bent = true
	if s.Unit != "" {
		p.unit = s.Unit
	}
}

// within refuses what the quantity can never be.
func (c compiler) within(v float64, q Quantity, field string) {
	c.m.Require(v >= q.Min && v <= q.Max, c.at(field), "", "%v %s is outside of what %s can be: %v to %v", v, q.Unit, q.At, q.Min, q.Max)
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
