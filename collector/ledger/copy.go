package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lineproof/lineproof/record"
)

// stateVersion is that of Tessera's own files in the log's folder which Copy and Check understand.
const stateVersion = "1"

// Where they lie.
var (
	versionFile    = filepath.Join(".state", "version")
	treeFile       = filepath.Join(".state", "treeState")
	checkpointFile = "checkpoint"
)

// tree is what the log's folder says of itself: Tessera replaces it as a whole once all tiles are there.
type tree struct {
	Size uint64 `json:"size"`
	Root []byte `json:"root"`
}

// Copy copies the ledger in the folder from to the empty folder to and gives its size, while another process may
// append to it: all batches for which Append had returned when Copy was called are in the copy. It has one
// writer's word for that; Check counts. progress is told how many of the batches are copied, and may be nil.
//
// The size of the tree is read first. What belongs to a tree of that size never changes from then on, whatever
// is appended; the copy's own tree state comes last. Lock files and the state of Tessera's cleaning are left
// out: it makes them again, and cleans from the beginning where there is nothing to clean.
func Copy(ctx context.Context, from, to string, progress func(done, total uint64)) (uint64, error) {
	c := copier{from: from, to: to, progress: progress}
	size, err := c.copy(ctx)
	if err != nil {
		return 0, fmt.Errorf("copy ledger %s: %w", from, err)
	}
	return size, nil
}

type copier struct {
	from, to string
	progress func(done, total uint64)
}

func (c copier) copy(ctx context.Context) (uint64, error) {
	log := filepath.Join(c.from, "log")
	checkpoint, err := os.ReadFile(filepath.Join(log, checkpointFile)) // before the tree, which is never shorter
	if err != nil {
		return 0, err
	}
	text, head, err := readTree(log)
	if err != nil {
		return 0, err
	}
	for t := range tiles(head.Size) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		b, err := t.read(log)
		if err == nil {
			err = c.write(filepath.Join("log", t.path()), b, 0o644)
		}
		if err != nil {
			return 0, err
		}
		if t.batches && c.progress != nil {
			c.progress(t.end(), head.Size)
		}
	}
	for _, key := range []struct {
		name string
		mode fs.FileMode
	}{{"signer.pub", 0o644}, {"signer.key", 0o600}} {
		b, err := os.ReadFile(filepath.Join(c.from, key.name))
		if err == nil {
			err = c.write(key.name, b, key.mode)
		}
		if err != nil {
			return 0, err
		}
	}
	return head.Size, errors.Join(
		c.write(filepath.Join("log", checkpointFile), checkpoint, 0o644),
		c.write(filepath.Join("log", versionFile), []byte(stateVersion), 0o644),
		c.write(filepath.Join("log", treeFile), text, 0o644))
}

func (c copier) write(name string, b []byte, mode fs.FileMode) error {
	name = filepath.Join(c.to, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, b, mode)
}

// readTree reads how far the log in a folder goes.
func readTree(log string) (text []byte, t tree, err error) {
	version, err := os.ReadFile(filepath.Join(log, versionFile))
	if err != nil {
		return nil, t, err
	}
	if string(version) != stateVersion {
		return nil, t, fmt.Errorf("%s is %q, this program knows %q", versionFile, version, stateVersion)
	}
	if text, err = os.ReadFile(filepath.Join(log, treeFile)); err != nil {
		return nil, t, err
	}
	if err = json.Unmarshal(text, &t); err == nil && len(t.Root) != len(record.Hash{}) {
		err = errors.New("its root is no SHA-256")
	}
	if err != nil {
		return nil, t, fmt.Errorf("%s: %w", treeFile, err)
	}
	return text, t, nil
}
