package edge

import (
	"encoding/hex"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lineproof/lineproof/record"
)

// SystemClock asks the kernel what it knows of its own clock.
func SystemClock() record.Clock {
	var c record.Clock
	var t unix.Timex
	if state, err := unix.Adjtimex(&t); err == nil {
		const timeError = 5 // TIME_ERROR of adjtimex(2)
		c.State = record.ClockSynchronised
		if state == timeError || t.Status&unix.STA_UNSYNC != 0 {
			c.State = record.ClockFreeRunning
		} else {
			c.ErrorBound = time.Duration(t.Maxerror) * time.Microsecond
		}
	}
	var boot unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &boot); err == nil {
		c.Monotonic = time.Duration(boot.Nano()).Truncate(time.Millisecond)
	}
	return c
}

// bootID is the kernel's; zero where it has none.
func bootID() (b record.Boot) {
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return b
	}
	raw, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(string(text)), "-", ""))
	if err != nil || len(raw) != len(b) {
		return b
	}
	copy(b[:], raw)
	return b
}
