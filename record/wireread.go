package record

import (
	"errors"
	"sync"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/lineproof/lineproof/record/recordpb"
)

// wireReader reads a recordpb.Batch as proto.Unmarshal does, without its reflection and with memory that is used
// again: a verifier reads millions. What it gives is good until it reads again, but for strings and bytes.
type wireReader struct {
	plain    []byte // unpacked
	batch    recordpb.Batch
	clock    recordpb.Clock
	columns  []*recordpb.Column // made so far
	observed []*recordpb.Observed
	names    map[string]string // of signals, devices and the gateway, which every batch repeats
}

var wireReaders = sync.Pool{New: func() any { return &wireReader{} }}

// What a reader remembers at the most.
const (
	mostNames   = 4096
	longestWord = 256 // bytes of a name
)

var errWire = errors.New("is no protobuf of a batch")

// A tag is a field's number with its type on the wire.
const (
	varint  = uint64(protowire.VarintType)
	fixed64 = uint64(protowire.Fixed64Type)
	bytesOf = uint64(protowire.BytesType)
)

// fields walks through a message.
type fields struct {
	rest   []byte
	tag    uint64
	number uint64 // of a varint or fixed64
	data   []byte // of bytes; it is part of the message
	broken bool
}

// number reads a varint: most are of one byte.
func number(b []byte) (v uint64, n int) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint64(b[0]), 1
	}
	return protowire.ConsumeVarint(b)
}

// next is false at the end, and where the message is broken.
func (f *fields) next() bool {
	if len(f.rest) == 0 || f.broken {
		return false
	}
	tag, n := number(f.rest)
	if num := tag >> 3; n < 0 || num < uint64(protowire.MinValidNumber) || num > uint64(protowire.MaxValidNumber) {
		f.broken = true
		return false
	}
	f.rest, f.tag = f.rest[n:], tag
	switch tag & 7 {
	case varint:
		f.number, n = number(f.rest)
	case fixed64:
		f.number, n = protowire.ConsumeFixed64(f.rest)
	case bytesOf:
		var size uint64
		if size, n = number(f.rest); n >= 0 && size <= uint64(len(f.rest)-n) {
			f.data = f.rest[n : n+int(size)]
			n += int(size)
		} else {
			n = -1
		}
	default:
		n = protowire.ConsumeFieldValue(protowire.Number(tag>>3), protowire.Type(tag&7), f.rest)
	}
	if f.broken = n < 0; f.broken {
		return false
	}
	f.rest = f.rest[n:]
	return true
}

func (f *fields) err() error {
	if f.broken {
		return errWire
	}
	return nil
}

// text is a field's string, which protobuf wants in UTF-8.
func (f *fields) text() string {
	f.broken = f.broken || !utf8.Valid(f.data)
	return string(f.data)
}

// bytes is a copy of the field's.
func (f *fields) bytes() []byte { return append([]byte(nil), f.data...) }

// signed is a number of type sint64.
func (f *fields) signed() int64 { return protowire.DecodeZigZag(f.number) }

// packed appends the numbers of a repeated field.
func packed[T any](f *fields, to []T, of func(uint64) T) []T {
	for rest := f.data; len(rest) > 0; {
		v, n := number(rest)
		if n < 0 {
			f.broken = true
			return to
		}
		to, rest = append(to, of(v)), rest[n:]
	}
	return to
}

// packedDoubles is packed for floats.
func packedDoubles(f *fields, to []float64) []float64 {
	for rest := f.data; len(rest) > 0; rest = rest[8:] {
		v, n := protowire.ConsumeFixed64(rest)
		if n < 0 {
			f.broken = true
			return to
		}
		to = append(to, double(v))
	}
	return to
}

// name is a field's string that other batches have too.
func (r *wireReader) name(f *fields) string {
	if known, ok := r.names[string(f.data)]; ok {
		return known
	}
	if r.names == nil || len(r.names) >= mostNames {
		r.names = map[string]string{}
	}
	text := f.text()
	if !f.broken && len(text) <= longestWord {
		r.names[text] = text
	}
	return text
}

// read reads a batch.
func (r *wireReader) read(plain []byte) (*recordpb.Batch, error) {
	w := &r.batch
	*w = recordpb.Batch{Columns: w.Columns[:0], Observed: w.Observed[:0]}
	f := fields{rest: plain}
	for f.next() {
		var err error
		switch f.tag {
		case 1<<3 | bytesOf:
			w.Gateway = r.name(&f)
		case 2<<3 | varint:
			w.Seq = f.number
		case 3<<3 | bytesOf:
			w.Prev = f.data
		case 4<<3 | bytesOf:
			w.Boot = f.data
		case 5<<3 | bytesOf:
			if w.Clock == nil {
				w.Clock = &r.clock
				w.Clock.State, w.Clock.ErrorBoundUs, w.Clock.MonotonicMs = 0, 0, 0
			}
			err = readClock(w.Clock, f.data)
		case 6<<3 | varint:
			w.SealedAt = f.signed()
		case 7<<3 | bytesOf:
			w.CatalogueHash = f.data
		case 8<<3 | bytesOf:
			w.Catalogue = f.bytes()
		case 9<<3 | bytesOf:
			err = r.readObserved(f.data)
		case 10<<3 | bytesOf:
			err = r.readColumn(f.data)
		case 11<<3 | bytesOf, 12<<3 | bytesOf, 13<<3 | bytesOf, 14<<3 | bytesOf:
			err = readRare(w, &f)
		}
		if err != nil {
			return nil, err
		}
	}
	return w, f.err()
}
