package edge

import (
	"encoding/hex"
	"math"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/record"
)

// Sighting is what the system says of its clock at one moment.
type Sighting struct {
	record.Clock             // State is ClockSynchronised, ClockFreeRunning, ClockSimulated or ClockUnknown
	Wall         time.Time   // what the system takes for the time
	Boot         record.Boot // since which Monotonic counts
}

// SystemClock asks the kernel what it knows of its own clock.
func SystemClock() Sighting {
	s := Sighting{Boot: bootID()}
	var t unix.Timex
	if state, err := unix.Adjtimex(&t); err == nil {
		const timeError = 5 // TIME_ERROR of adjtimex(2)
		s.State = record.ClockSynchronised
		if state == timeError || t.Status&unix.STA_UNSYNC != 0 {
			s.State = record.ClockFreeRunning
		} else {
			s.ErrorBound = time.Duration(t.Maxerror) * time.Microsecond
		}
	}
	s.Wall, s.Monotonic = both()
	return s
}

// both reads the two clocks as near to the same moment as can be had: what lies between is the reader's own doing.
func both() (wall time.Time, sinceBoot time.Duration) {
	var before, after unix.Timespec
	best := time.Duration(math.MaxInt64)
	for range 3 {
		if unix.ClockGettime(unix.CLOCK_BOOTTIME, &before) != nil {
			return time.Now(), 0
		}
		now := time.Now()
		if unix.ClockGettime(unix.CLOCK_BOOTTIME, &after) != nil {
			return now, 0
		}
		if took := time.Duration(after.Nano() - before.Nano()); took < best {
			best, wall, sinceBoot = took, now.Round(0), time.Duration(before.Nano())+took/2
		}
	}
	return wall, sinceBoot
}

// SimulatedClock says of a made-up time that it is right, and made up.
func SimulatedClock(c clock.Clock) func() Sighting {
	begin := c.Now()
	return func() Sighting {
		now := c.Now()
		return Sighting{Wall: now, Clock: record.Clock{State: record.ClockSimulated, Monotonic: now.Sub(begin)}}
	}
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
