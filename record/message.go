package record

import (
	"crypto/ed25519"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// Message is a sealed batch taken apart. Nothing in it is to be believed before Signed, or something else that says as
// much: a batch of the same key that names this one by its hash (package verify).
type Message struct {
	SealedBy KeyID // the key that it names

	key             GatewayKey
	body, signature []byte // parts of the message
}

// TakeApart takes a sealed batch apart. It checks its size and form, and that its key is known.
func TakeApart(msg []byte, keys Keyring) (m Message, err error) {
	if len(msg) > MaxSealed {
		return m, fmt.Errorf("open %d bytes: %w", len(msg), ErrTooLarge)
	}
	parts, rest := [4][]byte{}, msg
	// Other bytes for the same content would have another hash, and the gateway's next batch would not follow them.
	for n := 1; n < len(parts); n++ {
		if parts[n], rest, err = onlyForm(rest, protowire.Number(n)); err != nil {
			return m, err
		}
	}
	if len(rest) > 0 {
		return m, fmt.Errorf("%w: more than body, key id and signature", ErrFormat)
	}
	m.body, m.signature = parts[1], parts[3]
	if len(parts[2]) != len(KeyID{}) || len(m.signature) != ed25519.SignatureSize {
		return m, fmt.Errorf("%w: no key id or no signature", ErrFormat)
	}
	m.SealedBy = KeyID(parts[2])
	var ok bool
	if m.key, ok = keys[m.SealedBy]; !ok {
		return m, fmt.Errorf("key %s: %w", m.SealedBy, ErrUnknownKey)
	}
	return m, nil
}

// onlyForm reads a field of recordpb.Sealed as it is written by Seal, and by nobody otherwise. One that is empty is not
// written.
func onlyForm(msg []byte, field protowire.Number) (data, rest []byte, err error) {
	if len(msg) == 0 || msg[0] != byte(protowire.EncodeTag(field, protowire.BytesType)) {
		return nil, msg, nil
	}
	data, n := protowire.ConsumeBytes(msg[1:])
	if n <= 0 || len(data) == 0 || n != protowire.SizeBytes(len(data)) {
		return nil, nil, fmt.Errorf("%w: field %d is broken, or written otherwise than it should be", ErrFormat, field)
	}
	return data, msg[1+n:], nil
}

// Signed tells whether the key sealed it.
func (m Message) Signed() error {
	if !ed25519.Verify(m.key.Public, append([]byte(context), m.body...), m.signature) {
		return fmt.Errorf("key %s of %s: %w", m.SealedBy, m.key.Gateway, ErrSignature)
	}
	return nil
}

// Batch is the content. It must be well formed, and be of the gateway that the key speaks for.
func (m Message) Batch() (Batch, error) { return m.BatchIn(new(Memory)) }

// BatchIn is Batch with room that the caller has: the batch is good until that is taken back.
func (m Message) BatchIn(memory *Memory) (Batch, error) {
	r := wireReaders.Get().(*wireReader)
	defer wireReaders.Put(r)
	b, err := r.unpacked(m.body, memory)
	if err != nil {
		return Batch{}, err
	}
	if b.Gateway != m.key.Gateway {
		return Batch{}, fmt.Errorf("key %s of %s sealed a batch of %q: %w", m.SealedBy, m.key.Gateway, b.Gateway, ErrUnknownKey)
	}
	b.SealedBy = m.SealedBy
	return b, nil
}

// mostKept is how large an unpacked batch may be for its memory to be kept.
const mostKept = 64 << 10

// unpacked reads a body's content.
func (r *wireReader) unpacked(body []byte, m *Memory) (Batch, error) {
	plain, err := unpack(r.plain[:0], body)
	if err != nil {
		return Batch{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if cap(plain) <= mostKept {
		r.plain = plain
	}
	return r.decode(plain, m)
}
