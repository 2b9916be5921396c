package i2c

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/lineproof/lineproof/drivers/sensor"
)

// Registers and bits of the ADS1115 (Texas Instruments SBAS444, sections 8.6.2 and 8.6.3).
const (
	adsConversion = 0x00
	adsConfig     = 0x01

	adsStart    = 1 << 15 // written: begin a conversion; read: none is under way
	adsSingle   = 1 << 8
	adsRate128  = 4 << 5
	adsNoAlert  = 3
	adsRateTime = 9 * time.Millisecond // 1/128 s and the 10 % that its oscillator may be slow
)

// adsGains are the ranges in volts by their bits 9 to 11, from the widest on.
var adsGains = [...]float64{6.144, 4.096, 2.048, 1.024, 0.512, 0.256}

// adsInputs are the inputs by their bits 12 to 14: four differences, then four channels against ground.
var adsInputs = [...]string{
	"channel 0-1", "channel 0-3", "channel 1-3", "channel 2-3", "channel 0", "channel 1", "channel 2", "channel 3",
}

func ads1115Model() model {
	m := sensor.Model{Name: "ads1115", Analogue: true, Top: 5, Fastest: 50 * time.Millisecond}
	for _, in := range adsInputs {
		m.Quantities = append(m.Quantities, sensor.Quantity{At: in, Unit: "V", Min: -adsGains[1], Max: adsGains[1]})
	}
	for i := range m.Quantities { // against ground it sees nothing but noise below 0
		if i >= 4 {
			m.Quantities[i].Min, m.Quantities[i].Max = -0.3, m.Top
		}
	}
	return model{Model: m, addresses: between(0x48, 0x4b), begin: func(d device, _ *Config) sensor.Chip { return &ads1115{d} }}
}

type ads1115 struct{ device }

// Begin has nothing to do: each conversion says all that it needs.
func (a *ads1115) Begin(context.Context) error { return nil }

// Measure converts one input after the other.
func (a *ads1115) Measure(ctx context.Context, points []sensor.Point) ([]sensor.Measurement, error) {
	all := make([]sensor.Measurement, len(points))
	for i, p := range points {
		m, err := a.convert(ctx, uint16(slices.Index(adsInputs[:], p.At)), adsGain(p.Top))
		if err != nil {
			return nil, err
		}
		all[i] = m
	}
	return all, nil
}

// adsGain is the finest range for so many volts; ±4.096 V where nothing is known.
func adsGain(top float64) int {
	gain := 1
	if top > adsGains[1] {
		gain = 0
	}
	for top > 0 && gain+1 < len(adsGains) && adsGains[gain+1] >= top {
		gain++
	}
	return gain
}

func (a *ads1115) convert(ctx context.Context, mux uint16, gain int) (m sensor.Measurement, err error) {
	config := uint16(adsStart) | mux<<12 | uint16(gain)<<9 | adsSingle | adsRate128 | adsNoAlert
	if _, err := a.tx(ctx, 0, adsConfig, byte(config>>8), byte(config)); err != nil {
		return m, err
	}
	const tries = 5
	for range tries {
		if err := a.pause(ctx, adsRateTime); err != nil {
			return m, err
		}
		state, err := a.tx(ctx, 2, adsConfig)
		if err != nil {
			return m, err
		}
		got := binary.BigEndian.Uint16(state)
		if got&^adsStart != config&^adsStart {
			return m, fmt.Errorf("not an ads1115: it took the settings %04x and shows %04x", config, got)
		}
		if got&adsStart != 0 {
			m.Raw, err = a.tx(ctx, 2, adsConversion)
			if err != nil {
				return m, err
			}
			m.Value, m.Err = adsVolts(m.Raw, gain)
			return m, nil
		}
	}
	return m, fmt.Errorf("a conversion did not end within %s", tries*adsRateTime)
}

// adsVolts is the voltage of a conversion; its ends stand for all that lies beyond them.
func adsVolts(raw []byte, gain int) (float64, error) {
	code := int16(binary.BigEndian.Uint16(raw))
	if code == 0x7fff || code == -0x8000 {
		return 0, fmt.Errorf("the pin is at or beyond %v V: check the wiring, divider or shunt", adsGains[gain])
	}
	return float64(code) / 0x8000 * adsGains[gain], nil
}
