package i2c

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/drivers/sensor"
)

// Registers of the MCP9808 (Microchip DS25095A, section 5.1).
const (
	mcpConfig       = 0x01
	mcpTemperature  = 0x05
	mcpManufacturer = 0x06
	mcpDevice       = 0x07
)

func mcp9808Model() model {
	return model{
		Model: sensor.Model{Name: "mcp9808", Fastest: 250 * time.Millisecond, Quantities: []sensor.Quantity{
			{At: "temperature", Unit: "°C", Min: -40, Max: 125},
		}},
		addresses: between(0x18, 0x1f),
		begin:     func(d device, _ *Config) sensor.Chip { return &mcp9808{d} },
	}
}

type mcp9808 struct{ device }

// Begin checks maker and device, and wakes it up.
func (m *mcp9808) Begin(ctx context.Context) error {
	maker, err := m.tx(ctx, 2, mcpManufacturer)
	if err != nil {
		return err
	}
	kind, err := m.tx(ctx, 2, mcpDevice)
	if err != nil {
		return err
	}
	if binary.BigEndian.Uint16(maker) != 0x0054 || kind[0] != 0x04 {
		return fmt.Errorf("not an mcp9808: its maker is %x and its identity %x, want 0054 and 04", maker, kind[:1])
	}
	if _, err := m.tx(ctx, 0, mcpConfig, 0, 0); err != nil {
		return err
	}
	return m.pause(ctx, 250*time.Millisecond) // the first conversion
}

// Measure reads the latest conversion: 13 bits with sign, in steps of 1/16 °C, below three alarm bits.
func (m *mcp9808) Measure(ctx context.Context, points []sensor.Point) ([]sensor.Measurement, error) {
	raw, err := m.tx(ctx, 2, mcpTemperature)
	if err != nil {
		return nil, err
	}
	steps := int16(binary.BigEndian.Uint16(raw)<<3) >> 3
	return pick(points, map[string]sensor.Measurement{"temperature": {Raw: raw, Value: float64(steps) / 16}}), nil
}
