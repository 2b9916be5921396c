package sensor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Usable tells why a device file cannot be opened for reading and writing, in words that say what to do:
// missing says how the file comes about, group who may use it.
func Usable(file, missing, group string) error {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	switch {
	case err == nil:
		return f.Close()
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no %s: %s", file, missing)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s is not for this user: add the user to the group %s", file, group)
	}
	return fmt.Errorf("open device file: %w", err)
}
