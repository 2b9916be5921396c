package doctor

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

const (
	firstYear   = 2025 // the agent was not made before
	lastYear    = 2060
	vagueClock  = time.Second // a clock that knows itself no better is as good as free
	littleSpace = 1 << 30     // bytes: twice what a full spool takes
	noSpace     = 64 << 20
)

// clock judges the machine's clock: a Raspberry Pi has none of its own when it is off.
func (e *examination) clock() {
	now, c := e.Now(), e.ClockSource()
	switch {
	case now.Year() < firstYear || now.Year() > lastYear:
		e.report.add(Clock, "", Wrong, tongue.M("doctor.clock_year", "time", now), tongue.M("doctor.clock_do"), nil)
	case c.State != record.ClockSynchronised:
		e.report.add(Clock, "", Note, tongue.M("doctor.clock_free", "time", now), tongue.M("doctor.clock_do"), nil)
	case c.ErrorBound > vagueClock:
		e.report.add(Clock, "", Note, tongue.M("doctor.clock_vague", "time", now, "bound", c.ErrorBound), tongue.M("doctor.clock_do"), nil)
	default:
		e.report.add(Clock, "", OK, tongue.M("doctor.clock_ok", "time", now, "bound", c.ErrorBound), tongue.Message{}, nil)
	}
}

// disk judges the agent's directory and its spool.
func (e *examination) disk() {
	dir := e.config.Dir
	var err error
	if e.spool, err = spool.Peek(e.spoolDir()); err != nil {
		e.report.add(Disk, dir, Wrong, tongue.M("doctor.disk_spool"), tongue.M("doctor.disk_spool_do"), err)
	}
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		e.report.add(Disk, dir, Note, tongue.M("doctor.disk_none"), tongue.M("doctor.disk_none_do"), nil)
		return
	}
	if err := unix.Access(dir, unix.R_OK|unix.W_OK|unix.X_OK); err != nil {
		e.report.add(Disk, dir, Wrong, tongue.M("doctor.disk_denied"), tongue.M("doctor.disk_denied_do"), err)
		return
	}
	left := e.Free(dir)
	what := tongue.M("doctor.disk_ok", "free", size(left), "batches", e.spool.Waiting(), "bytes", size(e.spool.Bytes))
	switch {
	case left >= 0 && left < noSpace:
		e.report.add(Disk, dir, Wrong, what, tongue.M("doctor.disk_full_do"), nil)
	case left >= 0 && left < littleSpace:
		e.report.add(Disk, dir, Note, what, tongue.M("doctor.disk_full_do"), nil)
	default:
		e.report.add(Disk, dir, OK, what, tongue.Message{}, nil)
	}
}

// free is what unprivileged users may still write where dir is.
func free(dir string) int64 {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return -1
	}
	return int64(s.Bavail) * int64(s.Bsize) //nolint:unconvert // an int32 on 32-bit gateways
}
