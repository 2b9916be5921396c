// Package durable makes folders and writes small files so that a power cut leaves the old or the new, and nothing
// else.
package durable

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
)

// WriteFile puts content in the place of a file. When it returns nil the file survives a power cut.
func WriteFile(path string, content []byte) error {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, ".write-*") // 0600
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
	return SyncDir(dir)
}

// MkdirAll makes a folder, for its owner only, with those above it. When it returns nil their names survive a power
// cut.
func MkdirAll(dir string) error {
	var made []string // folders whose names are new
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); !errors.Is(err, os.ErrNotExist) || at == filepath.Dir(at) {
			break
		}
		made = append(made, filepath.Dir(at))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, parent := range made {
		if err := SyncDir(parent); err != nil {
			return err
		}
	}
	return nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrDamaged is ReadChecked's answer for a file that is not as WriteChecked left it.
var ErrDamaged = errors.New("damaged")

// WriteChecked is WriteFile with a last line that holds the CRC-32C of what stands before.
func WriteChecked(path string, content []byte) error {
	return WriteFile(path, fmt.Appendf(content[:len(content):len(content)], "\n%08x\n", crc32.Checksum(content, castagnoli)))
}

// ReadChecked reads what WriteChecked wrote.
func ReadChecked(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	const line = 10 // bytes of the last one
	if len(text) < line {
		return nil, ErrDamaged
	}
	content := text[:len(text)-line]
	if string(text[len(content):]) != fmt.Sprintf("\n%08x\n", crc32.Checksum(content, castagnoli)) {
		return nil, ErrDamaged
	}
	return content, nil
}

// SyncDir sees to it that the names in a directory are on disk.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
