// Package chardev is the kernel's GPIO character device, version 2 of its interface (Linux 5.10 and later):
// lines of /dev/gpiochip* by their names, levels, and edges with their numbers.
//
// It stands where periph's gpioioctl could: that drops the number which the kernel gives each edge, so that a
// lost edge is never noticed, takes a level that cannot be read for a low one, and cannot ask the kernel to
// debounce. The structures are those of golang.org/x/sys/unix.
package chardev

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Flags of a line, from linux/gpio.h; golang.org/x/sys/unix does not have them.
const (
	flagActiveLow    = 1 << 1
	flagInput        = 1 << 2
	flagOutput       = 1 << 3
	flagEdgeRising   = 1 << 4
	flagEdgeFalling  = 1 << 5
	flagPullUp       = 1 << 8
	flagPullDown     = 1 << 9
	flagBiasDisabled = 1 << 10
)

// Pull is what holds an input that nothing drives.
type Pull int

const (
	PullAsIs Pull = iota // as it was
	PullUp
	PullDown
	PullNone
)

// Settings is how a line is to be used.
type Settings struct {
	Output    bool // driven low from the beginning on; else an input
	ActiveLow bool // on is the low level, and rising is what falls at the pin
	Pull      Pull
	Rising    bool          // edges to be told of
	Falling   bool          //
	Debounce  time.Duration // a level has to stand for so long, whole microseconds
}

// request is the settings as the kernel takes them.
func (s Settings) request(offset uint32) *unix.GPIOV2LineRequest {
	r := &unix.GPIOV2LineRequest{Num_lines: 1, Event_buffer_size: waiting}
	r.Offsets[0] = offset
	copy(r.Consumer[:], "lineproof-edge")
	flags := uint64(flagInput)
	if s.Output {
		flags = flagOutput
	}
	for _, one := range []struct {
		on   bool
		flag uint64
	}{
		{s.ActiveLow, flagActiveLow}, {s.Rising, flagEdgeRising}, {s.Falling, flagEdgeFalling},
		{s.Pull == PullUp, flagPullUp}, {s.Pull == PullDown, flagPullDown}, {s.Pull == PullNone, flagBiasDisabled},
	} {
		if one.on {
			flags |= one.flag
		}
	}
	r.Config.Flags = flags
	if s.Debounce > 0 {
		r.Config.Num_attrs = 1
		r.Config.Attrs[0].Mask = 1
		r.Config.Attrs[0].Attr = unix.GPIOV2LineAttribute{
			Id:    unix.GPIO_V2_LINE_ATTR_ID_DEBOUNCE,
			Flags: binary.NativeEndian.Uint64(append(binary.NativeEndian.AppendUint32(nil, uint32(s.Debounce.Microseconds())), 0, 0, 0, 0)), // a union: its first four bytes
		}
	}
	return r
}

// waiting is how many edges the kernel keeps while nobody takes them; the most that it allows for one line.
const waiting = 16 * 64

// Line is one line, requested from the kernel: nobody else can have it meanwhile.
type Line struct{ f *os.File }

// Open requests the line of that name, such as GPIO17, from the chips in /dev.
func Open(name string, s Settings) (*Line, error) { return openIn("/dev", name, s) }

func openIn(folder, name string, s Settings) (*Line, error) {
	chips, err := filepath.Glob(filepath.Join(folder, "gpiochip*"))
	if err != nil {
		return nil, err
	}
	if len(chips) == 0 {
		return nil, fmt.Errorf("there is no %s/gpiochip0: this computer has no GPIO, or a kernel before 5.10", folder)
	}
	var refused error
	for _, chip := range chips {
		l, err := openOn(chip, name, s)
		switch {
		case err == nil:
			return l, nil
		case errors.Is(err, fs.ErrPermission):
			refused = fmt.Errorf("%s is not for this user: add the user to the group gpio", chip)
		case errors.Is(err, unix.EBUSY):
			return nil, fmt.Errorf("line %s of %s is in use: `gpioinfo` says by whom", name, chip)
		case !errors.Is(err, errNoSuchLine):
			return nil, err
		}
	}
	if refused != nil {
		return nil, refused
	}
	return nil, fmt.Errorf("no line is called %q: `gpioinfo` lists the names", name)
}

