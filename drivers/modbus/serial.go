package modbus

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/goburrow/serial"
	"golang.org/x/sys/unix"
)

// serialPort is a serial port opened twice: once by goburrow/serial, which sets the line up and puts it
// back on Close, and once as a file, whose reads the Go runtime can end at a deadline. Linux only.
type serialPort struct {
	*os.File
	setup serial.Port
}

func openSerial(e endpoint) (conn, error) {
	setup, err := serial.Open(&serial.Config{
		Address: e.address, BaudRate: e.serial.baud, DataBits: 8, StopBits: e.serial.stop, Parity: e.serial.parity,
	})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w%s", e.address, err, serialHint(err))
	}
	f, err := os.OpenFile(e.address, os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open serial port: %w", err), setup.Close())
	}
	p := serialPort{f, setup}
	if err := p.waitForBytes(); err != nil {
		return nil, errors.Join(fmt.Errorf("set up %s: %w", e.address, err), p.Close())
	}
	return p, nil
}

// waitForBytes makes a read without bytes wait. As goburrow/serial leaves the port it would end with
// nothing (VMIN 0), which a file takes for its end.
func (p serialPort) waitForBytes() error {
	raw, err := p.SyscallConn()
	if err != nil {
		return err
	}
	controlErr := raw.Control(func(fd uintptr) {
		var settings *unix.Termios
		if settings, err = unix.IoctlGetTermios(int(fd), unix.TCGETS); err != nil {
			return
		}
		settings.Cc[unix.VMIN], settings.Cc[unix.VTIME] = 1, 0
		err = unix.IoctlSetTermios(int(fd), unix.TCSETS, settings)
	})
	return errors.Join(controlErr, err)
}

func (p serialPort) Close() error { return errors.Join(p.File.Close(), p.setup.Close()) }

func serialHint(err error) string {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "; hint: is the adapter plugged in? ls /dev/serial/by-id shows those that are"
	case errors.Is(err, os.ErrPermission):
		return "; hint: the agent's user must be in group dialout"
	}
	return ""
}
