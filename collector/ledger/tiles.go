package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"github.com/transparency-dev/tessera/api/layout"
)

// tile is one of the files that hold the log: hashes of the tree, or the batches under its lowest ones.
type tile struct {
	batches bool
	level   uint64 // of the tree, in steps of 8
	index   uint64
	width   uint8 // hashes or batches; 0 is all 256
}

const hashBytes = 32

// tiles are the files that a log of a size needs: the full ones and, at the end of each level, a partial one.
func tiles(size uint64) iter.Seq[tile] {
	return func(yield func(tile) bool) {
		for level := uint64(0); size > 0; level, size = level+1, size>>layout.TileHeight {
			for index := range (size + layout.TileWidth - 1) / layout.TileWidth {
				t := tile{level: level, index: index, width: layout.PartialTileSize(0, index, size)}
				if !yield(t) {
					return
				}
				if t.batches = true; level == 0 && !yield(t) {
					return
				}
			}
		}
	}
}

// end is how many batches of the log a tile of batches reaches.
func (t tile) end() uint64 {
	if t.width == 0 {
		return (t.index + 1) * layout.EntryBundleWidth
	}
	return t.index*layout.EntryBundleWidth + uint64(t.width)
}

// path is where the tile lies under the log's folder.
func (t tile) path() string {
	if t.batches {
		return filepath.FromSlash(layout.EntriesPath(t.index, t.width))
	}
	return filepath.FromSlash(layout.TilePath(t.level, t.index, t.width))
}

// read reads the tile with as many hashes or batches as it says, although the log may have grown since: a full
// one begins with what the partial ones held, which go once it is there.
func (t tile) read(log string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(log, t.path()))
	if t.width == 0 || !errors.Is(err, fs.ErrNotExist) {
		return b, err
	}
	full := t
	full.width = 0
	if b, err = os.ReadFile(filepath.Join(log, full.path())); err != nil {
		return nil, err
	}
	if b, err = t.cut(b); err != nil {
		return nil, fmt.Errorf("%s: %w", full.path(), err)
	}
	return b, nil
}

// cut gives the beginning of a full tile.
func (t tile) cut(full []byte) ([]byte, error) {
	end := 0
	for range t.width {
		next := end + hashBytes
		if t.batches { // each after its length
			if len(full) < end+2 {
				return nil, errors.New("cut off")
			}
			next = end + 2 + int(binary.BigEndian.Uint16(full[end:]))
		}
		if end = next; end > len(full) {
			return nil, errors.New("cut off")
		}
	}
	return full[:end], nil
}
