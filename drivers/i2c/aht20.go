package i2c

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/drivers/sensor"
)

// Commands of the AHT20 (Aosong AHT20 product manual, section 5).
const (
	ahtStatus = 0x71

	ahtBusy       = 1 << 7
	ahtCalibrated = 1 << 3
	ahtTime       = 80 * time.Millisecond
)

func aht20Model() model {
	return model{
		Model: sensor.Model{Name: "aht20", Fastest: time.Second, Quantities: []sensor.Quantity{
			{At: "temperature", Unit: "°C", Min: -40, Max: 85},
			{At: "humidity", Unit: "%", Min: 0, Max: 100},
		}},
		addresses: []int{0x38},
		begin:     func(d device, _ *Config) sensor.Chip { return &aht20{d} },
	}
}

type aht20 struct{ device }

// Begin has the chip load its own calibration where it has not.
func (a *aht20) Begin(ctx context.Context) error {
	status, err := a.tx(ctx, 1, ahtStatus)
	if err != nil || status[0]&ahtCalibrated != 0 {
		return err
	}
	if _, err := a.tx(ctx, 0, 0xbe, 0x08, 0x00); err != nil {
		return err
	}
	return a.pause(ctx, 10*time.Millisecond)
}

// Measure has it measure once, which takes 80 ms.
func (a *aht20) Measure(ctx context.Context, points []sensor.Point) ([]sensor.Measurement, error) {
	if _, err := a.tx(ctx, 0, 0xac, 0x33, 0x00); err != nil {
		return nil, err
	}
	const tries = 3
	for range tries {
		if err := a.pause(ctx, ahtTime); err != nil {
			return nil, err
		}
		data, err := a.tx(ctx, 7)
		if err != nil {
			return nil, err
		}
		if data[0]&ahtBusy != 0 {
			continue
		}
		if crc := crc8(data[:6]); crc != data[6] {
			return nil, fmt.Errorf("checksum 0x%02x of % x, want 0x%02x", data[6], data[:6], crc)
		}
		if data[0]&ahtCalibrated == 0 {
			return nil, errors.New("it has lost its calibration")
		}
		return pick(points, ahtDecode(data)), nil
	}
	return nil, fmt.Errorf("a measurement did not end within %s", tries*ahtTime)
}

// ahtDecode takes two numbers of 20 bits.
func ahtDecode(data []byte) map[string]sensor.Measurement {
	humidity := uint32(data[1])<<12 | uint32(data[2])<<4 | uint32(data[3])>>4
	temperature := uint32(data[3]&0xf)<<16 | uint32(data[4])<<8 | uint32(data[5])
	return map[string]sensor.Measurement{
		"humidity":    {Raw: data[1:4], Value: float64(humidity) / (1 << 20) * 100},
		"temperature": {Raw: data[3:6], Value: float64(float64(temperature)/(1<<20)*200) - 50},
	}
}
