package modbus

import (
	"fmt"
	"strconv"
	"strings"
)

// table is one of the four address spaces of a Modbus device.
type table uint8

const (
	coil table = iota
	discrete
	input
	holding
)

var tableNames = []string{coil: "coil", discrete: "discrete", input: "input", holding: "holding"}

func (t table) String() string { return tableNames[t] }

// bits tells whether the table holds single bits; the others hold registers of 16.
func (t table) bits() bool { return t == coil || t == discrete }

// address is a place in a table by its number on the wire, 0 to 65535.
type address struct {
	table  table
	number int
}

func (a address) String() string { return fmt.Sprintf("%s %d", a.table, a.number) }

const maxAddress = 65535

// parseAddress reads "holding 100" or "holding 0x64", counted from 1 instead of 0 when oneBased, and the
// numbers of old manuals, 40001 or 400001, which begin with their table and count from 1 by nature.
func parseAddress(text string, oneBased bool) (address, error) {
	words := strings.Fields(text)
	switch len(words) {
	case 1:
		return parseReference(words[0])
	case 2:
	default:
		return address{}, mistakef(addressHint, "address %q is not a table and a number", text)
	}
	t, ok := parseTable(words[0])
	if !ok {
		return address{}, mistakef(suggest(words[0], tableNames), "unknown table %q", words[0])
	}
	n, err := parseNumber(words[1])
	if err != nil {
		return address{}, mistakef(addressHint, "address %q is not a number", words[1])
	}
	if oneBased && n == 0 {
		return address{}, mistakef("with one_based the first address is 1", "address 0 does not exist")
	}
	if oneBased {
		n--
	}
	if n > maxAddress {
		return address{}, mistakef("", "address %s is over %d", words[1], maxAddress)
	}
	return address{t, int(n)}, nil
}

const addressHint = "use coil, discrete, input or holding and a number, such as holding 100, or a number such as 40101"

func parseTable(name string) (table, bool) {
	for t, n := range tableNames {
		if n == name {
			return table(t), true
		}
	}
	return 0, false
}

// parseNumber takes decimal digits or 0x and hexadecimal ones, as manuals write them.
func parseNumber(s string) (uint64, error) {
	if digits, ok := strings.CutPrefix(strings.ToLower(s), "0x"); ok {
		return strconv.ParseUint(digits, 16, 32)
	}
	return strconv.ParseUint(s, 10, 32)
}

// parseReference reads 4xxxx and 4xxxxx: the first digit is the table, the others count from 1.
func parseReference(s string) (address, error) {
	tables := map[byte]table{'0': coil, '1': discrete, '3': input, '4': holding}
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || len(s) < 5 || len(s) > 6 {
		return address{}, mistakef(addressHint, "address %q is not a table and a number", s)
	}
	t, ok := tables[s[0]]
	if !ok {
		return address{}, mistakef("the first digit is 0 for coils, 1 for discrete inputs, 3 for input and 4 for holding registers",
			"address %q is in no table", s)
	}
	first := uint64(s[0]-'0') * 10_000
	if len(s) == 6 {
		first *= 10
	}
	switch {
	case n == first:
		return address{}, mistakef("numbers of this kind count from 1", "address %s does not exist", s)
	case n-first-1 > maxAddress:
		return address{}, mistakef("", "address %s is over %d", s, first+maxAddress+1)
	}
	return address{t, int(n - first - 1)}, nil
}
