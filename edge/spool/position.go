package spool

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"github.com/lineproof/lineproof/record"
)

// position is a place in the gateway's chain.
type position struct {
	Seq  uint64
	Hash record.Hash
}

const positionFile = "received"

func (p position) write(dir string) error {
	text := fmt.Appendf(nil, "%d %s", p.Seq, p.Hash)
	return writeFile(filepath.Join(dir, positionFile), fmt.Appendf(text, " %08x\n", crc32.Checksum(text, castagnoli)))
}

// readPosition is false where there is a file that cannot be relied on. Without one nothing was received yet.
func readPosition(dir string) (p position, ok bool) {
	data, err := os.ReadFile(filepath.Join(dir, positionFile))
	if errors.Is(err, os.ErrNotExist) {
		return p, true
	}
	if err != nil {
		return p, false
	}
	var hash string
	var sum uint32
	if _, err := fmt.Sscanf(string(data), "%d %s %x\n", &p.Seq, &hash, &sum); err != nil {
		return position{}, false
	}
	if p.Hash.UnmarshalText([]byte(hash)) != nil || crc32.Checksum(fmt.Appendf(nil, "%d %s", p.Seq, hash), castagnoli) != sum {
		return position{}, false
	}
	return p, true
}

// writeFile puts content in the place of a file at once: after a power cut there is the old or the new.
func writeFile(path string, content []byte) error {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, ".write-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(content)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
