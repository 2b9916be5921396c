package record

import (
	"fmt"

	"google.golang.org/protobuf/proto"
)

// EncodePlain is a batch as plain bytes, neither packed nor signed: for a gateway's own disk, as long as it
// cannot seal it.
func EncodePlain(b Batch) ([]byte, error) {
	return proto.MarshalOptions{Deterministic: true}.Marshal(toWire(b))
}

// DecodePlain reads what EncodePlain wrote.
func DecodePlain(plain []byte) (Batch, error) {
	r := wireReaders.Get().(*wireReader)
	defer wireReaders.Put(r)
	return r.decode(plain, new(Memory))
}

func (r *wireReader) decode(plain []byte, m *Memory) (Batch, error) {
	wire, err := r.read(plain)
	if err != nil {
		return Batch{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	b, err := fromWire(wire, m)
	if err != nil {
		return Batch{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return b, nil
}
