package edge

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/record"
)

// Inspected is one signal as it was just read, for a technician.
type Inspected struct {
	drivers.Inspection               // its reading's Signal is device.signal
	Description        record.Signal // what the configuration says of the signal
}

// Inspect polls every device once and shows what came, device by device in order of their names. It uses
// neither the agent's directory nor its broker. Signals that could not be read are in the result, with
// the reason; the error is for a device that could not even be opened.
func Inspect(ctx context.Context, c *Config, log *slog.Logger) (all []Inspected, err error) {
	for _, d := range c.Devices {
		found, err := InspectDevice(ctx, d, log)
		if err != nil {
			return all, err
		}
		all = append(all, found...)
	}
	return append(all, InspectDerived(c, all)...), nil
}

// InspectDevice is Inspect for one device.
func InspectDevice(ctx context.Context, d Device, log *slog.Logger) ([]Inspected, error) {
	driver, err := d.Config.Open(drivers.Options{Name: d.Name, Logger: log.With("device", d.Name)})
	if err != nil {
		return nil, fmt.Errorf("open device %s: %w", d.Name, err)
	}
	defer driver.Close()
	return inspectDriver(ctx, d, driver), nil
}

// inspectDriver polls an open device.
func inspectDriver(ctx context.Context, d Device, driver drivers.Driver) []Inspected {
	bySignal := map[string]drivers.Inspection{}
	var failure error
	if inspector, ok := driver.(drivers.Inspector); ok {
		list, err := inspector.Inspect(ctx)
		failure = err
		for _, one := range list {
			bySignal[one.Reading.Signal] = one
		}
	} else {
		list, err := driver.Read(ctx)
		failure = err
		for _, r := range list {
			bySignal[r.Signal] = drivers.Inspection{Reading: r}
		}
	}
	all := make([]Inspected, 0, len(d.Signals))
	described := d.Config.Signals() // with the device's clock, which is no signal of the catalogue
	for _, name := range slices.Sorted(maps.Keys(described)) {
		one := bySignal[name]
		if one.Reading.Quality == record.Missing && one.Err == nil {
			one.Err = failure
		}
		one.Reading.Signal = d.Name + "." + name
		all = append(all, Inspected{Inspection: one, Description: described[name]})
	}
	return all
}

// InspectDerived calculates the derived signals from what was read.
func InspectDerived(c *Config, read []Inspected) (all []Inspected) {
	latest := map[string]record.Reading{}
	for _, one := range read {
		latest[one.Reading.Signal] = one.Reading
	}
	for _, d := range c.Derived {
		r, err := d.calculate(func(id string) record.Reading { return latest[id] })
		one := drivers.Inspection{Reading: r, Address: d.Description.Formula, Err: err}
		all = append(all, Inspected{Inspection: one, Description: d.Description})
	}
	return all
}
