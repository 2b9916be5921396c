package i2c

// crc8 is the checksum of Sensirion and Aosong: x^8 + x^5 + x^4 + 1, beginning at 0xff.
func crc8(data []byte) byte {
	crc := byte(0xff)
	for _, b := range data {
		crc ^= b
		for range 8 {
			carry := crc & 0x80
			crc <<= 1
			if carry != 0 {
				crc ^= 0x31
			}
		}
	}
	return crc
}
