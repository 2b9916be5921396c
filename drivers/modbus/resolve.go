package modbus

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
)

// resolved is what a configuration and its profile come to.
type resolved struct {
	signals      map[string]given
	maxRegisters int
	gap          int
}

// given is one signal and how its address counts: a profile's as the profile says, the others as the
// configuration does.
type given struct {
	Signal
	oneBased bool
}

// resolve puts the configuration's signals over those of its profile. A signal without `at` changes what
// it gives of the profile's signal of that name; one with `at` stands in its place.
func (c *Config) resolve(found *problems) resolved {
	r := resolved{signals: map[string]given{}, maxRegisters: c.MaxRegisters, gap: c.Gap}
	known := true
	if c.Profile == "" {
		found.require(len(c.Only) == 0, []string{"only"}, "add profile: and its name", "there is no profile to choose signals of")
	} else {
		known = r.take(found, c)
	}
	for name, own := range c.Points {
		base, inherited := r.signals[name]
		switch {
		case own.At != "" || !inherited && known:
			r.signals[name] = given{own, c.OneBased}
		case inherited:
			r.signals[name] = given{own.over(base.Signal), base.oneBased}
		}
	}
	return r
}

// take puts the profile's signals into r, and its limits where they are the tighter ones, or tells that
// the profile is not to be had.
func (r *resolved) take(found *problems, c *Config) bool {
	p, err := loadProfile(c.Profile)
	if err != nil {
		found.add(err, "profile")
		return false
	}
	r.maxRegisters = min(c.MaxRegisters, cmp.Or(p.Defaults.MaxRegisters, maxRegisters))
	if p.Defaults.Gap != nil {
		r.gap = min(c.Gap, *p.Defaults.Gap)
	}
	for name, s := range p.chosen(found, c.Only) {
		r.signals[name] = given{s, p.Defaults.OneBased}
	}
	return true
}

// chosen are all signals of the profile, or those whose names are in only.
func (p *profile) chosen(found *problems, only []string) map[string]Signal {
	if len(only) == 0 {
		return p.Signals
	}
	names := slices.Sorted(maps.Keys(p.Signals))
	chosen := make(map[string]Signal, len(only))
	for i, name := range only {
		s, known := p.Signals[name]
		path := []string{"only", strconv.Itoa(i)}
		if !known {
			found.add(mistakef(suggest(name, names), "%s has no signal %q", p.Name, name), path...)
			continue
		}
		_, twice := chosen[name]
		found.require(!twice, path, "", "signal %q is named twice", name)
		chosen[name] = s
	}
	return chosen
}

// over is base with what s gives of its own.
func (s Signal) over(base Signal) Signal {
	base.Type = cmp.Or(s.Type, base.Type)
	base.Order = cmp.Or(s.Order, base.Order)
	base.Scale = cmp.Or(s.Scale, base.Scale)
	base.Offset = cmp.Or(s.Offset, base.Offset)
	base.Unit = cmp.Or(s.Unit, base.Unit)
	base.Deadband = cmp.Or(s.Deadband, base.Deadband)
	base.Counter = s.Counter || base.Counter
	base.MaxRate = cmp.Or(s.MaxRate, base.MaxRate)
	base.Window = cmp.Or(s.Window, base.Window)
	if len(s.States) > 0 {
		base.States = s.States
	}
	return base
}
