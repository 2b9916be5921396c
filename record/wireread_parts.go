package record

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/lineproof/lineproof/record/recordpb"
)

func double(v uint64) float64 { return math.Float64frombits(v) }

func unsigned32(v uint64) uint32 { return uint32(v) }

func readClock(w *recordpb.Clock, data []byte) error {
	f := fields{rest: data}
	for f.next() {
		switch f.tag {
		case 1<<3 | varint:
			w.State = recordpb.Clock_State(f.number)
		case 2<<3 | varint:
			w.ErrorBoundUs = int64(f.number)
		case 3<<3 | varint:
			w.MonotonicMs = int64(f.number)
		}
	}
	return f.err()
}

func (r *wireReader) readObserved(data []byte) error {
	n := len(r.batch.Observed)
	if n == len(r.observed) {
		r.observed = append(r.observed, &recordpb.Observed{})
	}
	w := r.observed[n]
	w.Device, w.Base, w.Edges, w.Polls, w.Failed, w.LastError = "", 0, w.Edges[:0], 0, 0, ""
	r.batch.Observed = append(r.batch.Observed, w)
	f := fields{rest: data}
	for f.next() {
		switch f.tag {
		case 1<<3 | bytesOf:
			w.Device = r.name(&f)
		case 2<<3 | varint:
			w.Base = f.signed()
		case 3<<3 | bytesOf:
			w.Edges = packed(&f, w.Edges, protowire.DecodeZigZag)
		case 3<<3 | varint:
			w.Edges = append(w.Edges, f.signed())
		case 4<<3 | varint:
			w.Polls = uint32(f.number)
		case 5<<3 | varint:
			w.Failed = uint32(f.number)
		case 6<<3 | bytesOf:
			w.LastError = f.text()
		}
	}
	return f.err()
}

func (r *wireReader) readColumn(data []byte) error {
	n := len(r.batch.Columns)
	if n == len(r.columns) {
		r.columns = append(r.columns, &recordpb.Column{})
	}
	w := r.columns[n]
	w.Signal, w.Kind, w.Base, w.Qualities = "", 0, 0, nil
	w.Times, w.Ints, w.Floats, w.Texts = w.Times[:0], w.Ints[:0], w.Floats[:0], w.Texts[:0]
	w.Mins, w.Maxs, w.Counts, w.SpansMs = w.Mins[:0], w.Maxs[:0], w.Counts[:0], w.SpansMs[:0]
	r.batch.Columns = append(r.batch.Columns, w)
	f := fields{rest: data}
	for f.next() {
		switch f.tag {
		case 1<<3 | bytesOf:
			w.Signal = r.name(&f)
		case 2<<3 | varint:
			w.Kind = recordpb.Column_Kind(f.number)
		case 3<<3 | varint:
			w.Base = f.signed()
		case 4<<3 | bytesOf:
			w.Times = packed(&f, w.Times, protowire.DecodeZigZag)
		case 4<<3 | varint:
			w.Times = append(w.Times, f.signed())
		case 5<<3 | bytesOf:
			w.Ints = packed(&f, w.Ints, protowire.DecodeZigZag)
		case 5<<3 | varint:
			w.Ints = append(w.Ints, f.signed())
		case 7<<3 | bytesOf:
			w.Texts = append(w.Texts, f.text())
		case 8<<3 | bytesOf:
			w.Qualities = f.data
		default:
			readFloats(w, &f)
		}
	}
	return f.err()
}

// readFloats reads what a column has of floats and of windows.
func readFloats(w *recordpb.Column, f *fields) {
	switch f.tag {
	case 6<<3 | bytesOf:
		w.Floats = packedDoubles(f, w.Floats)
	case 6<<3 | fixed64:
		w.Floats = append(w.Floats, double(f.number))
	case 9<<3 | bytesOf:
		w.Mins = packedDoubles(f, w.Mins)
	case 9<<3 | fixed64:
		w.Mins = append(w.Mins, double(f.number))
	case 10<<3 | bytesOf:
		w.Maxs = packedDoubles(f, w.Maxs)
	case 10<<3 | fixed64:
		w.Maxs = append(w.Maxs, double(f.number))
	case 11<<3 | bytesOf:
		w.Counts = packed(f, w.Counts, unsigned32)
	case 11<<3 | varint:
		w.Counts = append(w.Counts, uint32(f.number))
	case 12<<3 | bytesOf:
		w.SpansMs = packed(f, w.SpansMs, unsigned32)
	case 12<<3 | varint:
		w.SpansMs = append(w.SpansMs, uint32(f.number))
	}
}

// readRare reads what few batches have, with the library's own reader. One that is there twice goes on from the first.
func readRare(w *recordpb.Batch, f *fields) error {
	merge := proto.UnmarshalOptions{Merge: true}
	switch f.tag >> 3 {
	case 11:
		w.Gaps = append(w.Gaps, &recordpb.Gap{})
		return merge.Unmarshal(f.data, w.Gaps[len(w.Gaps)-1])
	case 12:
		if w.Dated == nil {
			w.Dated = &recordpb.Dated{}
		}
		return merge.Unmarshal(f.data, w.Dated)
	case 13:
		if w.Successor == nil {
			w.Successor = &recordpb.Successor{}
		}
		return merge.Unmarshal(f.data, w.Successor)
	}
	w.Statements = append(w.Statements, &recordpb.Statement{})
	return merge.Unmarshal(f.data, w.Statements[len(w.Statements)-1])
}
