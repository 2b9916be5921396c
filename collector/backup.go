package collector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/lineproof/lineproof/collector/ledger"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/internal/sqlitecopy"
)

// A backup is a folder of plain files: sealed batches are compressed already, a damaged file is known by its
// name and spoils no other, and whoever has nothing but the disk can still look at it.
const (
	backupConfig = "collector.yaml" // the configuration
	backupFiles  = "files"          // passwords and certificates that it names, under their paths
	backupData   = "data"           // what goes into the collector's folder
	ledgerName   = "ledger"
	registryName = "registry.db"
	seriesName   = "series.db"

	seriesSQLite = "sqlite"
	seriesInflux = "influx"
)

// BackupOptions are what Backup is told beside the configuration.
type BackupOptions struct {
	Config   string // the configuration's file
	To       string // a folder that there is
	Version  string
	Clock    clock.Clock
	Progress func(part string, done, total uint64)
}

// Backed is a backup that was made.
type Backed struct {
	Dir      string
	SameDisk bool // as the collector's folder is on
	Manifest
}

// Backup makes a backup in a new folder, while the collector runs or while it does not. It takes no lock.
//
// The order makes it whole: the registry first, the series, which have all that the registry says and maybe
// more, then the ledger, which has all that the series have. Where a restored collector's views are behind its
// ledger they are brought up to it as after a power cut.
//
// The folder gets its name when everything in it was written, read again and found right.
func Backup(ctx context.Context, cfg Config, opts BackupOptions) (b Backed, err error) {
	made := opts.Clock.Now().UTC()
	b.Dir = filepath.Join(opts.To, made.Format("lineproof-20060102-150405Z"))
	if _, err := os.Lstat(b.Dir); err == nil {
		return b, fmt.Errorf("backup: %s is there already", b.Dir)
	}
	if !exists(filepath.Join(cfg.Dir, ledgerName)) {
		return b, fmt.Errorf("backup: %s holds no collector; hint: `dir` in the configuration names the folder of the one that runs", cfg.Dir)
	}
	if b.SameDisk, err = sameDisk(cfg.Dir, opts.To); err != nil {
		return b, fmt.Errorf("backup: %w; hint: mount the disk, or make the folder, first", err)
	}
	d, err := beginDraft(opts.To, filepath.Base(b.Dir))
	if err != nil {
		return b, fmt.Errorf("backup: %w", err)
	}
	defer d.end()
	b.Manifest = Manifest{Format: manifestFormat, Made: made, Version: opts.Version, Origin: cfg.Origin, Series: seriesSQLite}
	if cfg.Influx != nil {
		b.Series = seriesInflux
	}
	j := backup{cfg: cfg, opts: opts, dir: d.dir, m: &b.Manifest}
	for _, step := range []func(context.Context) error{j.copyConfig, j.copyStores, j.copyLedger, j.check, j.list} {
		if err := step(ctx); err != nil {
			return b, fmt.Errorf("backup: %w", err)
		}
	}
	if err := d.finish(b.Dir); err != nil {
		return b, fmt.Errorf("backup: %w", err)
	}
	return b, nil
}

func sameDisk(a, b string) (bool, error) {
	var at, bt unix.Stat_t
	if err := unix.Stat(a, &at); err != nil {
		return false, &fs.PathError{Op: "stat", Path: a, Err: err}
	}
	if err := unix.Stat(b, &bt); err != nil {
		return false, &fs.PathError{Op: "stat", Path: b, Err: err}
	}
	return at.Dev == bt.Dev, nil
}

// backup is one being made in dir.
type backup struct {
	cfg  Config
	opts BackupOptions
	dir  string
	m    *Manifest
}

func (j *backup) tell(part string) func(done, total uint64) {
	return func(done, total uint64) {
		if j.opts.Progress != nil {
			j.opts.Progress(part, done, total)
		}
	}
}

// copyConfig copies the configuration and the files that it names: without its passwords and certificates a
// collector on a new machine could not be reached by any gateway.
func (j *backup) copyConfig(context.Context) error {
	if err := copySmall(j.opts.Config, filepath.Join(j.dir, backupConfig)); err != nil {
		return err
	}
	names, err := j.cfg.files()
	if err != nil {
		return fmt.Errorf("a folder that the configuration names: %w", err)
	}
	for _, file := range names {
		abs, err := filepath.Abs(file)
		if err != nil {
			return err
		}
		if err := copySmall(abs, filepath.Join(j.dir, backupFiles, abs)); err != nil {
			return fmt.Errorf("a file that the configuration names: %w", err)
		}
	}
	return nil
}

