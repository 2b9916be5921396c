package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lineproof/lineproof/record"
)

const (
	digestSize  = 8   // bytes of a hash that are kept: whoever has the key cannot find another batch that begins so
	digestBlock = 256 // batches in one row
)

// Digest is the hash of one batch of a gateway.
type Digest struct {
	Seq  uint64
	Hash record.Hash
}

// Digest gives the beginning of the hash of an earlier batch. A batch that the views do not have is not known.
func (r *Registry) Digest(gateway string, seq uint64) (digest []byte, ok bool) {
	var hashes []byte
	err := r.db.QueryRow(`SELECT hashes FROM digest WHERE gateway = ? AND block = ?`, gateway, seq/digestBlock).Scan(&hashes)
	at := int(seq%digestBlock) * digestSize
	if err != nil || at+digestSize > len(hashes) {
		return nil, false
	}
	digest = hashes[at : at+digestSize]
	return digest, string(digest) != string(make([]byte, digestSize))
}

// saveDigests adds to the blocks that the digests, in order, belong to.
func saveDigests(ctx context.Context, tx *sql.Tx, gateway string, digests []Digest) error {
	for len(digests) > 0 {
		block := digests[0].Seq / digestBlock
		var hashes []byte
		err := tx.QueryRowContext(ctx, `SELECT hashes FROM digest WHERE gateway = ? AND block = ?`, gateway, block).Scan(&hashes)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("digests: %w", err)
		}
		for len(digests) > 0 && digests[0].Seq/digestBlock == block {
			at := int(digests[0].Seq%digestBlock) * digestSize
			for len(hashes) < at+digestSize {
				hashes = append(hashes, 0)
			}
			copy(hashes[at:], digests[0].Hash[:digestSize])
			digests = digests[1:]
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO digest (gateway, block, hashes) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET hashes = excluded.hashes`, gateway, block, hashes); err != nil {
			return fmt.Errorf("digests: %w", err)
		}
	}
	return nil
}
