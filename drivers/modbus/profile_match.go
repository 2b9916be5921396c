package modbus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Match is one way to tell a device: by what it says of itself (function 43/14), or by a register.
type Match struct {
	Vendor  string   // is part of the vendor's name, in capitals or not
	Product string   // is part of the product's code
	Table   Table    // with Address, where there is Equals
	Address int      // on the wire, from 0
	Equals  []uint16 // one of which the register holds
}

// ByRegister tells whether a register has to be read; otherwise the device's own words decide.
func (m Match) ByRegister() bool { return len(m.Equals) > 0 }

// Named tells whether a device that says so of itself fits.
func (m Match) Named(id Identity) bool {
	within := func(part, whole string) bool { return strings.Contains(strings.ToLower(whole), strings.ToLower(part)) }
	return !m.ByRegister() && within(m.Vendor, id.Vendor) && within(m.Product, id.Product)
}

// FitProfiles names the profiles that a unit fits: those that its identity names, and otherwise those
// whose registers it has. It reads each of these registers once, and none any more where one was not
// answered at all. That a register fits is a hint: devices of other makers may hold the same number.
func FitProfiles(ctx context.Context, p *Probe, unit byte, id Identity) []string {
	profiles := Profiles()
	if id != (Identity{}) {
		named := func(m Match) bool { return m.Named(id) }
		if names := fitting(profiles, named); len(names) > 0 {
			return names
		}
	}
	type place struct {
		table   Table
		address int
	}
	held := map[place][]uint16{} // nothing where the unit refused
	silent := false
	return fitting(profiles, func(m Match) bool {
		if !m.ByRegister() {
			return false
		}
		at := place{m.Table, m.Address}
		if _, asked := held[at]; !asked && !silent {
			words, err := p.Registers(ctx, unit, m.Table, m.Address, 1)
			var refused Refusal
			silent = err != nil && !errors.As(err, &refused)
			held[at] = words
		}
		return len(held[at]) == 1 && slices.Contains(m.Equals, held[at][0])
	})
}

func fitting(profiles []ProfileInfo, fits func(Match) bool) []string {
	var names []string
	for _, p := range profiles {
		if slices.ContainsFunc(p.Match, fits) {
			names = append(names, p.Name)
		}
	}
	return names
}

type profileMatch struct {
	Vendor  string   `yaml:"vendor"`
	Product string   `yaml:"product"`
	At      string   `yaml:"at"`
	Equals  []uint16 `yaml:"equals"`
}

func (m profileMatch) match(oneBased bool) (Match, error) {
	byRegister := m.At != "" && len(m.Equals) > 0
	byName := m.Vendor != "" || m.Product != ""
	if byRegister == byName || (m.At != "") != (len(m.Equals) > 0) {
		return Match{}, errors.New("needs vendor or product, or else at and equals")
	}
	if byName {
		return Match{Vendor: m.Vendor, Product: m.Product}, nil
	}
	at, err := parseAddress(m.At, oneBased)
	if err == nil && at.table.bits() {
		err = fmt.Errorf("%s is no register", at)
	}
	return Match{Table: at.table, Address: at.number, Equals: m.Equals}, err
}
