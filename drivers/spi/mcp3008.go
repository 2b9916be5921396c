package spi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"periph.io/x/conn/v3/spi"

	"github.com/lineproof/lineproof/drivers/sensor"
)

const (
	mcp3008Name     = "mcp3008"
	mcp3008Channels = 8
	mcp3008Steps    = 1024
)

func mcp3008Model(reference float64) sensor.Model {
	m := sensor.Model{Name: mcp3008Name, Analogue: true, Top: reference, Fastest: 10 * time.Millisecond}
	for i := range mcp3008Channels {
		m.Quantities = append(m.Quantities, sensor.Quantity{At: channel(i), Unit: "V", Min: 0, Max: reference})
	}
	return m
}

func channel(i int) string { return fmt.Sprintf("channel %d", i) }

type mcp3008 struct {
	port      spi.PortCloser
	conn      spi.Conn
	reference float64 // volts
}

// Begin sets the bus up.
func (m *mcp3008) Begin(context.Context) (err error) {
	m.conn, err = connect(m.port)
	return err
}

// Measure converts one channel after the other (Microchip DS21295D, figure 6-1): a start bit, 1 for a channel
// against ground and its number go out; a 0 and ten bits come back.
func (m *mcp3008) Measure(ctx context.Context, points []sensor.Point) ([]sensor.Measurement, error) {
	all := make([]sensor.Measurement, len(points))
	for i, p := range points {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		number := p.At[len(p.At)-1] - '0'
		answer := make([]byte, 3)
		if err := m.conn.Tx([]byte{1, 0x80 | number<<4, 0}, answer); err != nil {
			return nil, fmt.Errorf("read %s: %w", p.At, err)
		}
		if answer[1]&4 != 0 {
			return nil, errors.New("nobody answers: the bit before the value is not 0")
		}
		code := int(answer[1]&3)<<8 | int(answer[2])
		one := sensor.Measurement{Raw: []byte{answer[1] & 3, answer[2]}, Value: float64(code) / mcp3008Steps * m.reference}
		if code == mcp3008Steps-1 {
			one.Err = fmt.Errorf("the pin is at or beyond the reference of %v V: check the wiring, divider or shunt", m.reference)
		}
		all[i] = one
	}
	return all, nil
}

// Close lets go of the bus.
func (m *mcp3008) Close() error { return m.port.Close() }
