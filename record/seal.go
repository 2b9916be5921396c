package record

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/proto"

	"github.com/lineproof/lineproof/record/recordpb"
)

// What Open and Seal may answer; the errors they return wrap one of these.
var (
	ErrFormat     = errors.New("not a sealed batch")
	ErrUnknownKey = errors.New("sealed with a key that is not known")
	ErrSignature  = errors.New("the signature does not fit the content")
	ErrTooLarge   = fmt.Errorf("larger than %d bytes when sealed", MaxSealed)
)

// context is what a gateway's signature covers before the body, so that it can mean nothing else.
const context = "lineproof/v1/batch\n"

// maxBody bounds what a sealed batch may unpack to, in bytes.
const maxBody = 4 << 20

// KeyID names a public key: the first 8 bytes of its SHA-256.
type KeyID [8]byte

// KeyIDOf is the name of a public key.
func KeyIDOf(key ed25519.PublicKey) (id KeyID) {
	h := HashOf(key)
	copy(id[:], h[:])
	return id
}

func (k KeyID) String() string { return hex.EncodeToString(k[:]) }

// Keyring holds the public keys of gateways, by KeyID.
type Keyring map[KeyID]GatewayKey

// GatewayKey is a public key and the only gateway that it speaks for.
type GatewayKey struct {
	Gateway string
	Public  ed25519.PublicKey
}

// Add puts a gateway's key on the ring.
func (k Keyring) Add(gateway string, public ed25519.PublicKey) {
	k[KeyIDOf(public)] = GatewayKey{Gateway: gateway, Public: public}
}

// The packers are made when first needed, and not linked into a program that has no need of them: the
// agent only seals.
var (
	encoder, decoder struct{ sync.Once }
	encode           func(plain []byte) []byte
	decode           func(body, to []byte) ([]byte, error)
)

// pack makes a zstd frame.
func pack(plain []byte) []byte {
	encoder.Do(func() {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
		if err != nil {
			panic(err) // not possible: the options are constants
		}
		encode = func(plain []byte) []byte { return e.EncodeAll(plain, nil) }
	})
	return encode(plain)
}

// unpack appends what a frame holds, of at most maxBody bytes.
func unpack(to, body []byte) ([]byte, error) {
	decoder.Do(func() {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxBody))
		if err != nil {
			panic(err) // not possible: the options are constants
		}
		decode = d.DecodeAll
	})
	return decode(body, to)
}

// Seal packs and signs a batch. It fails with ErrTooLarge when the result would exceed MaxSealed: the
// caller then splits the readings over two batches.
func Seal(b Batch, key ed25519.PrivateKey) ([]byte, error) {
	plain, err := EncodePlain(b)
	if err != nil {
		return nil, fmt.Errorf("seal batch %d of %s: %w", b.Seq, b.Gateway, err)
	}
	if len(plain) > maxBody {
		return nil, fmt.Errorf("seal batch %d of %s: %w", b.Seq, b.Gateway, ErrTooLarge)
	}
	body := pack(plain)
	id := KeyIDOf(key.Public().(ed25519.PublicKey))
	msg, err := proto.MarshalOptions{Deterministic: true}.Marshal(&recordpb.Sealed{
		Body:      body,
		KeyId:     id[:],
		Signature: ed25519.Sign(key, append([]byte(context), body...)),
	})
	if err != nil {
		return nil, fmt.Errorf("seal batch %d of %s: %w", b.Seq, b.Gateway, err)
	}
	if len(msg) > MaxSealed {
		return nil, fmt.Errorf("seal batch %d of %s: %d bytes: %w", b.Seq, b.Gateway, len(msg), ErrTooLarge)
	}
	return msg, nil
}

// Open is the way from bytes to a Batch: it checks size, signature, that the key speaks for the
// gateway named inside, and that the content is well formed. It does not check the place in the
// chain, which needs the batch before.
func Open(msg []byte, keys Keyring) (Batch, error) {
	m, err := TakeApart(msg, keys)
	if err != nil {
		return Batch{}, err
	}
	if err := m.Signed(); err != nil {
		return Batch{}, err
	}
	return m.Batch()
}
