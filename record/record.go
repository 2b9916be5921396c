// Package record holds the words that both ends of Lineproof speak: what a gateway read (Reading),
// how it is packed, numbered, chained and signed (Batch, Seal, Open), what the gateway says of its own
// signals (Catalogue), how the collector answers (Receipt), and the topics on which they meet.
//
// It does no I/O and imports nothing else of Lineproof.
//
// # What a sealed batch guarantees
//
// Whoever holds the gateway's public key can tell that this gateway sealed these readings in this
// order, that nothing between two batches was taken away (Seq and Prev), and nothing was changed.
// It does not guarantee that the sensor told the truth, nor that the clock was right: Clock says how
// far the gateway itself trusted it.
//
// # Bytes
//
// A sealed batch is the protobuf message Sealed of recordpb/record.proto, at most MaxSealed bytes:
//
//	Sealed.body       zstd frame of the protobuf message Batch
//	Sealed.key_id     first 8 bytes of SHA-256(public key)
//	Sealed.signature  Ed25519(private key, "lineproof/v1/batch\n" || body)
//
// The next batch's Prev is SHA-256 over the whole Sealed message. testdata/vectors holds frozen
// examples, and testdata/verify.mjs checks them in another language.
package record

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// MaxSealed is the largest sealed batch in bytes, so that each is one entry of the ledger.
const MaxSealed = 60 << 10

// Hash is a SHA-256 digest. The zero Hash means none.
type Hash [sha256.Size]byte

// HashOf is the digest by which a sealed batch or a catalogue is named.
func HashOf(b []byte) Hash { return sha256.Sum256(b) }

// IsZero tells whether there is no hash.
func (h Hash) IsZero() bool { return h == Hash{} }

// String is the hash in lower-case hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes the hash in hexadecimal.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads 64 hexadecimal digits.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(h)) {
		return fmt.Errorf("hash: %d characters instead of %d", len(text), hex.EncodedLen(len(h)))
	}
	if _, err := hex.Decode(h[:], text); err != nil {
		return fmt.Errorf("hash: %w", err)
	}
	return nil
}