var errNoSuchLine = errors.New("no such line")

// openOn looks for the line on one chip, whose file is needed only until the line has its own.
func openOn(chip, name string, s Settings) (*Line, error) {
	f, err := os.Open(chip)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var about unix.GPIOChipInfo
	if err := control(f, unix.GPIO_GET_CHIPINFO_IOCTL, unsafe.Pointer(&about)); err != nil {
		return nil, fmt.Errorf("ask %s for its lines: %w", chip, err)
	}
	for offset := range about.Lines {
		info := unix.GPIOV2LineInfo{Offset: offset}
		if err := control(f, unix.GPIO_V2_GET_LINEINFO_IOCTL, unsafe.Pointer(&info)); err != nil {
			return nil, fmt.Errorf("ask %s for line %d: %w", chip, offset, err)
		}
		if text, _, _ := strings.Cut(string(info.Name[:]), "\x00"); text != name {
			continue
		}
		request := s.request(offset)
		if err := control(f, unix.GPIO_V2_GET_LINE_IOCTL, unsafe.Pointer(request)); err != nil {
			return nil, fmt.Errorf("request line %s of %s: %w", name, chip, err)
		}
		if err := unix.SetNonblock(int(request.Fd), true); err != nil { // so that Close ends a wait
			return nil, errors.Join(fmt.Errorf("set up line %s: %w", name, err), unix.Close(int(request.Fd)))
		}
		return &Line{os.NewFile(uintptr(request.Fd), name)}, nil
	}
	return nil, errNoSuchLine
}

// control is an ioctl that does not race with the file's Close.
func control(f *os.File, request uintptr, argument unsafe.Pointer) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed unix.Errno
	err = conn.Control(func(fd uintptr) {
		_, _, failed = unix.Syscall(unix.SYS_IOCTL, fd, request, uintptr(argument))
	})
	if err == nil && failed != 0 {
		err = failed
	}
	return err
}

// On reads the level.
func (l *Line) On() (bool, error) {
	values := unix.GPIOV2LineValues{Mask: 1}
	err := control(l.f, unix.GPIO_V2_LINE_GET_VALUES_IOCTL, unsafe.Pointer(&values))
	return values.Bits&1 != 0, err
}

// Set drives an output.
func (l *Line) Set(on bool) error {
	values := unix.GPIOV2LineValues{Mask: 1}
	if on {
		values.Bits = 1
	}
	return control(l.f, unix.GPIO_V2_LINE_SET_VALUES_IOCTL, unsafe.Pointer(&values))
}

// Close gives the line back; a wait for edges ends.
func (l *Line) Close() error { return l.f.Close() }

// Edge is one change of level, after debouncing.
type Edge struct {
	Rising bool
	At     time.Duration // by the monotonic clock
	Number uint32        // counts up from 1 by one an edge since the line was requested; wraps around
}

// Edges waits for edges and fills buf with one or more.
func (l *Line) Edges(buf []Edge) (n int, err error) { return ReadEdges(l.f, buf) }

const eventSize = int(unsafe.Sizeof(unix.GPIOV2LineEvent{}))

// ReadEdges is Edges for what the kernel wrote elsewhere.
func ReadEdges(r io.Reader, buf []Edge) (n int, err error) {
	raw := make([]byte, len(buf)*eventSize)
	size, err := r.Read(raw)
	if err != nil {
		return 0, err
	}
	if size == 0 || size%eventSize != 0 {
		return 0, fmt.Errorf("the kernel gave %d bytes, no whole number of edges of %d bytes", size, eventSize)
	}
	for ; n < size/eventSize; n++ {
		e := raw[n*eventSize:]
		id := binary.NativeEndian.Uint32(e[unsafe.Offsetof(unix.GPIOV2LineEvent{}.Id):])
		buf[n] = Edge{
			Rising: id == unix.GPIO_V2_LINE_EVENT_RISING_EDGE,
			At:     time.Duration(binary.NativeEndian.Uint64(e)),
			Number: binary.NativeEndian.Uint32(e[unsafe.Offsetof(unix.GPIOV2LineEvent{}.Line_seqno):]),
		}
	}
	return n, nil
}
