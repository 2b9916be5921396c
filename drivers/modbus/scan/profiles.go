package scan

import (
	"context"
	"slices"

	"github.com/lineproof/lineproof/drivers/modbus"
)

// ByProfiles is the Judge that knows the profiles of package modbus: those that the device's own words fit
// come before those that a register does.
func ByProfiles(ctx context.Context, p *modbus.Probe, unit byte, id modbus.Identity) (names []string) {
	known := map[Place]*uint16{}
	register := func(at Place) *uint16 {
		if v, asked := known[at]; asked {
			return v
		}
		known[at] = nil
		for count := 1; count <= 2; count++ { // some meters give two at least
			if v, err := p.Registers(ctx, unit, at.Table, at.Address, count); err == nil {
				known[at] = &v[0]
				break
			}
		}
		return known[at]
	}
	var byRegister []string
	for _, profile := range modbus.Profiles() {
		for _, m := range profile.Match {
			if id != (modbus.Identity{}) && m.Named(id) {
				names = append(names, profile.Name)
				break
			}
			if !m.ByRegister() {
				continue
			}
			if v := register(Place{m.Table, m.Address}); v != nil && slices.Contains(m.Equals, *v) {
				byRegister = append(byRegister, profile.Name)
				break
			}
		}
	}
	return append(names, byRegister...)
}
