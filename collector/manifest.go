package collector

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lineproof/lineproof/record"
)

// manifestName is the file that makes a folder a backup; it is written last.
const manifestName = "MANIFEST.json"

// manifestFormat is that of the backups which this program makes and restores.
const manifestFormat = 1

// Manifest says what a backup holds.
type Manifest struct {
	Format   int         `json:"format"`
	Made     time.Time   `json:"made"`
	Version  string      `json:"version"`  // of the program that made it
	Origin   string      `json:"origin"`   // the ledger's name
	Batches  uint64      `json:"batches"`  // in the ledger
	Root     record.Hash `json:"root"`     // of the tree over them
	Signed   uint64      `json:"signed"`   // how many of them the signed checkpoint covers
	Position uint64      `json:"position"` // how many of them the views have
	Series   string      `json:"series"`   // where the views are: "sqlite", which is in the backup, or "influx", which is not
	Files    []File      `json:"files"`    // by name
}

// File is one file of a backup.
type File struct {
	Name  string      `json:"name"` // with slashes, from the backup's folder on
	Bytes int64       `json:"bytes"`
	Hash  record.Hash `json:"sha256"`
}

// Bytes is how large the files are together.
func (m Manifest) Bytes() (n uint64) {
	for _, f := range m.Files {
		n += uint64(f.Bytes)
	}
	return n
}

// readManifest reads what a backup says of itself.
func readManifest(dir string) (m Manifest, err error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s is no backup: it has no %s; hint: name a folder that lineproof backup made, such as /mnt/usb/lineproof-20260302-060000Z", dir, manifestName)
	}
	if err != nil {
		return m, fmt.Errorf("read backup: %w", err)
	}
	m, err = decodeManifest(text)
	switch {
	case errors.Is(err, errNewer):
		return m, fmt.Errorf("read backup %s: %w (%s, format %d); hint: restore it with that one", dir, err, m.Version, m.Format)
	case err != nil:
		return m, fmt.Errorf("%s is damaged: %w; hint: take another backup", filepath.Join(dir, manifestName), err)
	}
	return m, nil
}

// errNewer is of a format that is still to come.
var errNewer = errors.New("a newer lineproof made it")

func decodeManifest(text []byte) (m Manifest, err error) {
	if err := json.Unmarshal(text, &m); err != nil {
		return m, err
	}
	switch {
	case m.Format > manifestFormat:
		return m, errNewer
	case m.Format != manifestFormat:
		return m, errors.New("no format")
	case m.Series != seriesSQLite && m.Series != seriesInflux:
		return m, fmt.Errorf("series are %q", m.Series)
	}
	for _, f := range m.Files {
		if !fs.ValidPath(f.Name) || !filepath.IsLocal(filepath.FromSlash(f.Name)) {
			return m, fmt.Errorf("the name %q leads out of the backup", f.Name)
		}
	}
	return m, nil
}

// listFiles reads all files of a folder again for the manifest.
func listFiles(ctx context.Context, dir string, progress func(done uint64)) (files []File, err error) {
	var done uint64
	err = fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f := File{Name: name}
		if f.Bytes, f.Hash, err = readThrough(ctx, filepath.Join(dir, filepath.FromSlash(name)), io.Discard); err != nil {
			return err
		}
		files = append(files, f)
		done += uint64(f.Bytes)
		progress(done)
		return nil
	})
	return files, err
}

// readThrough reads a file, from its medium and not from what the system remembers of it, and writes it to w.
func readThrough(ctx context.Context, name string, w io.Writer) (n int64, sum record.Hash, err error) {
	file, err := os.Open(name)
	if err != nil {
		return 0, sum, err
	}
	defer file.Close()
	_ = unix.Fadvise(int(file.Fd()), 0, 0, unix.FADV_DONTNEED) // a file system that cannot is as good as its memory
	h := sha256.New()
	if n, err = io.Copy(io.MultiWriter(h, w), reader{ctx, file}); err != nil {
		return n, sum, err
	}
	return n, record.Hash(h.Sum(nil)), nil
}

// reader reads until its context ends.
type reader struct {
	ctx context.Context
	io.Reader
}

func (r reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(b)
}
