package modbus

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/goburrow/modbus"
)

// Table is one of the four address spaces of a device.
type Table = table

// The tables that hold registers of 16 bits.
const (
	Input   = input
	Holding = holding
)

// MaxRegisters is how many registers one request may ask for.
const MaxRegisters = maxRegisters

// Probe asks units of one port that no configuration names, for those who look what there is. It has the
// driver's guarantees: an answer is that to its request. It is for one goroutine at a time.
type Probe struct {
	link    *link
	timeout time.Duration
}

// NewProbe prepares a probe of a port, tcp://, rtu:/// or rtuovertcp:// as in a configuration; the first
// request connects. An answer is awaited for timeout, on a serial line after its time on the wire.
func NewProbe(url string, timeout time.Duration) (*Probe, error) {
	e, err := parseEndpoint(url)
	var m mistake
	if errors.As(err, &m) && m.hint != "" {
		return nil, fmt.Errorf("%w; hint: %s", err, m.hint)
	}
	if err != nil {
		return nil, err
	}
	return &Probe{newLink(e, time.Now), timeout}, nil
}

// Serial tells whether the port is a serial line of this machine.
func (p *Probe) Serial() bool { return p.link.endpoint.scheme == schemeRTU }

// Registers asks a unit for count registers, the first at a zero-based address. The error is a Refusal
// for an exception, has Silent where nothing came in time, and is any other where the port failed.
func (p *Probe) Registers(ctx context.Context, unit byte, t Table, first, count int) ([]uint16, error) {
	function := byte(modbus.FuncCodeReadHoldingRegisters)
	if t == input {
		function = modbus.FuncCodeReadInputRegisters
	}
	request := binary.BigEndian.AppendUint16(nil, uint16(first))
	data, err := p.ask(ctx, unit, function, binary.BigEndian.AppendUint16(request, uint16(count)))
	if err != nil {
		return nil, err
	}
	registers := make([]uint16, count)
	for i := range registers {
		registers[i] = binary.BigEndian.Uint16(data[1+2*i:])
	}
	return registers, nil
}

// ask sends one function with its data and gives the data of the answer.
func (p *Probe) ask(ctx context.Context, number, function byte, data []byte) ([]byte, error) {
	p.link.retry.succeeded() // who waits before the screen decides himself when to try again
	u := unit{link: p.link, packager: newPackager(p.link.endpoint.scheme, number), timeout: p.timeout}
	answer, err := u.ask(ctx, modbus.ProtocolDataUnit{FunctionCode: function, Data: data})
	var exception *modbus.ModbusError
	if errors.As(err, &exception) {
		return nil, Refusal{exception.ExceptionCode}
	}
	return answer, err
}

// Close closes the connection, if there is one.
func (p *Probe) Close() error { return p.link.disconnect() }

// Limit is the longest that a request for so many registers takes: its time on the wire and the timeout.
func (p *Probe) Limit(registers int) time.Duration {
	e := p.link.endpoint
	bytes := requestRTU + overheadRTU + 2*registers
	if e.character() == 0 {
		return p.timeout
	}
	return p.timeout + time.Duration(bytes)*e.character() + e.silence()
}

// Refusal is a device's exception, which is an answer too.
type Refusal struct{ Code byte }

func (r Refusal) Error() string {
	name, hint := exceptions(r.Code)
	return fmt.Sprintf("exception %d, %s; hint: %s", r.Code, name, hint)
}

// Absent tells whether a gateway says that the unit behind it does not answer.
func (r Refusal) Absent() bool { return refusal{code: r.Code}.unreachable() }

// Silent tells whether err is that no answer came in time, and whether something else was heard meanwhile.
func Silent(err error) (silent, heard bool) {
	var s silence
	silent = errors.As(err, &s)
	return silent, silent && s.heard != ""
}

// Format is how a number lies in registers.
type Format struct {
	Type, Order string // as in a configuration
	point       point
}

// NewFormat makes the format of a number's type and order.
func NewFormat(typ, order string) (Format, error) {
	t, err := parseType(typ, holding)
	if err != nil {
		return Format{}, err
	}
	o, err := parseOrder(order, t)
	if err != nil {
		return Format{}, err
	}
	return Format{typ, order, point{typ: t, order: o, length: t.registers()}}, nil
}

// Registers is how many the format takes.
func (f Format) Registers() int { return f.point.length }

// Number is what the registers say in this format; NaN where that is no number.
func (f Format) Number(registers []uint16) float64 {
	var raw [8]byte
	for i, r := range registers {
		binary.BigEndian.PutUint16(raw[2*i:], r)
	}
	v, err := f.point.decode(raw[:2*len(registers)])
	if err != nil || v.IsNone() {
		return math.NaN()
	}
	return v.Float()
}

// BaudRates lists the rates that a serial port can have, in baud.
func BaudRates() []int { return slices.Clone(baudRates()) }

// Identity is what a device says of itself; fields that it does not fill are empty.
type Identity struct {
	Vendor   string `json:"vendor,omitempty"`
	Product  string `json:"product,omitempty"` // the maker's code for it
	Revision string `json:"revision,omitempty"`
}

// Read Device Identification, the basic objects as a stream (MODBUS Application Protocol V1.1b3, 6.21).
const basicObjects = 1

// Identify asks a unit what it is. Most devices refuse with exception 1, illegal function.
func (p *Probe) Identify(ctx context.Context, unit byte) (Identity, error) {
	data, err := p.ask(ctx, unit, identify, []byte{identifyMEI, basicObjects, 0})
	if err != nil {
		return Identity{}, err
	}
	objects, err := identification(data)
	return Identity{objects[0], objects[1], objects[2]}, err
}

// identification takes apart MEI type, code, conformity, more follows, next object and the number of
// objects, each a byte, and the objects: number, length, text.
func identification(data []byte) (objects map[byte]string, err error) {
	const head = 6
	objects = map[byte]string{}
	if len(data) < head || data[0] != identifyMEI {
		return objects, fmt.Errorf("% x is no identification", data)
	}
	rest := data[head:]
	for range data[head-1] {
		if len(rest) < 2 || len(rest) < 2+int(rest[1]) {
			return objects, fmt.Errorf("identification % x ends within an object", data)
		}
		end := 2 + int(rest[1]) // in bytes it would wrap
		objects[rest[0]] = strings.ToValidUTF8(strings.Trim(string(rest[2:end]), "\x00 "), "?")
		rest = rest[end:]
	}
	return objects, nil
}
