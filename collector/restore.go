package collector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/internal/dirlock"
)

// restoring is the folder in the collector's in which a restore gathers what it then puts in its place, the
// ledger last. While it is there and no ledger is, no collector starts: it would begin a new, empty ledger
// with a new key.
const restoring = ".restoring"

// Restored says what a restore brought back.
type Restored struct {
	Manifest
	Reset   bool              // the views are made again at the next start: the backup has those of another kind of store
	Missing map[string]string // files that the configuration had named and that are not here -> where the backup has them
}

// Restore puts a backup into the collector's folder, in which there may be none. It believes the backup nothing:
// each file is held against the manifest, and the ledger against its root and its signed checkpoint.
func Restore(ctx context.Context, cfg Config, from string, progress func(part string, done, total uint64)) (r Restored, err error) {
	if r.Manifest, err = readManifest(from); err != nil {
		return r, err
	}
	if cfg.Origin != r.Origin {
		return r, fmt.Errorf("restore: the backup's ledger has the name %s, the configuration says %s; hint: write origin: %s", r.Origin, cfg.Origin, r.Origin)
	}
	if err := os.MkdirAll(cfg.Dir, 0o755); err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	lock, err := dirlock.Take(cfg.Dir, "lineproof")
	if err != nil {
		return r, fmt.Errorf("restore: %w; hint: end the collector first", err)
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	j := restore{cfg: cfg, from: from, dir: filepath.Join(cfg.Dir, restoring), r: &r, progress: progress}
	if err := j.begin(); err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	for _, step := range []func(context.Context) error{j.copy, j.check, j.reset, j.place} {
		if err := step(ctx); err != nil {
			return r, errors.Join(fmt.Errorf("restore: %w", err), j.empty())
		}
	}
	return r, nil
}

// restore is one under way.
type restore struct {
	cfg      Config
	from     string
	dir      string
	r        *Restored
	progress func(part string, done, total uint64)
}

func (j *restore) tell(part string, done, total uint64) {
	if j.progress != nil {
		j.progress(part, done, total)
	}
}

// begin wants a folder without a collector; what a restore that was broken off has left is cleared away.
func (j *restore) begin() error {
	if brokenOff(j.cfg.Dir) == nil {
		for _, name := range []string{ledgerName, registryName, seriesName} {
			if file := filepath.Join(j.cfg.Dir, name); exists(file) {
				return fmt.Errorf("%s is there: the folder holds a collector already; hint: move it away, or name another `dir` in the configuration", file)
			}
		}
	}
	for _, name := range []string{registryName, seriesName} {
		if err := os.RemoveAll(filepath.Join(j.cfg.Dir, name)); err != nil {
			return err
		}
	}
	return j.empty()
}

// empty removes what was gathered. The folder itself stays until a restore has succeeded.
func (j *restore) empty() error {
	if err := os.RemoveAll(j.dir); err != nil {
		return err
	}
	return os.Mkdir(j.dir, 0o700)
}

// brokenOff tells that a restore into a collector's folder did not come to its end.
func brokenOff(dir string) error {
	marker := filepath.Join(dir, restoring)
	if !exists(marker) || exists(filepath.Join(dir, ledgerName)) {
		return nil
	}
	return fmt.Errorf("a restore into %s did not come to its end; hint: run lineproof restore again, or remove %s to begin with an empty ledger", dir, marker)
}

func exists(file string) bool {
	_, err := os.Lstat(file)
	return err == nil
}

// copy reads every file of the backup and gathers those that the collector needs.
func (j *restore) copy(ctx context.Context) error {
	var done uint64
	total := j.r.Bytes()
	j.r.Missing = map[string]string{}
	for _, f := range j.r.Files {
		if err := j.copyFile(ctx, f); err != nil {
			return err
		}
		done += uint64(f.Bytes)
		j.tell("bytes copied", done, total)
		if named, ok := strings.CutPrefix(f.Name, backupFiles); ok && !exists(named) {
			j.r.Missing[named] = filepath.Join(j.from, f.Name)
		}
	}
	return nil
}

func (j *restore) copyFile(ctx context.Context, f File) (err error) {
	to := io.Discard
	if name, ok := strings.CutPrefix(f.Name, backupData+"/"); ok && (name != seriesName || j.cfg.Influx == nil) {
		file, err := create(filepath.Join(j.dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		to = file
	}
	source := filepath.Join(j.from, filepath.FromSlash(f.Name))
	n, sum, err := readThrough(ctx, source, to)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is missing in the backup; hint: take another backup, or another copy of this one", source)
	case err != nil:
		return err
	case n != f.Bytes || sum != f.Hash:
		return fmt.Errorf("%s is damaged: it is not as it was when the backup was made; hint: take another backup, or another copy of this one", source)
	}
	return nil
}

func create(name string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, err
	}
	mode := fs.FileMode(0o644)
	if filepath.Base(name) == "signer.key" {
		mode = 0o600
	}
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
}

// check holds what was gathered against itself.
func (j *restore) check(ctx context.Context) error {
	head, err := ledger.Check(ctx, filepath.Join(j.dir, ledgerName), func(done, total uint64) { j.tell("batches checked", done, total) })
	if err != nil {
		return err
	}
	position, err := registry.Position(ctx, filepath.Join(j.dir, registryName))
	if err != nil {
		return err
	}
	said := ledger.Head{Origin: j.r.Origin, Size: j.r.Batches, Root: j.r.Root, Signed: j.r.Signed}
	if head != said || position != j.r.Position || position > head.Size {
		return fmt.Errorf("the backup holds %+v with views of %d batches, its %s says %+v with views of %d", head, position, manifestName, said, j.r.Position)
	}
	return nil
}

// reset lets the views be made again where the collector now keeps them in another kind of store.
func (j *restore) reset(ctx context.Context) error {
	if (j.r.Series == seriesInflux) == (j.cfg.Influx != nil) {
		return nil
	}
	j.r.Reset = true
	r, err := registry.Open(ctx, filepath.Join(j.dir, registryName))
	if err != nil {
		return err
	}
	return errors.Join(r.Reset(ctx), r.Close())
}

// place moves what was gathered to where it belongs. With the ledger, the last, the collector is there.
func (j *restore) place(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := own(j.cfg.Dir, j.dir, filepath.Join(j.cfg.Dir, "lock")); err != nil {
		return err
	}
	if err := syncAll(j.dir); err != nil {
		return err
	}
	for _, name := range []string{seriesName, registryName, ledgerName} {
		if name == seriesName && !exists(filepath.Join(j.dir, name)) {
			continue
		}
		if err := os.Rename(filepath.Join(j.dir, name), filepath.Join(j.cfg.Dir, name)); err != nil {
			return err
		}
		if err := syncDir(j.cfg.Dir); err != nil { // in this order on the disk too
			return err
		}
	}
	return os.RemoveAll(j.dir)
}

// syncDir brings the names in a folder to the disk.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// own gives files that root restores to whom the collector's folder belongs: it is his service that reads them.
func own(dir string, names ...string) error {
	var owner unix.Stat_t
	if err := unix.Stat(dir, &owner); err != nil {
		return &fs.PathError{Op: "stat", Path: dir, Err: err}
	}
	if os.Geteuid() != 0 || owner.Uid == 0 {
		return nil
	}
	for _, name := range names {
		err := filepath.WalkDir(name, func(file string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return os.Lchown(file, int(owner.Uid), int(owner.Gid))
		})
		if err != nil {
			return err
		}
	}
	return nil
}
