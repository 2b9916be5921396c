package onewire

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"periph.io/x/conn/v3/onewire"

	"github.com/lineproof/lineproof/drivers/sensor"
)

const (
	family     = 0x28 // of the DS18B20 in every address
	serialSize = 12   // hexadecimal digits
)

// parseAddress reads the kernel's way of writing an address, 28-0316a2794bff: family and serial number. The
// bus wants the serial number's checksum above them.
func parseAddress(text string) (onewire.Address, error) {
	first, serial, _ := strings.Cut(text, "-")
	number, err := strconv.ParseUint(serial, 16, 48)
	if err != nil || len(serial) != serialSize || first != fmt.Sprintf("%02x", family) {
		return 0, fmt.Errorf("address %q is none of a ds18b20: write it as 28-0316a2794bff", text)
	}
	address := number<<8 | family
	var bytes [8]byte
	binary.LittleEndian.PutUint64(bytes[:], address)
	return onewire.Address(address | uint64(onewire.CalcCRC(bytes[:7]))<<56), nil
}

// Commands of the DS18B20 (Maxim 19-7487).
const (
	convert = 0x44
	recall  = 0xbe // the scratchpad
)

// decode makes °C of the scratchpad's nine bytes, the last of which is the checksum of the others.
func decode(pad []byte) (celsius float64, err error) {
	switch {
	case len(pad) != 9:
		return 0, fmt.Errorf("%d bytes instead of 9", len(pad))
	case binary.LittleEndian.Uint64(pad) == 1<<64-1 && pad[8] == 0xff:
		return 0, errors.New("nobody answers")
	case !onewire.CheckCRC(pad):
		return 0, fmt.Errorf("the checksum of % x does not fit: check wire and pull-up", pad)
	case binary.LittleEndian.Uint64(pad) == 0:
		return 0, errors.New("nothing but zeros: the wire is shorted")
	}
	steps := int16(binary.LittleEndian.Uint16(pad))
	steps &^= 1<<(3-pad[4]>>5&3) - 1 // below 12 bits, the last ones mean nothing
	if steps == 85*16 && pad[6] == 0x0c {
		return 0, errors.New("85 °C, which it holds before it has measured: its supply is too weak")
	}
	return float64(steps) / 16, nil
}

// bridge is a thermometer on a bus of periph's.
type bridge struct {
	bus     onewire.BusCloser
	address onewire.Address
	pause   sensor.Pause
}

// Begin has nothing to do: each measurement names its thermometer.
func (*bridge) Begin(context.Context) error { return nil }

// Measure has the thermometer measure, feeding it over the data wire, and fetches what it found.
func (b *bridge) Measure(ctx context.Context, points []sensor.Point) ([]sensor.Measurement, error) {
	dev := onewire.Dev{Bus: b.bus, Addr: b.address}
	if err := dev.TxPower([]byte{convert}, nil); err != nil {
		return nil, fmt.Errorf("begin to measure: %w", err)
	}
	if err := b.pause(ctx, 750*time.Millisecond); err != nil {
		return nil, err
	}
	pad := make([]byte, 9)
	if err := dev.Tx([]byte{recall}, pad); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return measured(points, pad)
}

// Close lets go of the bus.
func (b *bridge) Close() error { return b.bus.Close() }

// measured gives every point the one temperature that there is.
func measured(points []sensor.Point, pad []byte) ([]sensor.Measurement, error) {
	celsius, err := decode(pad)
	if err != nil {
		return nil, err
	}
	all := make([]sensor.Measurement, len(points))
	for i := range all {
		all[i] = sensor.Measurement{Raw: pad, Value: celsius}
	}
	return all, nil
}
