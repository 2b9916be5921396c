package chardev

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// kernelEvent is an edge as the kernel writes it.
func kernelEvent(id uint32, at time.Duration, number uint32) []byte {
	e := unix.GPIOV2LineEvent{Timestamp_ns: uint64(at), Id: id, Offset: 17, Seqno: number, Line_seqno: number}
	return bytes.Clone((*[eventSize]byte)(unsafe.Pointer(&e))[:])
}

func TestReadEdges(t *testing.T) {
	if eventSize != 48 {
		t.Errorf("an event takes %d bytes, 48 in linux/gpio.h", eventSize)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.Write(append(kernelEvent(1, 1500*time.Millisecond, 7), kernelEvent(2, 1600*time.Millisecond, 8)...)); err != nil {
		t.Fatal(err)
	}
	buf := make([]Edge, 16)
	n, err := ReadEdges(r, buf)
	want := []Edge{{true, 1500 * time.Millisecond, 7}, {false, 1600 * time.Millisecond, 8}}
	if diff := cmp.Diff(want, buf[:n]); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := w.Write(make([]byte, 47)); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadEdges(r, buf); err == nil {
		t.Error("47 bytes were taken for an edge")
	}
}

func TestFlagsAreTheKernels(t *testing.T) {
	header, err := os.ReadFile("/usr/include/linux/gpio.h")
	if err != nil {
		t.Fatalf("%v: run make deps", err)
	}
	got := map[string]uint64{}
	for _, m := range regexp.MustCompile(`GPIO_V2_LINE_FLAG_(\w+)\s*= _BITULL\((\d+)\)`).FindAllStringSubmatch(string(header), -1) {
		bit, _ := strconv.Atoi(m[2])
		got[m[1]] = 1 << bit
	}
	for name, flag := range map[string]uint64{
		"ACTIVE_LOW": flagActiveLow, "INPUT": flagInput, "OUTPUT": flagOutput, "EDGE_RISING": flagEdgeRising,
		"EDGE_FALLING": flagEdgeFalling, "BIAS_PULL_UP": flagPullUp, "BIAS_PULL_DOWN": flagPullDown, "BIAS_DISABLED": flagBiasDisabled,
	} {
		if got[name] != flag {
			t.Errorf("%s: %#x, in linux/gpio.h %#x", name, flag, got[name])
		}
	}
}

func TestRequest(t *testing.T) {
	r := Settings{ActiveLow: true, Pull: PullUp, Rising: true, Debounce: 5 * time.Millisecond}.request(17)
	if r.Offsets[0] != 17 || r.Num_lines != 1 || r.Config.Flags != 0x116 || r.Config.Num_attrs != 1 {
		t.Errorf("%+v", r)
	}
	a := r.Config.Attrs[0]
	if micros := *(*uint32)(unsafe.Pointer(&a.Attr.Flags)); a.Mask != 1 || a.Attr.Id != 3 || micros != 5000 {
		t.Errorf("debounce: %+v, %d µs", a, micros)
	}
	if r := (Settings{Output: true}).request(5); r.Config.Flags != flagOutput || r.Config.Num_attrs != 0 {
		t.Errorf("%+v", r)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	empty, other := t.TempDir(), t.TempDir()
	chip := filepath.Join(other, "gpiochip0")
	if err := os.WriteFile(chip, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := openIn(empty, "GPIO17", Settings{})
	if want := fmt.Sprintf("there is no %s/gpiochip0: this computer has no GPIO, or a kernel before 5.10", empty); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := openIn(other, "GPIO17", Settings{}); !errors.Is(err, unix.ENOTTY) {
		t.Errorf("a file that is no chip: %v", err)
	}
}
