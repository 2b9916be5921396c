package i2c

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/drivers/sensor"
)

// Registers of the INA219 (Texas Instruments SBOS448, table 2). Current and power are worked out here, so
// that its calibration register, which a loss of its supply would clear unseen, is not needed.
const (
	inaConfig = 0x00
	inaShunt  = 0x01 // steps of 10 µV, signed
	inaBus    = 0x02 // bits 3 to 15: steps of 4 mV

	inaSettings = 0x399f // 32 V, ±320 mV, 12 bits, both without end: as after power-up
	inaFull     = 32000  // steps of the shunt register at ±320 mV
)

func ina219Model(shunt float64) model {
	most := 0.32
	if shunt > 0 {
		most /= shunt
	}
	return model{
		Model: sensor.Model{Name: "ina219", Fastest: 10 * time.Millisecond, Quantities: []sensor.Quantity{
			{At: "voltage", Unit: "V", Min: 0, Max: 32},
			{At: "current", Unit: "A", Min: -most, Max: most},
			{At: "power", Unit: "W", Min: -32 * most, Max: 32 * most},
		}},
		addresses: between(0x40, 0x4f),
		begin:     func(d device, c *Config) sensor.Chip { return &ina219{d, c.Shunt} },
	}
}

type ina219 struct {
	device
	shunt float64 // ohms
}

// Begin sets it up and sees that it took the settings.
func (a *ina219) Begin(ctx context.Context) error {
	if _, err := a.tx(ctx, 0, inaConfig, inaSettings>>8, inaSettings&0xff); err != nil {
		return err
	}
	got, err := a.tx(ctx, 2, inaConfig)
	if err != nil {
		return err
	}
	if v := binary.BigEndian.Uint16(got); v != inaSettings {
		return fmt.Errorf("not an ina219: it took the settings %04x and shows %04x", inaSettings, v)
	}
	return a.pause(ctx, 2*time.Millisecond) // two conversions of 586 µs at the most
}

// Measure reads both voltages.
func (a *ina219) Measure(ctx context.Context, points []sensor.Point) ([]sensor.Measurement, error) {
	shunt, err := a.tx(ctx, 2, inaShunt)
	if err != nil {
		return nil, err
	}
	bus, err := a.tx(ctx, 2, inaBus)
	if err != nil {
		return nil, err
	}
	steps := int16(binary.BigEndian.Uint16(shunt))
	current := sensor.Measurement{Raw: shunt, Value: float64(steps) * 10e-6 / a.shunt}
	if steps >= inaFull || steps <= -inaFull {
		current.Err = fmt.Errorf("the current is at or beyond ±%.3g A: use a smaller shunt", 0.32/a.shunt)
	}
	voltage := sensor.Measurement{Raw: bus, Value: float64(binary.BigEndian.Uint16(bus)>>3) * 0.004}
	power := sensor.Measurement{Raw: append(append([]byte{}, shunt...), bus...), Value: voltage.Value * current.Value, Err: current.Err}
	return pick(points, map[string]sensor.Measurement{"voltage": voltage, "current": current, "power": power}), nil
}

// pick gives each point its measurement.
func pick(points []sensor.Point, measured map[string]sensor.Measurement) []sensor.Measurement {
	all := make([]sensor.Measurement, len(points))
	for i, p := range points {
		all[i] = measured[p.At]
	}
	return all
}
