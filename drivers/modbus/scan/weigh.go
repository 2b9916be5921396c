package scan

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/lineproof/lineproof/drivers/modbus"
)

// reading is one way to read registers as numbers.
type reading struct {
	format modbus.Format
	order  string // "" for the plain one
	whole  bool   // it holds whole numbers
	odds   float64
	scales []scale
}

// exact tells whether a display of these digits shows every step of the registers, so that nothing is rounded.
func (r reading) exact(s scale, shown Shown) bool {
	return r.whole && s.factor >= shown.Unit*(1-1e-9)
}

// scale is what raw is multiplied with. odds are how rarely that is met, in bits.
type scale struct{ factor, odds float64 }

// readings lists the ways that are tried, with how rarely each is met, in bits.
func readings() []reading {
	ints := []scale{{1, 0}, {0.1, 1}, {0.01, 1}, {0.001, 2}, {10, 3}, {100, 4}, {1000, 5}, {0.0001, 4}, {0.5, 5}}
	floats := []scale{{1, 0}, {0.001, 3}, {1000, 4}, {0.01, 6}, {100, 6}, {0.1, 6}, {10, 6}}
	var all []reading
	add := func(typ string, whole bool, odds float64, scales []scale, orders ...string) {
		for i, order := range orders {
			f, err := modbus.NewFormat(typ, order)
			if err != nil {
				continue
			}
			r := reading{format: f, whole: whole, odds: odds + []float64{0, 1, 5, 5}[i], scales: scales}
			if i > 0 {
				r.order = order
			}
			all = append(all, r)
		}
	}
	add("uint16", true, 0, ints, "AB", "BA")
	add("int16", true, 1, ints, "AB", "BA")
	add("uint32", true, 1, ints, "ABCD", "CDAB", "BADC", "DCBA")
	add("int32", true, 2, ints, "ABCD", "CDAB", "BADC", "DCBA")
	add("float32", false, 0, floats, "ABCD", "CDAB", "BADC", "DCBA")
	add("uint64", true, 4, ints, "ABCDEFGH", "GHEFCDAB")
	add("float64", false, 3, floats, "ABCDEFGH", "GHEFCDAB", "BADCFEHG", "HGFEDCBA")
	add("bcd16", true, 6, ints, "AB")
	add("bcd32", true, 7, ints, "ABCD", "CDAB")
	return all
}

// habits makes the order of floats likelier in which the device seems to keep its others: where more pairs
// of registers are numbers as they are measured.
func (m Map) habits(all []reading) []reading {
	plausible := map[string]float64{}
	most := 0.0
	for _, r := range all {
		if r.format.Type != "float32" {
			continue
		}
		for place := range m {
			registers, ok := m.slice(place, 2)
			if v := r.format.Number(registers); ok && v >= 0.1 && v < 100_000 {
				plausible[r.order]++
			}
		}
		most = max(most, plausible[r.order])
	}
	for i, r := range all {
		if r.format.Type == "float32" {
			all[i].odds = r.odds/4 + 3*math.Log2((most+1)/(plausible[r.order]+1))
		}
	}
	return all
}

// weigh says how convincing a match is, in bits: how unlikely registers say this by chance, less how
// rarely a device is made so. A whole number that is exactly the one shown weighs as much as its rarity:
// small ones are met everywhere. For a float it is the share of the bit patterns that would be shown so,
// and what looks random in its last digits is as good as any.
func weigh(r reading, s scale, raw float64, shown Shown, f fit) float64 {
	var chance float64
	if r.whole {
		// Registers hold small numbers more often than large ones: about as 1 in n.
		n := math.Abs(raw) + 1
		width := max(shown.Unit/s.factor, 1)
		chance = min(1, width/(n*11))
	} else {
		// In one octave of a float32 lie 2^23 patterns of 2^32; those of a float64 are as many for its share.
		_, exponent := math.Frexp(raw)
		octave := math.Ldexp(1, exponent-1)
		width := max(shown.Unit/s.factor, octave/(1<<23))
		chance = min(1, width/octave) / 256
	}
	bits := -math.Log2(chance) - r.odds - s.odds
	if shown.Whole && r.whole && s.factor == 1 && f == same {
		bits += 6 // what is shown without decimals is mostly kept without them
	}
	switch f {
	case close:
		bits -= 6
	case cutOff:
		bits -= 2
	}
	return bits
}

// rank orders candidates and joins those that are the same number in the same register, or its mirror in
// the other table.
func rank(all []Candidate) []Candidate {
	slices.SortFunc(all, byScore)
	var kept []Candidate
	also := map[int][]string{}
	for _, c := range all {
		i := slices.IndexFunc(kept, func(k Candidate) bool { return k.covers(c) })
		if i < 0 {
			kept = append(kept, c)
			continue
		}
		also[i] = append(also[i], c.describe(kept[i]))
	}
	const few = 3
	for i, list := range also {
		if len(list) > few {
			list = append(list[:few], "...")
		}
		kept[i].Also = strings.Join(list, ", ")
	}
	return kept
}

// covers tells whether o says no more than c: the same bytes as the same number, with another type that
// tells apart only values that are not there now, or the same address in the other table.
func (c Candidate) covers(o Candidate) bool {
	if c.Value != o.Value {
		return false
	}
	if c.Place.Table != o.Place.Table {
		return c.Place.Address == o.Place.Address && c.Type == o.Type && c.Order == o.Order && c.Raw == o.Raw
	}
	end := func(c Candidate) int { return c.Place.Address + c.format.Registers() }
	overlap := c.Place.Address < end(o) && o.Place.Address < end(c)
	return overlap && c.Scale == o.Scale && c.format.Type[0] != 'f' && o.format.Type[0] != 'f'
}

// describe names what a candidate has otherwise than the one that stands for it.
func (c Candidate) describe(than Candidate) string {
	var words []string
	if c.Place != than.Place {
		words = append(words, c.Place.String())
	}
	if c.Type != than.Type {
		words = append(words, c.Type)
	}
	if c.Order != than.Order && c.Order != "" {
		words = append(words, c.Order)
	}
	return strings.Join(words, " ")
}

// Signal is the candidate as a line of a configuration.
func (c Candidate) Signal() string {
	parts := []string{"at: " + c.At, "type: " + c.Type}
	if c.Order != "" {
		parts = append(parts, "order: "+c.Order)
	}
	if c.Scale != 1 {
		parts = append(parts, fmt.Sprintf("scale: %v", c.Scale))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
