package scan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/lineproof/lineproof/drivers/modbus"
)

// Shown is a number as a display shows it: 12.50 is between 12.495 and 12.505.
type Shown struct {
	Value float64
	Unit  float64 // of its last digit: 0.01
	Whole bool    // it has no decimals
}

// ErrZero is the error for a display that shows nothing to look for.
var ErrZero = errors.New("0 stands in too many registers")

// ParseShown reads what a person typed from a display; the comma is a decimal one, as in Vietnamese.
func ParseShown(text string) (Shown, error) {
	text = strings.Replace(strings.TrimSpace(text), ",", ".", 1)
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || strings.ContainsAny(text, "eExX_") {
		return Shown{}, fmt.Errorf("%q is no number as a display shows it, such as 230.5", text)
	}
	if v == 0 {
		return Shown{}, ErrZero
	}
	_, decimals, _ := strings.Cut(text, ".")
	return Shown{Value: v, Unit: math.Pow10(-len(decimals)), Whole: decimals == ""}, nil
}

// fits tells whether a display with a value would show s: rounded, or cut off after its last digit.
func (s Shown) fits(v, tolerance float64) (fit fit) {
	distance := math.Abs(v - s.Value)
	slack := s.Unit * 1e-6
	switch {
	case distance <= math.Abs(s.Value)*1e-12:
		return same
	case distance <= s.Unit/2+slack:
		return rounded
	case distance < s.Unit-slack && math.Abs(v) > math.Abs(s.Value):
		return cutOff
	case distance <= math.Abs(s.Value)*tolerance:
		return close
	}
	return none
}

// fit is how well a value fits a display, the best last.
type fit int

const (
	none fit = iota
	close
	cutOff
	rounded
	same
)

// Candidate is a way to read the number from registers.
type Candidate struct {
	Place  Place   `json:"-"`
	At     string  `json:"at"` // as in a configuration
	Type   string  `json:"type"`
	Order  string  `json:"order,omitempty"` // where it is not the plain one
	Scale  float64 `json:"scale"`           // value = raw * scale
	Value  float64 `json:"value"`           // as it was last read
	Raw    string  `json:"raw"`             // hexadecimal, as it came
	Also   string  `json:"also,omitempty"`  // other places and types that say the same
	format modbus.Format
	score  float64 // bits of evidence; see weigh
}

// Finder looks for numbers in what a survey read.
type Finder struct {
	Tolerance float64 // as a share of the value, for one that moves while it is read; 0 is the display's rounding
}

// Find ranks all ways in which the map says what the display shows, the most convincing first.
func (f Finder) Find(m Map, shown Shown) []Candidate {
	var all []Candidate
	for _, reading := range m.habits(readings()) {
		for place := range m {
			registers, ok := m.slice(place, reading.format.Registers())
			if !ok {
				continue
			}
			raw := reading.format.Number(registers)
			for _, scale := range reading.scales {
				v := raw * scale.factor
				fit := shown.fits(v, f.Tolerance)
				if fit == none || fit != same && f.Tolerance == 0 && reading.exact(scale, shown) {
					continue
				}
				c := Candidate{
					Place: place, At: place.String(), Type: reading.format.Type, Order: reading.order,
					Scale: scale.factor, Value: round(v), Raw: hexadecimal(registers), format: reading.format,
				}
				c.score = weigh(reading, scale, raw, shown, fit)
				all = append(all, c)
			}
		}
	}
	return rank(all)
}

// Narrow keeps the candidates that, read again, fit what the display shows now.
func (f Finder) Narrow(m Map, candidates []Candidate, shown Shown) []Candidate {
	var kept []Candidate
	for _, c := range candidates {
		registers, ok := m.slice(c.Place, c.format.Registers())
		if !ok {
			continue
		}
		raw := c.format.Number(registers)
		v := raw * c.Scale
		fit := shown.fits(v, f.Tolerance)
		if fit == none {
			continue
		}
		c.Value, c.Raw = round(v), hexadecimal(registers)
		c.score += float64(fit)
		kept = append(kept, c)
	}
	slices.SortStableFunc(kept, byScore)
	return kept
}

// Reread reads the registers of candidates, one request each.
func Reread(ctx context.Context, p *modbus.Probe, unit byte, candidates []Candidate) (Map, error) {
	m := Map{}
	for _, c := range candidates {
		values, err := p.Registers(ctx, unit, c.Place.Table, c.Place.Address, c.format.Registers())
		var refusal modbus.Refusal
		if errors.As(err, &refusal) {
			continue
		}
		if err != nil {
			return m, fmt.Errorf("read %s: %w", c.Place, err)
		}
		for i, v := range values {
			m[Place{c.Place.Table, c.Place.Address + i}] = v
		}
	}
	return m, nil
}

// slice gives the registers from a place on, ok where all were read.
func (m Map) slice(p Place, count int) (registers []uint16, ok bool) {
	registers = make([]uint16, count)
	for i := range registers {
		if registers[i], ok = m[Place{p.Table, p.Address + i}]; !ok {
			return nil, false
		}
	}
	return registers, true
}

func byScore(a, b Candidate) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.Place.Table, a.Place.Table),
		cmp.Compare(a.Place.Address, b.Place.Address), cmp.Compare(a.Type, b.Type))
}

func hexadecimal(registers []uint16) string {
	words := make([]string, len(registers))
	for i, r := range registers {
		words[i] = fmt.Sprintf("%04x", r)
	}
	return strings.Join(words, " ")
}

// round takes off what a multiplication by 0.1 leaves behind the digits that a float32 has.
func round(v float64) float64 {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 9, 64), 64)
	return short
}
