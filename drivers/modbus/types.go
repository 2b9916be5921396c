package modbus

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// kind is a family of data types.
type kind uint8

const (
	kindBool kind = iota
	kindInt
	kindUint
	kindFloat
	kindBCD
	kindString
	kindBits
)

// dataType is how the bytes of a signal are to be read.
type dataType struct {
	name     string
	kind     kind
	bytes    int // of the value; a string may end in the middle of a register
	from, to int // of kindBits: the first and last bit, 0 the least significant
}

func (t dataType) registers() int { return (t.bytes + 1) / 2 }

// whole tells whether the type holds the whole numbers that a counter or a state needs.
func (t dataType) whole() bool { return t.kind == kindInt || t.kind == kindUint }

// number tells whether values of the type can be scaled.
func (t dataType) number() bool { return t.kind != kindBool && t.kind != kindString }

func (t dataType) String() string { return t.name }

func plainTypes() []dataType {
	return []dataType{
		{name: "bool", kind: kindBool, bytes: 2},
		{name: "int16", kind: kindInt, bytes: 2},
		{name: "uint16", kind: kindUint, bytes: 2},
		{name: "int32", kind: kindInt, bytes: 4},
		{name: "uint32", kind: kindUint, bytes: 4},
		{name: "int64", kind: kindInt, bytes: 8},
		{name: "uint64", kind: kindUint, bytes: 8},
		{name: "float32", kind: kindFloat, bytes: 4},
		{name: "float64", kind: kindFloat, bytes: 8},
		{name: "bcd16", kind: kindBCD, bytes: 2},
		{name: "bcd32", kind: kindBCD, bytes: 4},
	}
}

var (
	stringType = regexp.MustCompile(`^string\( *(\d{1,6}) *\)$`)
	bitsType   = regexp.MustCompile(`^bits\( *(\d{1,6}) *, *(\d{1,6}) *\)$`)
)

// parseType reads the name of a type; the empty one is bool for bits and uint16 for registers.
func parseType(s string, t table) (dataType, error) {
	if s == "" && t.bits() {
		s = "bool"
	} else if s == "" {
		s = "uint16"
	}
	if t.bits() && s != "bool" {
		return dataType{}, mistakef("leave type out: a coil or discrete input is always bool", "type %s does not fit in a %s", s, t)
	}
	names := []string{}
	for _, plain := range plainTypes() {
		if plain.name == s {
			return plain, nil
		}
		names = append(names, plain.name)
	}
	if m := stringType.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		if n == 0 {
			return dataType{}, mistakef("give its length in bytes, such as string(16)", "type %s holds nothing", s)
		}
		return dataType{name: s, kind: kindString, bytes: n}, nil
	}
	if m := bitsType.FindStringSubmatch(s); m != nil {
		from, _ := strconv.Atoi(m[1])
		to, _ := strconv.Atoi(m[2])
		if from > to || to > 15 {
			return dataType{}, mistakef("bit 0 is the least and bit 15 the most significant: bits(0,3) is the lowest four",
				"type %s is no range within 0 to 15", s)
		}
		return dataType{name: s, kind: kindBits, bytes: 2, from: from, to: to}, nil
	}
	return dataType{}, mistakef(suggest(s, append(names, "string(16)", "bits(0,3)")), "unknown type %q", s)
}

// order names the bytes in the sequence in which they are sent: A is the most significant.
type order string

// orders lists what is accepted for a value of so many bytes: in order, words swapped, bytes swapped
// within words, and both.
func orders(bytes int) []string {
	switch bytes {
	case 2:
		return []string{"AB", "BA"}
	case 4:
		return []string{"ABCD", "CDAB", "BADC", "DCBA"}
	case 8:
		return []string{"ABCDEFGH", "GHEFCDAB", "BADCFEHG", "HGFEDCBA"}
	}
	return nil
}

// parseOrder reads the order of a type's bytes. The orders of four letters stand for the swaps that they
// name in values of eight bytes also; a string takes the order within each register.
func parseOrder(s string, t dataType) (order, error) {
	size := t.bytes
	if t.kind == kindString {
		size = 2
	}
	valid := orders(size)
	if s == "" {
		return order(valid[0]), nil
	}
	if t.kind == kindBool {
		return "", mistakef("leave order out", "a bool has no order")
	}
	for i, v := range valid {
		if s == v || size == 8 && s == orders(4)[i] {
			return order(v), nil
		}
	}
	if len(s) != size {
		return "", mistakef("use one of "+strings.Join(valid, ", "), "order %s has %d letters where %s has %d bytes", s, len(s), t, size)
	}
	hint := "use one of " + strings.Join(valid, ", ")
	if upper := strings.ToUpper(s); slices.Contains(valid, upper) {
		hint = "did you mean " + upper + "?"
	}
	return "", mistakef(hint, "unknown order %q", s)
}

// arrange puts wire, whose length is a multiple of the order's, into dst with the most significant byte first.
func (o order) arrange(dst, wire []byte) {
	for i, b := range wire {
		block := i - i%len(o)
		dst[block+int(o[i%len(o)]-'A')] = b
	}
}

// describe is the type and the order, where that is not the plain one.
func describe(t dataType, o order) string {
	if t.kind == kindBool || (len(o) == 2 && o == "AB") {
		return t.name
	}
	return fmt.Sprintf("%s %s", t, o)
}
