package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Lock keeps a second agent away from a directory.
type Lock struct{ file *os.File }

// TakeLock takes the directory for this process; the lock ends with the process, however that ends.
func TakeLock(dir string) (*Lock, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock %q: %w", dir, err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		owner, _ := os.ReadFile(file.Name())
		file.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("directory %q is in use by another lineproof-edge, process %s", dir, strings.TrimSpace(string(owner)))
		}
		return nil, fmt.Errorf("lock %q: %w", dir, err)
	}
	err = file.Truncate(0)
	if err == nil {
		_, err = fmt.Fprintln(file, os.Getpid())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %q: %w", dir, err), file.Close())
	}
	return &Lock{file}, nil
}

// Release lets the next one in.
func (l *Lock) Release() error { return l.file.Close() }
