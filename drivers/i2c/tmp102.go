package i2c

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/drivers/sensor"
)

// Registers of the TMP102 (Texas Instruments SBOS397, section 7.5).
const (
	tmpTemperature = 0x00
	tmpConfig      = 0x01

	tmpSettings = 0x60a0 // 12 bits, four conversions a second: as after power-up
	tmpAlert    = 1 << 5 // follows the temperature
)

func tmp102Model() model {
	return model{
		Model: sensor.Model{Name: "tmp102", Fastest: 250 * time.Millisecond, Quantities: []sensor.Quantity{
			{At: "temperature", Unit: "°C", Min: -55, Max: 128},
		}},
		addresses: between(0x48, 0x4b),
		begin:     func(d device, _ *Config) sensor.Chip { return &tmp102{d} },
	}
}

type tmp102 struct{ device }

// Begin sets it up and sees that it took the settings, of which its two resolution bits are always 1.
func (t *tmp102) Begin(ctx context.Context) error {
	if _, err := t.tx(ctx, 0, tmpConfig, tmpSettings>>8, tmpSettings&0xff); err != nil {
		return err
	}
	got, err := t.tx(ctx, 2, tmpConfig)
	if err != nil {
		return err
	}
	if v := binary.BigEndian.Uint16(got); v|tmpAlert != tmpSettings|tmpAlert {
		return fmt.Errorf("not a tmp102: it took the settings %04x and shows %04x", tmpSettings, v)
	}
	return t.pause(ctx, 300*time.Millisecond) // the first conversion
}

// Measure reads the latest conversion: 12 bits with sign, in steps of 1/16 °C.
func (t *tmp102) Measure(ctx context.Context, points []sensor.Point) ([]sensor.Measurement, error) {
	raw, err := t.tx(ctx, 2, tmpTemperature)
	if err != nil {
		return nil, err
	}
	m := sensor.Measurement{Raw: raw, Value: float64(int16(binary.BigEndian.Uint16(raw))>>4) / 16}
	if raw[1]&0xf != 0 {
		m.Err = fmt.Errorf("%x is no temperature of 12 bits: it has lost its settings, or it is no tmp102", raw)
	}
	return pick(points, map[string]sensor.Measurement{"temperature": m}), nil
}
