package i2c

import "encoding/binary"

// bmxTrimming is what the maker measured of one chip (BST-BME280-DS002, table 16).
type bmxTrimming struct {
	t1 uint16
	t  [2]int16 // T2, T3
	p1 uint16
	p  [8]int16 // P2 to P9
	h1 uint8
	h2 int16
	h3 uint8
	h4 int16
	h5 int16
	h6 int8
}

func newTrimming(first, more []byte) (c bmxTrimming) {
	word := func(at int) uint16 { return binary.LittleEndian.Uint16(first[at:]) }
	c.t1, c.p1, c.h1 = word(0), word(6), first[25]
	for i := range c.t {
		c.t[i] = int16(word(2 + 2*i))
	}
	for i := range c.p {
		c.p[i] = int16(word(8 + 2*i))
	}
	c.h2, c.h3 = int16(binary.LittleEndian.Uint16(more)), more[2]
	c.h4 = int16(int8(more[3]))<<4 | int16(more[4]&0xf)
	c.h5 = int16(int8(more[5]))<<4 | int16(more[4]>>4)
	c.h6 = int8(more[6])
	return c
}

// temperature is °C of a reading of 20 bits, and the finer value that the other two depend on: section 4.2.3
// of the data sheet, in whole numbers as it is given there.
func (c bmxTrimming) temperature(raw int32) (celsius float64, fine int32) {
	t1 := int32(c.t1)
	a := ((raw>>3 - t1<<1) * int32(c.t[0])) >> 11
	b := (raw>>4 - t1) * (raw>>4 - t1) >> 12 * int32(c.t[1]) >> 14
	fine = a + b
	return float64((fine*5+128)>>8) / 100, fine
}

// pressure is hPa of a reading of 20 bits; 0 where the trimming makes no sense.
func (c bmxTrimming) pressure(raw, fine int32) float64 {
	a := int64(fine) - 128000
	b := a*a*int64(c.p[4]) + a*int64(c.p[3])<<17 + int64(c.p[2])<<35
	a = a*a*int64(c.p[1])>>8 + a*int64(c.p[0])<<12
	a = (1<<47 + a) * int64(c.p1) >> 33
	if a == 0 {
		return 0
	}
	v := ((1048576-int64(raw))<<31 - b) * 3125 / a
	a = int64(c.p[7]) * (v >> 13) * (v >> 13) >> 25
	b = int64(c.p[6]) * v >> 19
	v = (v+a+b)>>8 + int64(c.p[5])<<4
	return float64(v) / 256 / 100
}

// humidity is the percentage of a reading of 16 bits.
func (c bmxTrimming) humidity(raw, fine int32) float64 {
	v := fine - 76800
	a := (raw<<14 - int32(c.h4)<<20 - int32(c.h5)*v + 16384) >> 15
	b := v * int32(c.h6) >> 10 * (v*int32(c.h3)>>11 + 32768) >> 10
	v = a * (((b+2097152)*int32(c.h2) + 8192) >> 14)
	v -= v >> 15 * (v >> 15) >> 7 * int32(c.h1) >> 4
	v = min(max(v, 0), 419430400)
	return float64(v>>12) / 1024
}
