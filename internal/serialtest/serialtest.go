// Package serialtest gives tests a serial line with Modbus RTU devices on it: a pseudo-terminal, whose far
// end sees the baud rate that was set. It does not see parity, which a pseudo-terminal does not keep, and
// sends at once what a line would take its time for. Linux only.
package serialtest

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/goburrow/modbus"
	"golang.org/x/sys/unix"
)

// Request is what came over the line, whole and with a sound checksum.
type Request struct {
	Unit     byte
	Function byte
	Data     []byte
	Baud     uint32 // as termios has it, such as unix.B9600
}

// Answer gives function and data of the answer; ok is false where nobody answers. Exception makes one.
type Answer func(Request) (function byte, data []byte, ok bool)

// Exception is the answer of a device that says no.
func Exception(r Request, code byte) (function byte, data []byte, ok bool) {
	return r.Function | 0x80, []byte{code}, true
}

// Open makes a line that answers until the test ends, and gives the path of its near end.
func Open(t testing.TB, answer Answer) (path string) {
	t.Helper()
	far, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	err = control(far, func(fd int) error {
		n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
		path = fmt.Sprintf("/dev/pts/%d", n)
		return errors.Join(err, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	})
	if err != nil {
		t.Fatal(err)
	}
	keep, err := os.OpenFile(path, os.O_RDWR|unix.O_NOCTTY, 0) // with nobody at its near end the line hangs up
	if err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() {
		if err := serve(far, answer); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		_ = far.SetDeadline(time.Unix(1, 0)) // ends serve
		done.Wait()
		_ = far.Close()
		_ = keep.Close()
	})
	return path
}

func control(f *os.File, do func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	return errors.Join(raw.Control(func(fd uintptr) { inner = do(int(fd)) }), inner)
}

// serve answers until the line is closed. A request is written at once, and so it comes.
func serve(far *os.File, answer Answer) error {
	buf := make([]byte, 256)
	for {
		n, err := far.Read(buf)
		if err != nil {
			return nil // the test has ended
		}
		frames := modbus.NewRTUClientHandler("")
		frames.SlaveId = buf[0]
		pdu, err := frames.Decode(buf[:n])
		if err != nil {
			continue
		}
		r := Request{Unit: buf[0], Function: pdu.FunctionCode, Data: pdu.Data}
		err = control(far, func(fd int) error {
			settings, err := unix.IoctlGetTermios(fd, unix.TCGETS)
			if err == nil {
				r.Baud = settings.Cflag & unix.CBAUD
			}
			return err
		})
		if err != nil {
			return err
		}
		function, data, ok := answer(r)
		if !ok {
			continue
		}
		frame, err := frames.Encode(&modbus.ProtocolDataUnit{FunctionCode: function, Data: data})
		if err != nil {
			return err
		}
		if _, err := far.Write(frame); err != nil {
			return err
		}
	}
}
