package i2c

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/lineproof/lineproof/drivers/sensor"
)

// Commands of the BH1750FVI (ROHM technical note 11046EDT01).
const (
	bhOn   = 0x01
	bhOnce = 0x20                   // in steps of 1 lx, then it switches itself off
	bhTime = 180 * time.Millisecond // at the most
)

func bh1750Model() model {
	return model{
		Model: sensor.Model{Name: "bh1750", Fastest: 250 * time.Millisecond, Quantities: []sensor.Quantity{
			{At: "illuminance", Unit: "lx", Min: 0, Max: 54612.5},
		}},
		addresses: []int{0x23, 0x5c},
		begin:     func(d device, _ *Config) sensor.Chip { return &bh1750{d} },
	}
}

type bh1750 struct{ device }

// Begin has nothing to do: the chip has neither identity nor settings.
func (b *bh1750) Begin(context.Context) error { return nil }

// Measure has it measure once. 1.2 steps are 1 lx.
func (b *bh1750) Measure(ctx context.Context, points []sensor.Point) ([]sensor.Measurement, error) {
	for _, command := range []byte{bhOn, bhOnce} {
		if _, err := b.tx(ctx, 0, command); err != nil {
			return nil, err
		}
	}
	if err := b.pause(ctx, bhTime); err != nil {
		return nil, err
	}
	raw, err := b.tx(ctx, 2)
	if err != nil {
		return nil, err
	}
	steps := binary.BigEndian.Uint16(raw)
	m := sensor.Measurement{Raw: raw, Value: float64(steps) / 1.2}
	if steps == 0xffff {
		m.Err = errors.New("more light than it can measure")
	}
	return pick(points, map[string]sensor.Measurement{"illuminance": m}), nil
}
