package onewire

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/lineproof/lineproof/drivers/sensor"
)

// kernel is a thermometer that the kernel's driver w1_therm reads: reading its file measures, which takes
// 750 ms, and gives the scratchpad in two lines of nine bytes, the first with the kernel's own verdict.
//
//	72 01 4b 46 7f ff 0e 10 57 : crc=57 YES
//	72 01 4b 46 7f ff 0e 10 57 t=23125
type kernel struct{ folder, name string }

// Begin looks whether there is such a thermometer.
func (k *kernel) Begin(context.Context) error {
	if _, err := os.Stat(k.folder); errors.Is(err, fs.ErrNotExist) {
		return errors.New("the kernel has no 1-Wire: on a Raspberry Pi, dtoverlay=w1-gpio switches it on")
	}
	if _, err := os.Stat(filepath.Join(k.folder, k.name)); err != nil {
		return fmt.Errorf("no such thermometer; there are %s", k.others())
	}
	return nil
}

// others names the thermometers that there are.
func (k *kernel) others() string {
	found, _ := filepath.Glob(filepath.Join(k.folder, fmt.Sprintf("%02x-*", family))) // the pattern is sound
	if len(found) == 0 {
		return "none"
	}
	for i, f := range found {
		found[i] = filepath.Base(f)
	}
	return strings.Join(found, ", ")
}

// Measure reads the file. The kernel's read cannot be cut off; it ends by itself within a second.
func (k *kernel) Measure(ctx context.Context, points []sensor.Point) ([]sensor.Measurement, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(k.folder, k.name, "w1_slave"))
	if err != nil {
		return nil, fmt.Errorf("read thermometer: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	digits, _, _ := strings.Cut(line, " :")
	pad, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		return nil, fmt.Errorf("the kernel wrote %q, which is no scratchpad", line)
	}
	return measured(points, pad)
}

// Close has nothing to do.
func (*kernel) Close() error { return nil }
