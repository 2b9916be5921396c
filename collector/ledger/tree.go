package ledger

import (
	"fmt"
	"path/filepath"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/tessera/api/layout"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/lineproof/lineproof/record"
)

// Tree is the log's tree as a checkpoint signs it. It stays what it is while the log grows.
type Tree struct {
	Checkpoint []byte // the signed note
	Size       uint64 // batches

	hashes tlog.HashReader
}

// Tree is the one of a checkpoint of this log, the latest or an earlier one, with whatever witnesses said of it.
func (l *Ledger) Tree(checkpoint []byte) (*Tree, error) {
	verifier, err := note.NewVerifier(l.verifier)
	if err != nil {
		return nil, fmt.Errorf("tree of the ledger: %w", err)
	}
	c, _, _, err := log.ParseCheckpoint(checkpoint, verifier.Name(), verifier)
	if err != nil {
		return nil, fmt.Errorf("tree of the ledger: %w", err)
	}
	head := tlog.Tree{N: int64(c.Size), Hash: tlog.Hash(c.Hash)}
	files := &tileFiles{log: filepath.Join(l.dir, "log"), kept: map[tlog.Tile][]byte{}}
	return &Tree{Checkpoint: checkpoint, Size: c.Size, hashes: tlog.TileHashReader(head, files)}, nil
}

// Nodes finds hashes of the tree, each held against its root.
func (t *Tree) Nodes(ids []compact.NodeID) ([]record.Hash, error) {
	indexes := make([]int64, len(ids))
	for i, id := range ids {
		indexes[i] = tlog.StoredHashIndex(int(id.Level), int64(id.Index))
	}
	found, err := t.hashes.ReadHashes(indexes)
	if err != nil {
		return nil, fmt.Errorf("tree of the ledger: %w", err)
	}
	hashes := make([]record.Hash, len(found))
	for i, h := range found {
		hashes[i] = record.Hash(h)
	}
	return hashes, nil
}

// Proof is the proof of inclusion of one batch, from its sibling up.
func (t *Tree) Proof(index uint64) (hashes [][]byte, err error) {
	proof, err := tlog.ProveRecord(int64(t.Size), int64(index), t.hashes)
	if err != nil {
		return nil, fmt.Errorf("proof of index %d of the ledger: %w", index, err)
	}
	for _, h := range proof {
		hashes = append(hashes, h[:])
	}
	return hashes, nil
}

// keptTiles bounds what is kept of tiles, 8 KiB each.
const keptTiles = 1024

// tileFiles reads the log's tiles for tlog.
type tileFiles struct {
	log  string
	kept map[tlog.Tile][]byte
}

func (f *tileFiles) Height() int { return layout.TileHeight }

func (f *tileFiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		if b, ok := f.kept[t]; ok {
			data[i] = b
			continue
		}
		b, err := tile{level: uint64(t.L), index: uint64(t.N), width: uint8(t.W)}.read(f.log) // 256 hashes are width 0
		if err != nil {
			return nil, err
		}
		data[i] = b
	}
	return data, nil
}

func (f *tileFiles) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	if len(f.kept) > keptTiles {
		clear(f.kept)
	}
	for i, t := range tiles {
		f.kept[t] = data[i]
	}
}
