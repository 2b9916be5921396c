package edge

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/internal/strictyaml"
	"github.com/lineproof/lineproof/record"
)

// Defaults of a device's section.
const (
	defaultGap          = 2 * time.Minute
	defaultAtLeastEvery = time.Minute
)

// decodeDevice reads one section: first what every device may have, then, by its driver, the rest. ok
// tells whether the device's signals are known.
func decodeDevice(name string, section strictyaml.Section, kinds map[string]drivers.Kind) (d Device, ok bool) {
	d = Device{Name: name, Report: Report{AtLeastEvery: record.Duration(defaultAtLeastEvery)}}
	clock, hasClock := section.Cut("clock")
	if hasClock {
		d.Clock = &DeviceClock{Unit: "s", Gap: record.Duration(defaultGap)}
		clock.Decode(d.Clock)
	}
	report, _ := section.Cut("report")
	report.Decode(&d.Report)
	d.checkOwn(clock, report)
	driver, hasDriver := section.Cut("driver")
	names := slices.Sorted(maps.Keys(kinds))
	if !hasDriver {
		section.Mistake(nil, fmt.Sprintf("device `%s` has no driver", name), strictyaml.Suggest("", names))
		return d, false
	}
	if !driver.Decode(&d.Driver) {
		return d, false
	}
	kind, known := kinds[d.Driver]
	if !known {
		driver.Mistake(nil, fmt.Sprintf("unknown driver `%s`", d.Driver), strictyaml.Suggest(d.Driver, names))
		return d, false
	}
	d.Config = kind()
	ok = section.Decode(d.Config)
	for _, p := range d.Config.Validate() {
		section.Mistake(p.Path, p.Message, p.Hint)
		ok = false
	}
	if !ok {
		return d, false
	}
	d.describe()
	d.check(section, clock)
	return d, true
}

// describe takes over the driver's signals and adds what only the agent knows of them.
func (d *Device) describe() {
	d.Signals = map[string]record.Signal{}
	for name, s := range d.Config.Signals() {
		s.Device, s.Driver, s.Every = d.Name, d.Driver, record.Duration(d.Config.Period())
		if d.Report.AtLeastEvery != record.Duration(defaultAtLeastEvery) { // which the catalogue need not say
			s.AtLeast = d.Report.AtLeastEvery
		}
		d.Signals[name] = s
	}
}

func (d *Device) check(section, clock strictyaml.Section) {
	if err := record.CheckName(d.Name); err != nil {
		section.Mistake(nil, "device: "+err.Error(), "")
	}
	for name, s := range d.Signals {
		if err := record.CheckName(name); err != nil {
			section.Mistake([]string{"signals", name}, "signal: "+err.Error(), "")
		}
		if s.Window > 0 && (s.Counter || len(s.States) > 0) {
			section.Mistake([]string{"signals", name, "window"},
				"a counter or a state cannot be averaged over a window", "remove `window`")
		}
	}
	if p := d.Config.Period(); p < 0 || p > 0 && p < time.Millisecond {
		section.Mistake([]string{"every"}, fmt.Sprintf("a poll period of %s is too short", p), "use 1ms or more")
	}
	if d.Clock == nil || d.Clock.Signal == "" {
		return
	}
	if _, known := d.Signals[d.Clock.Signal]; !known {
		clock.Mistake([]string{"signal"}, fmt.Sprintf("unknown signal `%s`", d.Clock.Signal),
			strictyaml.Suggest(d.Clock.Signal, slices.Collect(maps.Keys(d.Signals))))
	}
	delete(d.Signals, d.Clock.Signal) // it dates the readings and is none itself
}

// checkOwn checks what the agent itself reads of the section.
func (d *Device) checkOwn(clock, report strictyaml.Section) {
	if d.Report.AtLeastEvery <= 0 {
		report.Mistake([]string{"at_least_every"}, "at_least_every must be more than 0", "")
	}
	if d.Clock == nil {
		return
	}
	if d.Clock.Signal == "" {
		clock.Mistake(nil, "the clock names no `signal`", "")
	}
	if d.Clock.Unit != "s" && d.Clock.Unit != "ms" {
		clock.Mistake([]string{"unit"}, fmt.Sprintf("unknown unit `%s`", d.Clock.Unit), "use s or ms")
	}
	if d.Clock.Gap <= 0 {
		clock.Mistake([]string{"gap"}, "gap must be more than 0", "")
	}
}
