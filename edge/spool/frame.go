package spool

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/lineproof/lineproof/record"
)

const headerSize = 4 + 4 + 8 + 8

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// entry is one frame in a segment.
type entry struct {
	seq    uint64
	at     int64 // Unix milliseconds
	offset int64 // of the frame
	length int   // of the sealed batch in it
}

func (e entry) end() int64 { return e.offset + headerSize + int64(e.length) }

// frameSize is what a record takes in a segment.
func frameSize(r Record) int64 { return headerSize + int64(len(r.Sealed)) }

// appendFrame encodes r behind what is in frames.
func appendFrame(frames []byte, r Record) []byte {
	begin := len(frames)
	frames = append(frames, make([]byte, headerSize)...)
	frames = append(frames, r.Sealed...)
	frame := frames[begin:]
	binary.BigEndian.PutUint32(frame, uint32(len(r.Sealed)))
	binary.BigEndian.PutUint64(frame[8:], r.Seq)
	binary.BigEndian.PutUint64(frame[16:], uint64(r.At.UnixMilli()))
	binary.BigEndian.PutUint32(frame[4:], crc32.Checksum(frame[8:], castagnoli))
	return frames
}

// decodeFrame reads the frame at the beginning of data; ok is false where there is none, as in zeros.
func decodeFrame(data []byte) (e entry, ok bool) {
	if len(data) < headerSize {
		return e, false
	}
	length := int(binary.BigEndian.Uint32(data))
	if length == 0 || length > record.MaxSealed || headerSize+length > len(data) {
		return e, false
	}
	if crc32.Checksum(data[8:headerSize+length], castagnoli) != binary.BigEndian.Uint32(data[4:]) {
		return e, false
	}
	return entry{
		seq:    binary.BigEndian.Uint64(data[8:]),
		at:     int64(binary.BigEndian.Uint64(data[16:])),
		length: length,
	}, true
}

// scan finds every frame in data that is whole and has a number over after, also behind damaged ones.
// damaged tells whether there was something between them; what follows the last, from end to used, may be
// a torn write. From used on there are only zeros, or frames' ends that happen to be zero.
func scan(data []byte, after uint64) (found []entry, end, used int64, damaged bool) {
	used = int64(content(data))
	for at := int64(0); at < used; at++ {
		e, ok := decodeFrame(data[at:])
		if !ok || e.seq <= after {
			continue
		}
		damaged = damaged || at != end
		e.offset = at
		found = append(found, e)
		after, end = e.seq, e.end()
		at = end - 1
	}
	return found, end, max(used, end), damaged
}

// content is how much of data there is without the zeros at its end.
func content(data []byte) int {
	n := len(data)
	for ; n >= 8 && binary.NativeEndian.Uint64(data[n-8:]) == 0; n -= 8 {
	}
	for ; n > 0 && data[n-1] == 0; n-- {
	}
	return n
}
