// Package dirlock keeps a directory for one process: an agent's with its key and spool, a collector's with its
// ledger.
package dirlock

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Lock keeps a second process away from a directory.
type Lock struct{ file *os.File }

// Take takes the directory for this process, a program with that name; the lock ends with the process, however
// that ends.
func Take(dir, program string) (*Lock, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock %q: %w", dir, err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		owner, _ := os.ReadFile(file.Name())
		file.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("directory %q is in use by another %s, process %s", dir, program, strings.TrimSpace(string(owner)))
		}
		return nil, fmt.Errorf("lock %q: %w", dir, err)
	}
	// Who has it is only for people to read: a full disk must not keep anybody from starting.
	if file.Truncate(0) == nil {
		_, _ = fmt.Fprintln(file, os.Getpid())
	}
	return &Lock{file}, nil
}

// Release lets the next one in.
func (l *Lock) Release() error { return l.file.Close() }

// Holder is the process id of the agent that has taken the directory; "" when none has.
func Holder(dir string) string {
	file, err := os.Open(filepath.Join(dir, "lock"))
	if err != nil {
		return ""
	}
	defer file.Close()
	if unix.Flock(int(file.Fd()), unix.LOCK_SH|unix.LOCK_NB) == nil {
		return "" // closing the file gives it back
	}
	owner, err := os.ReadFile(file.Name())
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(owner))
}
