package plc

import (
	"fmt"
	"math"
)

// Order is how the four bytes of a 32-bit value lie in two registers; A is the most significant byte.
type Order string

// The orders that are met in the field.
const (
	ABCD Order = "ABCD" // high word first, as the standard would have it
	CDAB Order = "CDAB" // low word first
	BADC Order = "BADC" // high word first, bytes swapped
	DCBA Order = "DCBA" // low word first, bytes swapped
)

// Image is the content of one unit at one moment: bits and registers at their zero-based addresses. It
// has holes where nothing was put, as a PLC's map has: who reads one gets IllegalAddress. The zero Image
// is empty. An Image that is no longer written to is a Unit.
type Image struct {
	tables [Input + 1]map[uint16]uint16
}

var _ Unit = (*Image)(nil)

// Put sets one register.
func (i *Image) Put(t Table, at, v uint16) {
	if i.tables[t] == nil {
		i.tables[t] = map[uint16]uint16{}
	}
	i.tables[t][at] = v
}

// PutBit sets a coil or a discrete input.
func (i *Image) PutBit(t Table, at uint16, on bool) {
	if on {
		i.Put(t, at, 1)
	} else {
		i.Put(t, at, 0)
	}
}

// Put32 sets the two registers at and at+1. An order that is none of the four is a programming error.
func (i *Image) Put32(t Table, at uint16, v uint32, o Order) {
	high, low := uint16(v>>16), uint16(v)
	switch o {
	case ABCD:
	case CDAB:
		high, low = low, high
	case BADC:
		high, low = swap(high), swap(low)
	case DCBA:
		high, low = swap(low), swap(high)
	default:
		panic(fmt.Sprintf("plc: order %q", string(o)))
	}
	i.Put(t, at, high)
	i.Put(t, at+1, low)
}

// PutFloat sets the two registers at and at+1 to an IEEE 754 number.
func (i *Image) PutFloat(t Table, at uint16, v float32, o Order) {
	i.Put32(t, at, math.Float32bits(v), o)
}

func swap(v uint16) uint16 { return v<<8 | v>>8 }

// Read answers as Unit asks.
func (i *Image) Read(t Table, at, count uint16) ([]uint16, error) {
	values := make([]uint16, count)
	for n := range values {
		v, ok := i.tables[t][at+uint16(n)]
		if !ok {
			return nil, IllegalAddress
		}
		values[n] = v
	}
	return values, nil
}