func copySmall(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600)
}

// files are those that the configuration names, those in the folder of reports too.
func (c *Config) files() (names []string, err error) {
	if c.MQTT != nil {
		names = append(names, c.MQTT.Cert, c.MQTT.Key)
	}
	if c.Broker != nil {
		names = append(names, c.Broker.PasswordFile, c.Broker.CA)
	}
	if c.Influx != nil {
		names = append(names, c.Influx.PasswordFile, c.Influx.TokenFile)
	}
	for _, id := range slices.Sorted(maps.Keys(c.Gateways)) {
		names = append(names, c.Gateways[id].PasswordFile)
	}
	if c.Alerts != nil {
		names = append(names, c.Alerts.SecretFiles()...)
	}
	names = append(names, c.Programme.Targets...)
	names = append(names, c.Programme.Lists, c.Programme.Provinces, c.Programme.Prices)
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	if c.Reports == "" {
		return names, nil
	}
	return names, filepath.WalkDir(c.Reports, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			names = append(names, name)
		}
		return err
	})
}

func (j *backup) copyStores(ctx context.Context) (err error) {
	if err := os.Mkdir(filepath.Join(j.dir, backupData), 0o700); err != nil {
		return err
	}
	names := []string{registryName}
	if j.m.Series == seriesSQLite {
		names = append(names, seriesName)
	}
	tell, total := j.tell("databases copied"), uint64(len(names))
	for i, name := range names {
		tell(uint64(i), total)
		if err := sqlitecopy.Copy(ctx, filepath.Join(j.cfg.Dir, name), filepath.Join(j.dir, backupData, name)); err != nil {
			return err
		}
	}
	tell(total, total)
	if j.m.Position, err = registry.Position(ctx, filepath.Join(j.dir, backupData, registryName)); err != nil {
		return err
	}
	// A rebuild resets the position, then drops the series: what was copied of them may be less than the registry
	// that was copied says.
	now, err := registry.Position(ctx, filepath.Join(j.cfg.Dir, registryName))
	if err == nil && now < j.m.Position {
		err = errors.New("the views are being made again; hint: make the backup when lineproof rebuild is done")
	}
	return err
}

func (j *backup) copyLedger(ctx context.Context) (err error) {
	j.m.Batches, err = ledger.Copy(ctx, filepath.Join(j.cfg.Dir, ledgerName), filepath.Join(j.dir, backupData, ledgerName), j.tell("batches copied"))
	if err == nil && j.m.Batches < j.m.Position {
		err = fmt.Errorf("the views have %d batches, the ledger only %d: the ledger was replaced or cut", j.m.Position, j.m.Batches)
	}
	return err
}

// check reads from the medium what was written there.
func (j *backup) check(ctx context.Context) error {
	if err := syncAll(j.dir); err != nil {
		return err
	}
	head, err := ledger.Check(ctx, filepath.Join(j.dir, backupData, ledgerName), j.tell("batches checked"))
	if err != nil {
		return err
	}
	if head.Size != j.m.Batches {
		return fmt.Errorf("%d batches were copied, %d came out", j.m.Batches, head.Size)
	}
	j.m.Origin, j.m.Root, j.m.Signed = head.Origin, head.Root, head.Signed
	return nil
}

// list writes the manifest.
func (j *backup) list(ctx context.Context) error {
	total, err := sizeOf(j.dir)
	if err != nil {
		return err
	}
	tell := j.tell("bytes read again")
	j.m.Files, err = listFiles(ctx, j.dir, func(done uint64) { tell(done, total) })
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(j.m, "", "\t")
	if err != nil {
		return err
	}
	return writeSynced(filepath.Join(j.dir, manifestName), append(text, '\n'))
}

// writeSynced writes a new file and returns when it is on the disk.
func writeSynced(name string, b []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(b)
	return errors.Join(err, file.Sync(), file.Close())
}

func sizeOf(dir string) (n uint64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			n += uint64(info.Size())
		}
		return err
	})
	return n, err
}

// syncAll brings everything on a folder's file system to the disk: one wait, where a backup's many small files
// would each have one.
func syncAll(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	if err := errors.Join(unix.Syncfs(int(d.Fd())), d.Close()); err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	return nil
}
