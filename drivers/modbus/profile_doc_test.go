package modbus

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ownProfile is the example of the documentation.
const ownProfile = `name: my-device
maker: Example
model: X1
kind: meter
defaults: {one_based: true, order: CDAB, max_registers: 60}
signals:
  energy: {at: holding 100, type: uint32, scale: 0.1, unit: kWh}
  state: {at: holding 102, states: {0: stopped, 1: idle, 2: execute}}
roles:
  energy_import: energy
  running: state
`

// TestProfilesDocument keeps docs/how-to/profiles.md true: run with -update after a change.
func TestProfilesDocument(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "how-to", "profiles.md")
	want := document(Profiles())
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s does not fit the profiles: go test ./drivers/modbus -run TestProfilesDocument -update", file)
	}
}

const documentHead = `# Device profiles

A profile is the register map of a device: which signals it has, where they stand and in which unit. The
device's section names it, and all else is as without:

` + "```yaml" + `
devices:
  meter:
    driver: modbus
    url: "rtu:///dev/serial/by-id/usb-FTDI_USB-RS485-port0?baud=9600&parity=none"
    unit: 1
    every: 10s
    profile: eastron-sdm630
    only: [power, energy_import]  # leave it out for all signals of the profile
    signals:
      power: {deadband: 5}  # the profile's signal, and what you change of it
      alarm: {at: discrete 3}  # with "at" it is a signal of your own
` + "```" + `

Addresses, types and orders come from the profile, and so do the limits of a request; the settings of the
serial line stand in the url, and those in the list below are the ones with which the device leaves the
factory. Every poll reads the whole profile: with only: it is shorter.

Before you trust a profile, compare two or three values with the device's display (` + "`lineproof-edge read`" + `).
A profile marked **no** under "confirmed" was found in one source only, or the sources differ: the reason
stands with it. Please tell us if you have compared one, whether it was right or not.

`

const documentTail = `
## A profile of your own

Write it into a file, and name the file in the configuration: a name with a slash is a file. One that does
not begin with a slash is looked for in the folder in which the agent runs, so that a service is better
given the whole path.

` + "```yaml" + `
devices:
  press:
    driver: modbus
    url: tcp://192.168.1.10
    profile: /etc/lineproof/my-device.yaml
` + "```" + `

` + "```yaml" + `
` + ownProfile + "```" + `

Only signals are needed; they have the same keys as in the configuration. Of the others:

| key | means |
| --- | --- |
| defaults | one_based: addresses count from 1, as in the manual; order: of the bytes of values of two and more registers; max_registers: that one request may read; gap: unwanted registers that it may read along. Of the last two, the smaller one of profile and configuration holds |
| roles | what a signal stands for: %s |
| match | how ` + "`lineproof-edge scan`" + ` tells the device: {vendor: ..., product: ...} as it says of itself, or {at: holding 0xFC02, equals: [0x0070]} |

A profile for everybody is one file in drivers/modbus/profiles, with the manual (title, revision, address
or number) as its source, and one in profiles/testdata with what registers hold and which values that is.
It is confirmed: true only with two sources that do not copy each other; otherwise unconfirmed: tells why
not. A register that no source shows is left out.
`

func document(list []ProfileInfo) string {
	var b strings.Builder
	b.WriteString(documentHead)
	confirmed := 0
	for _, p := range list {
		if p.Unconfirmed == "" {
			confirmed++
		}
	}
	fmt.Fprintf(&b, "There are %d, of which %d are confirmed by two sources.\n", len(list), confirmed)
	kinds := []struct{ kind, title string }{
		{"meter", "Energy meters"}, {"drive", "Drives"}, {"controller", "Temperature controllers"},
		{"counter", "Counters"}, {"plc", "PLCs: starting points"}, {"weighing", "Weighing"},
	}
	for _, k := range kinds {
		fmt.Fprintf(&b, "\n## %s\n\n| profile | device | factory line | confirmed | sources |\n| --- | --- | --- | --- | --- |\n", k.title)
		for _, p := range list {
			if p.Kind == k.kind {
				fmt.Fprintf(&b, "| `%s` | %s %s | %s | %s | %s |\n", p.Name, p.Maker, p.Model, factory(p.Line), confirmation(p), sources(p.Sources))
			}
		}
		for _, p := range list {
			if p.Kind == k.kind && len(p.Notes) > 0 {
				fmt.Fprintf(&b, "\n**%s**\n\n- %s\n", p.Name, strings.Join(p.Notes, "\n- "))
			}
		}
	}
	fmt.Fprintf(&b, documentTail, strings.Join(RoleNames(), ", "))
	return b.String()
}

func factory(l Line) string {
	var parts []string
	if l.Baud > 0 {
		parts = append(parts, fmt.Sprint(l.Baud))
	}
	if l.Parity != "" {
		parts = append(parts, fmt.Sprintf("8%s%d", strings.ToUpper(l.Parity[:1]), cmp.Or(l.Stop, 1)))
	}
	return strings.Join(append(parts, fmt.Sprintf("unit %d", l.Unit)), ", ")
}

func confirmation(p ProfileInfo) string {
	if p.Unconfirmed == "" {
		return "yes"
	}
	return "**no**: " + p.Unconfirmed
}

func sources(list []Source) string {
	var texts []string
	for _, s := range list {
		parts := slices.DeleteFunc([]string{s.Manual, s.Revision, s.Pages, s.URL}, func(part string) bool { return part == "" })
		texts = append(texts, strings.Join(slices.Compact(parts), ", "))
	}
	return strings.Join(texts, "; ")
}
