package i2c

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/drivers/sensor"
)

// Commands of SCD40 and SCD41 (Sensirion SCD4x data sheet, section 3.5).
const (
	scdStart  = 0x21b1
	scdStop   = 0x3f86
	scdReady  = 0xe4b8
	scdRead   = 0xec05
	scdSerial = 0x3682

	scdTime = time.Millisecond // from a command to its answer
)

func scd4xModel() model {
	return model{
		Model: sensor.Model{Name: "scd4x", Fastest: 6 * time.Second, Quantities: []sensor.Quantity{
			{At: "co2", Unit: "ppm", Min: 1, Max: 40000},
			{At: "temperature", Unit: "°C", Min: -10, Max: 60},
			{At: "humidity", Unit: "%", Min: 0, Max: 100},
		}},
		addresses: []int{0x62},
		begin:     func(d device, _ *Config) sensor.Chip { return &scd4x{d} },
	}
}

type scd4x struct{ device }

// Begin asks for the serial number, for which it must not be measuring, and starts it: one measurement every
// 5 s.
func (s *scd4x) Begin(ctx context.Context) error {
	if _, err := s.ask(ctx, scdStop, 0); err != nil {
		return err
	}
	if err := s.pause(ctx, 500*time.Millisecond); err != nil {
		return err
	}
	if _, err := s.ask(ctx, scdSerial, 3); err != nil {
		return fmt.Errorf("not an scd4x: its serial number: %w", err)
	}
	_, err := s.ask(ctx, scdStart, 0)
	return err
}

// Measure fetches the measurement that was made since the last one.
func (s *scd4x) Measure(ctx context.Context, points []sensor.Point) ([]sensor.Measurement, error) {
	ready, err := s.ask(ctx, scdReady, 1)
	if err != nil {
		return nil, err
	}
	if binary.BigEndian.Uint16(ready)&0x7ff == 0 {
		none := sensor.Measurement{Err: errors.New("no new measurement yet: the first one takes 5 s")}
		return pick(points, map[string]sensor.Measurement{"co2": none, "temperature": none, "humidity": none}), nil
	}
	data, err := s.ask(ctx, scdRead, 3)
	if err != nil {
		return nil, err
	}
	word := func(i int) float64 { return float64(binary.BigEndian.Uint16(data[2*i:])) }
	return pick(points, map[string]sensor.Measurement{
		"co2":         {Raw: data[0:2], Value: word(0)},
		"temperature": {Raw: data[2:4], Value: float64(word(1)/65535*175) - 45},
		"humidity":    {Raw: data[4:6], Value: word(2) / 65535 * 100},
	}), nil
}

// ask sends a command and takes so many words, each with its checksum.
func (s *scd4x) ask(ctx context.Context, command uint16, words int) ([]byte, error) {
	if _, err := s.tx(ctx, 0, byte(command>>8), byte(command)); err != nil || words == 0 {
		return nil, err
	}
	if err := s.pause(ctx, scdTime); err != nil {
		return nil, err
	}
	answer, err := s.tx(ctx, 3*words)
	if err != nil {
		return nil, err
	}
	data := make([]byte, 0, 2*words)
	for w := answer; len(w) > 0; w = w[3:] {
		if crc := crc8(w[:2]); crc != w[2] {
			return nil, fmt.Errorf("checksum 0x%02x of % x, want 0x%02x", w[2], w[:2], crc)
		}
		data = append(data, w[:2]...)
	}
	return data, nil
}
