package spool

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"time"

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

// segment is one file of frames in order of their numbers.
type segment struct {
	path        string
	first, last entry
	size        int64
	entries     []entry // nil where they have to be read first
}

func segmentName(seq uint64) string { return fmt.Sprintf("%020d.seg", seq) }

func (g *segment) add(e entry) {
	if g.first.seq == 0 {
		g.first = e
	}
	g.last, g.size = e, e.end()
	g.entries = append(g.entries, e)
}

func encodeFrame(seq uint64, at time.Time, sealed []byte) []byte {
	frame := make([]byte, headerSize, headerSize+len(sealed))
	binary.BigEndian.PutUint32(frame, uint32(len(sealed)))
	binary.BigEndian.PutUint64(frame[8:], seq)
	binary.BigEndian.PutUint64(frame[16:], uint64(at.UnixMilli()))
	frame = append(frame, sealed...)
	binary.BigEndian.PutUint32(frame[4:], crc32.Checksum(frame[8:], castagnoli))
	return frame
}

// decodeFrame reads the frame at the beginning of data; ok is false where there is none.
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

// scan finds every frame in data that is whole, also behind damaged ones. damaged tells whether there
// was something between them; what follows the last, from end on, may be a torn write.
func scan(data []byte) (found []entry, end int64, damaged bool) {
	last := uint64(0)
	for at := int64(0); at < int64(len(data)); at++ {
		e, ok := decodeFrame(data[at:])
		if !ok || e.seq <= last {
			continue
		}
		damaged = damaged || at != end
		e.offset = at
		found = append(found, e)
		last, end = e.seq, e.end()
		at = end - 1
	}
	return found, end, damaged
}

// read gives the record of an entry, checked again.
func (g *segment) read(e entry) (Record, error) {
	file, err := os.Open(g.path)
	if err != nil {
		return Record{}, err
	}
	defer file.Close()
	frame := make([]byte, headerSize+e.length)
	if _, err := file.ReadAt(frame, e.offset); err != nil {
		return Record{}, err
	}
	if again, ok := decodeFrame(frame); !ok || again.seq != e.seq {
		return Record{}, fmt.Errorf("batch %d in %s is damaged", e.seq, g.path)
	}
	return Record{Seq: e.seq, At: time.UnixMilli(e.at).UTC(), Sealed: frame[headerSize:]}, nil
}

// index makes sure that the segment's entries are known.
func (g *segment) index() error {
	if g.entries != nil || g.size == 0 {
		return nil
	}
	data, err := os.ReadFile(g.path)
	if err != nil {
		return err
	}
	g.entries, _, _ = scan(data)
	return nil
}
