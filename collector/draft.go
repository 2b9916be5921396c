package collector

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// unfinished is how the names of folders begin in which a backup is being made.
const unfinished = ".incomplete-"

// draft is a folder in which a backup is being made. It is kept with a lock, so that one whose maker has died is
// known and cleared away by the next.
type draft struct {
	dir  string
	lock *os.File
}

// beginDraft makes the folder under another, and clears away what dead ones have left there.
func beginDraft(to, name string) (*draft, error) {
	left, err := os.ReadDir(to)
	if err != nil {
		return nil, err
	}
	for _, entry := range left {
		if !strings.HasPrefix(entry.Name(), unfinished+"lineproof-") {
			continue
		}
		if old := (&draft{dir: filepath.Join(to, entry.Name())}); old.take() == nil {
			old.end()
		}
	}
	d := &draft{dir: filepath.Join(to, unfinished+name)}
	if err := os.Mkdir(d.dir, 0o700); err != nil {
		return nil, err
	}
	if err := d.take(); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *draft) take() (err error) {
	if d.lock, err = os.Open(d.dir); err != nil {
		return err
	}
	if err := unix.Flock(int(d.lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		d.lock.Close()
		return err
	}
	return nil
}

// finish gives the folder, all of which is on the disk, its name.
func (d *draft) finish(as string) error {
	if err := os.Rename(d.dir, as); err != nil {
		return err
	}
	return syncAll(filepath.Dir(as))
}

// end removes what was not finished; where that fails the next backup does it.
func (d *draft) end() {
	_ = os.RemoveAll(d.dir)
	d.lock.Close()
}
