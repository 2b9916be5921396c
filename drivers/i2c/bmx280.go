package i2c

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lineproof/lineproof/drivers/sensor"
)

// Registers of BME280 (Bosch BST-BME280-DS002, section 5.3) and BMP280 (BST-BMP280-DS001, section 4.2).
const (
	bmxTrim     = 0x88 // 26 bytes: temperature, pressure, and the first of humidity
	bmxID       = 0xd0
	bmxTrimMore = 0xe1 // 7 bytes of humidity
	bmxHumidity = 0xf2
	bmxStatus   = 0xf3
	bmxControl  = 0xf4
	bmxData     = 0xf7 // pressure, temperature, humidity

	bmxBusy   = 1 << 3
	bmxForced = 1<<5 | 1<<2 | 1 // one measurement of temperature and pressure, each once
	bmxTime   = 10 * time.Millisecond
)

var bmxQuantities = []sensor.Quantity{
	{At: "temperature", Unit: "°C", Min: -40, Max: 85},
	{At: "pressure", Unit: "hPa", Min: 300, Max: 1100},
	{At: "humidity", Unit: "%", Min: 0, Max: 100},
}

func bme280Model() model { return bmxModel("bme280", bmxQuantities, 0x60) }

func bmp280Model() model { return bmxModel("bmp280", bmxQuantities[:2], 0x58, 0x57, 0x56) }

func bmxModel(name string, quantities []sensor.Quantity, ids ...byte) model {
	return model{
		Model:     sensor.Model{Name: name, Quantities: quantities, Fastest: 50 * time.Millisecond},
		addresses: []int{0x76, 0x77},
		begin:     func(d device, _ *Config) sensor.Chip { return &bmx280{device: d, name: name, ids: ids} },
	}
}

type bmx280 struct {
	device
	name string
	ids  []byte
	trim bmxTrimming
}

func (b *bmx280) humid() bool { return b.name == "bme280" }

// Begin checks the chip's identity and reads the trimming that it was made with.
func (b *bmx280) Begin(ctx context.Context) error {
	id, err := b.tx(ctx, 1, bmxID)
	if err != nil {
		return err
	}
	if !slices.Contains(b.ids, id[0]) {
		return fmt.Errorf("not a %s: its identity is 0x%02x, want 0x%02x%s", b.name, id[0], b.ids[0], bmxOther(id[0]))
	}
	first, err := b.tx(ctx, 26, bmxTrim)
	if err != nil {
		return err
	}
	more := make([]byte, 7)
	if b.humid() {
		if more, err = b.tx(ctx, 7, bmxTrimMore); err != nil {
			return err
		}
	}
	b.trim = newTrimming(first, more)
	if b.trim.t1 == 0 || b.trim.p1 == 0 {
		return errors.New("its trimming is empty: it was just switched on, or it is broken")
	}
	return nil
}

// bmxOther names the relative that is taken for another most often.
func bmxOther(id byte) string {
	switch id {
	case 0x58:
		return " (a bmp280)"
	case 0x60:
		return " (a bme280)"
	}
	return ""
}

// Measure has the chip measure once, and reads all in one go, so that it is of one moment.
func (b *bmx280) Measure(ctx context.Context, points []sensor.Point) ([]sensor.Measurement, error) {
	begin := []byte{bmxControl, bmxForced}
	length := 6
	if b.humid() {
		begin, length = []byte{bmxHumidity, 1, bmxControl, bmxForced}, 8 // in this order: section 5.4.3
	}
	if _, err := b.tx(ctx, 0, begin...); err != nil {
		return nil, err
	}
	if err := b.await(ctx); err != nil {
		return nil, err
	}
	data, err := b.tx(ctx, length, bmxData)
	if err != nil {
		return nil, err
	}
	return pick(points, b.decode(data)), nil
}

func (b *bmx280) await(ctx context.Context) error {
	const tries = 5
	for range tries {
		if err := b.pause(ctx, bmxTime); err != nil {
			return err
		}
		status, err := b.tx(ctx, 1, bmxStatus)
		if err != nil {
			return err
		}
		if status[0]&bmxBusy == 0 {
			return nil
		}
	}
	return fmt.Errorf("a measurement did not end within %s", tries*bmxTime)
}

// decode makes values of the data registers.
func (b *bmx280) decode(data []byte) map[string]sensor.Measurement {
	twenty := func(d []byte) int32 { return int32(d[0])<<12 | int32(d[1])<<4 | int32(d[2])>>4 }
	const skipped = 0x80000 // what the registers hold before the first measurement
	pressure, temperature := twenty(data), twenty(data[3:])
	celsius, fine := b.trim.temperature(temperature)
	t := sensor.Measurement{Raw: data[3:6], Value: celsius}
	p := sensor.Measurement{Raw: data[:3], Value: b.trim.pressure(pressure, fine)}
	none := errors.New("it did not measure: it has lost its settings")
	if temperature == skipped {
		t.Err, p.Err = none, none
	}
	if pressure == skipped {
		p.Err = none
	}
	measured := map[string]sensor.Measurement{"temperature": t, "pressure": p}
	if b.humid() {
		raw := binary.BigEndian.Uint16(data[6:])
		h := sensor.Measurement{Raw: data[6:8], Value: b.trim.humidity(int32(raw), fine), Err: t.Err}
		if raw == 0x8000 {
			h.Err = none
		}
		measured["humidity"] = h
	}
	return measured
}
