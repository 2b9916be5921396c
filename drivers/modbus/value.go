package modbus

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/lineproof/lineproof/record"
)

// point is one signal, ready to be read.
type point struct {
	name    string
	written string // its address as the configuration has it
	at      address
	length  int // registers, or bits
	typ     dataType
	order   order
	scale   float64
	offset  float64
	scaled  bool // scale or offset was given: the value is a float
}

func (p *point) end() int { return p.at.number + p.length }

// decode makes the value of the bytes as they came: the signal's registers, or one byte 0 or 1 for a bit.
func (p *point) decode(raw []byte) (record.Value, error) {
	switch p.typ.kind {
	case kindBool:
		for _, b := range raw {
			if b != 0 {
				return record.BoolValue(true), nil
			}
		}
		return record.BoolValue(false), nil
	case kindString:
		text := make([]byte, len(raw))
		p.order.arrange(text, raw)
		return record.TextValue(strings.TrimRight(string(text[:p.typ.bytes]), "\x00 ")), nil
	}
	var buf [8]byte
	p.order.arrange(buf[8-len(raw):], raw)
	v, err := p.typ.number64(binary.BigEndian.Uint64(buf[:]))
	if err != nil || !p.scaled {
		return v, err
	}
	v = record.FloatValue(v.Float()*p.scale + p.offset)
	if v.IsNone() {
		return v, errors.New("scaled, the value is too large for a float64")
	}
	return v, nil
}

// number64 makes the value of the type's bits, which fill the lower end of bits.
func (t dataType) number64(bits uint64) (record.Value, error) {
	switch t.kind {
	case kindInt:
		shift := 64 - 8*t.bytes
		return record.IntValue(int64(bits<<shift) >> shift), nil
	case kindUint:
		if t.bytes < 8 {
			return record.IntValue(int64(bits)), nil
		}
		return record.UintValue(bits), nil
	case kindBits:
		return record.IntValue(int64(bits >> t.from & (1<<(t.to-t.from+1) - 1))), nil
	case kindBCD:
		return decodeBCD(bits, t.bytes)
	}
	f := math.Float64frombits(bits)
	if t.bytes == 4 {
		f = float64(math.Float32frombits(uint32(bits)))
	}
	v := record.FloatValue(f)
	if v.IsNone() {
		return v, fmt.Errorf("the registers %0*x are %v, not a number", 2*t.bytes, bits, f)
	}
	return v, nil
}

// decodeBCD reads one decimal digit from each four bits.
func decodeBCD(bits uint64, bytes int) (record.Value, error) {
	var v int64
	for shift := 8*bytes - 4; shift >= 0; shift -= 4 {
		digit := int64(bits >> shift & 0xf)
		if digit > 9 {
			return record.Value{}, fmt.Errorf("the registers %0*x are not binary-coded decimal", 2*bytes, bits)
		}
		v = v*10 + digit
	}
	return record.IntValue(v), nil
}
