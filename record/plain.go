package record

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/lineproof/lineproof/record/recordpb"
)

// EncodePlain is a batch as plain bytes, neither packed nor signed: for a gateway's own disk, as long as it
// cannot seal it.
func EncodePlain(b Batch) ([]byte, error) {
	return proto.MarshalOptions{Deterministic: true}.Marshal(toWire(b))
}

// DecodePlain reads what EncodePlain wrote.
func DecodePlain(plain []byte) (Batch, error) {
	var wire recordpb.Batch
	if err := proto.Unmarshal(plain, &wire); err != nil {
		return Batch{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	b, err := fromWire(&wire)
	if err != nil {
		return Batch{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return b, nil
}
