package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api/layout"
	"golang.org/x/mod/sumdb/note"

	"github.com/lineproof/lineproof/record"
)

// Head is what Check has found of a ledger.
type Head struct {
	Origin string
	Size   uint64      // batches
	Root   record.Hash // of the tree over them
	Signed uint64      // how many of them the last signed checkpoint covers
}

// Check computes a closed ledger's tree again from its batches. It fails where a batch, a tile or the root is
// another than the others say, where the signed checkpoint is not on the way to that root, and where the key
// is not the one that signed. progress is told how many batches are checked, and may be nil.
//
// The checkpoint may cover less than there is: it is signed once a second, and next when the ledger is opened.
func Check(ctx context.Context, dir string, progress func(done, total uint64)) (Head, error) {
	h, err := check(ctx, dir, progress)
	if err != nil {
		return Head{}, fmt.Errorf("check ledger %s: %w", dir, err)
	}
	return h, nil
}

func check(ctx context.Context, dir string, progress func(done, total uint64)) (Head, error) {
	verifier, err := keys(dir)
	if err != nil {
		return Head{}, err
	}
	c := checker{log: filepath.Join(dir, "log"), end: map[uint64]tile{}, hashes: map[uint64][]byte{}}
	text, err := os.ReadFile(filepath.Join(c.log, checkpointFile))
	if err != nil {
		return Head{}, err
	}
	if c.signed, _, _, err = log.ParseCheckpoint(text, verifier.Name(), verifier); err != nil {
		return Head{}, fmt.Errorf("%s: %w", checkpointFile, err)
	}
	_, head, err := readTree(c.log)
	if err != nil {
		return Head{}, err
	}
	if c.signed.Size > head.Size {
		return Head{}, fmt.Errorf("a checkpoint of %d batches was signed, there are only %d", c.signed.Size, head.Size)
	}
	if err := c.count(ctx, head.Size, progress); err != nil {
		return Head{}, err
	}
	root, err := c.root()
	if err != nil {
		return Head{}, err
	}
	if !bytes.Equal(root, head.Root) {
		return Head{}, fmt.Errorf("its batches have the root %x, %s says %x", root, treeFile, head.Root)
	}
	return Head{Origin: verifier.Name(), Size: head.Size, Root: record.Hash(root), Signed: c.signed.Size}, nil
}

// keys reads the ledger's keys and wants them to belong together.
func keys(dir string) (note.Verifier, error) {
	public, err := os.ReadFile(filepath.Join(dir, "signer.pub"))
	if err != nil {
		return nil, err
	}
	secret, err := os.ReadFile(filepath.Join(dir, "signer.key"))
	if err != nil {
		return nil, err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(public)))
	if err != nil {
		return nil, fmt.Errorf("signer.pub: %w", err)
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(secret)))
	if err != nil {
		return nil, fmt.Errorf("signer.key: %w", err)
	}
	if signer.Name() != verifier.Name() || signer.KeyHash() != verifier.KeyHash() {
		return nil, errors.New("signer.key and signer.pub are of two keys")
	}
	return verifier, nil
}

// checker grows a tree over the batches, and the tiles that belong to it.
type checker struct {
	log    string
	signed *log.Checkpoint
	tree   *compact.Range
	end    map[uint64]tile   // the last tile of each level
	hashes map[uint64][]byte // what belongs into it
	err    error             // of the first tile that holds something else
}

func (c *checker) count(ctx context.Context, size uint64, progress func(done, total uint64)) error {
	c.tree = (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	if err := c.atCheckpoint(); err != nil {
		return err
	}
	for t := range tiles(size) {
		if !t.batches {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := c.add(t); err != nil {
			return err
		}
		if progress != nil {
			progress(t.end(), size)
		}
	}
	for level := range c.hashes {
		c.compare(level)
	}
	return c.err
}

// add lets the tree grow by one file of batches.
func (c *checker) add(t tile) error {
	b, err := t.read(c.log)
	if err != nil {
		return err
	}
	batches, err := unbundle(b)
	if err != nil {
		return fmt.Errorf("%s: %w", t.path(), err)
	}
	if has, want := uint64(len(batches)), t.end()-c.tree.End(); has != want {
		return fmt.Errorf("%s: holds %d batches instead of %d", t.path(), has, want)
	}
	for _, sealed := range batches {
		if err := c.tree.Append(rfc6962.DefaultHasher.HashLeaf(sealed), c.grown); err != nil {
			return err
		}
		if err := c.atCheckpoint(); err != nil {
			return err
		}
	}
	return c.err
}

// grown is told each new hash of the tree. Tiles hold those of every eighth level.
func (c *checker) grown(id compact.NodeID, hash []byte) {
	if id.Level%layout.TileHeight != 0 {
		return
	}
	level := uint64(id.Level / layout.TileHeight)
	c.hashes[level] = append(c.hashes[level], hash...)
	c.end[level] = tile{level: level, index: id.Index / layout.TileWidth, width: uint8(id.Index%layout.TileWidth + 1)}
	if c.end[level].width == 0 {
		c.compare(level)
	}
}

// compare holds the last tile of a level against the file, and begins the next one.
func (c *checker) compare(level uint64) {
	t, want := c.end[level], c.hashes[level]
	delete(c.hashes, level)
	got, err := t.read(c.log)
	if err == nil && !bytes.Equal(got, want) {
		err = fmt.Errorf("%s: does not fit the batches under it", t.path())
	}
	if c.err == nil {
		c.err = err
	}
}

// atCheckpoint compares roots where the tree is as large as the one that was signed.
func (c *checker) atCheckpoint() error {
	if c.tree.End() != c.signed.Size {
		return nil
	}
	root, err := c.root()
	if err == nil && !bytes.Equal(root, c.signed.Hash) {
		err = fmt.Errorf("the first %d batches have the root %x, the signed checkpoint says %x", c.signed.Size, root, c.signed.Hash)
	}
	return err
}

func (c *checker) root() ([]byte, error) {
	if c.tree.End() == 0 {
		return rfc6962.DefaultHasher.EmptyRoot(), nil
	}
	return c.tree.GetRootHash(nil)
}
