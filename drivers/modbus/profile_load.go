package modbus

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// profile is one file of profiles/, or of the user.
type profile struct {
	Name        string            `yaml:"name"`
	Maker       string            `yaml:"maker"`
	Model       string            `yaml:"model"`
	Kind        string            `yaml:"kind"`
	Title       Title             `yaml:"title"`
	Source      []Source          `yaml:"source"`
	Confirmed   bool              `yaml:"confirmed"`
	Unconfirmed string            `yaml:"unconfirmed"`
	Defaults    profileDefaults   `yaml:"defaults"`
	Notes       []string          `yaml:"notes"`
	Match       []profileMatch    `yaml:"match"`
	Signals     map[string]Signal `yaml:"signals"`
	Roles       map[string]string `yaml:"roles"`
}

// profileDefaults is what the device wants; the line's settings are for people to copy into the url.
type profileDefaults struct {
	Line         `yaml:",inline"`
	OneBased     bool   `yaml:"one_based"`
	Order        string `yaml:"order"` // of values of more than one register
	MaxRegisters int    `yaml:"max_registers"`
	Gap          *int   `yaml:"gap"` // for devices that refuse or spoil what lies between their values
}

// loadProfile reads one of this package's profiles by its name, or a file, whose name has a slash.
func loadProfile(name string) (*profile, error) {
	var src []byte
	var err error
	switch {
	case strings.Contains(name, "/"):
		src, err = os.ReadFile(name)
		if err != nil {
			return nil, mistakef("a file's name is taken from the folder in which the agent runs; one that begins with / is not", "profile: %v", err)
		}
	default:
		src, err = profileFiles.ReadFile("profiles/" + name + ".yaml")
		if err != nil {
			return nil, mistakef(profileHint(name), "unknown profile %q", name)
		}
	}
	p := new(profile)
	err = yaml.NewDecoder(bytes.NewReader(src), yaml.Strict()).Decode(p)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, mistakef("see docs/how-to/profiles.md", "profile %s: %s", name, yaml.FormatError(err, false, true))
	}
	if err := p.check(); err != nil {
		return nil, mistakef("see docs/how-to/profiles.md", "profile %s: %v", name, err)
	}
	p.order()
	return p, nil
}

// profileHint names the nearest profile, or where the list of them is: it is too long for a hint.
func profileHint(name string) string {
	if hint := suggest(name, profileNames()); strings.HasPrefix(hint, "did you mean") {
		return hint
	}
	return "docs/how-to/profiles.md lists them; a file of your own has a slash in its name, such as ./" + name + ".yaml"
}

// check finds the first mistake that would make the profile unusable or misleading.
func (p *profile) check() error {
	if len(p.Signals) == 0 {
		return errors.New("it has no signals")
	}
	var found problems
	for _, name := range slices.Sorted(maps.Keys(p.Signals)) {
		p.Signals[name].compile(&found, name, p.Defaults.OneBased)
	}
	if len(found) > 0 {
		return fmt.Errorf("%s: %s", strings.Join(found[0].Path, "."), found[0].Message)
	}
	if n := p.Defaults.MaxRegisters; n < 0 || n > maxRegisters {
		return fmt.Errorf("max_registers %d is not within 1 to %d", n, maxRegisters)
	}
	if n := p.Defaults.Gap; n != nil && (*n < 0 || *n >= maxRegisters) {
		return fmt.Errorf("gap %d is not within 0 to %d", *n, maxRegisters-1)
	}
	for _, role := range slices.Sorted(maps.Keys(p.Roles)) {
		if !slices.Contains(RoleNames(), role) {
			return fmt.Errorf("roles: unknown role %q, %s", role, suggest(role, RoleNames()))
		}
		if _, known := p.Signals[p.Roles[role]]; !known {
			return fmt.Errorf("roles: %s is signal %q, which it has not", role, p.Roles[role])
		}
	}
	for i, m := range p.Match {
		if _, err := m.match(p.Defaults.OneBased); err != nil {
			return fmt.Errorf("match %d: %w", i+1, err)
		}
	}
	return p.checkOrder()
}

func (p *profile) checkOrder() error {
	if p.Defaults.Order != "" && !slices.Contains(orders(4), p.Defaults.Order) {
		return fmt.Errorf("order %q is none of %s", p.Defaults.Order, strings.Join(orders(4), ", "))
	}
	return nil
}

// order gives the values of two and more registers the profile's order, where they have none of their own.
func (p *profile) order() {
	for name, s := range p.Signals {
		typ, _ := parseType(s.Type, holding) // a coil's is a bool also
		if s.Order == "" && (typ.bytes == 4 || typ.bytes == 8) && typ.kind != kindString {
			s.Order = p.Defaults.Order
			p.Signals[name] = s
		}
	}
}
