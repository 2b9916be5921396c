package modbus

import (
	"embed"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

//go:embed profiles/*.yaml
var profileFiles embed.FS

// ProfileInfo is what a profile says of its device.
type ProfileInfo struct {
	Name        string // as configurations write it, such as eastron-sdm630
	Maker       string
	Model       string
	Kind        string // meter, drive, controller, counter, plc or weighing
	Title       Title
	Sources     []Source
	Unconfirmed string // why its registers should be compared with the device's display first; empty where two sources agree
	Line        Line
	Notes       []string
	Match       []Match           // any of which tells the device
	Signals     []string          // names, sorted
	Roles       map[string]string // signal by what it stands for, such as energy_import; see RoleNames
}

// Title names a device in Vietnamese and in English.
type Title struct {
	VI string `yaml:"vi"`
	EN string `yaml:"en"`
}

// Source is where registers were found.
type Source struct {
	Manual   string `yaml:"manual"` // title, or the project whose map it is
	Revision string `yaml:"revision"`
	URL      string `yaml:"url"` // or a document number
	Pages    string `yaml:"pages"`
}

// Line is how a device speaks when it leaves the factory; zero values are not known or not fixed.
type Line struct {
	Baud   int    `yaml:"baud"`
	Parity string `yaml:"parity"` // even, odd or none, as in a url
	Stop   int    `yaml:"stop"`
	Unit   int    `yaml:"unit"`
}

// RoleNames lists what a profile's signal can stand for.
func RoleNames() []string {
	return []string{
		"energy_import", "energy_export", "power", "voltage", "current", "frequency", "speed", "torque", "running", "fault",
		"process_value", "setpoint", "output", "count", "weight",
	}
}

// Profiles lists the devices whose registers are known, sorted by name.
func Profiles() []ProfileInfo {
	var list []ProfileInfo
	for _, name := range profileNames() {
		if p, err := loadProfile(name); err == nil { // the tests of this package load every one
			list = append(list, p.info())
		}
	}
	return list
}

func profileNames() []string {
	files, _ := fs.Glob(profileFiles, "profiles/*.yaml") // the pattern is well formed
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".yaml")
	}
	slices.Sort(files) // a-b.yaml comes before a.yaml
	return files
}

func (p *profile) info() ProfileInfo {
	info := ProfileInfo{
		Name:        p.Name,
		Maker:       p.Maker,
		Model:       p.Model,
		Kind:        p.Kind,
		Title:       p.Title,
		Sources:     p.Source,
		Unconfirmed: p.Unconfirmed,
		Line:        p.Defaults.Line,
		Notes:       p.Notes,
		Signals:     slices.Sorted(maps.Keys(p.Signals)),
		Roles:       p.Roles,
	}
	for _, m := range p.Match {
		match, _ := m.match(p.Defaults.OneBased) // checked when it was loaded
		info.Match = append(info.Match, match)
	}
	return info
}
