package spool_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/record"
)

// A day of the block line: a batch of this size each ten seconds.
const (
	dayBatches = 24 * 60 * 6
	dayBatch   = 600
)

// TestWrittenPerDay counts what a day costs the card, on a real ext4 with blocks of 4 KiB.
//
// Each write changes the file's date, and ext4 puts that into its journal within commit= seconds, 5 by
// default: so before the next batch. The day is over here in a moment, so the test brings that about.
func TestWrittenPerDay(t *testing.T) {
	for _, c := range []struct {
		name  string
		dates bool  // the journal is written between two batches
		most  int64 // MB a day
	}{
		{"commit=5", true, 190},
		{"commit=600", false, 65},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, written := ext4(t, 256<<20)
			before := written()
			day(t, filepath.Join(dir, "spool"), c.dates)
			bytes := written() - before
			t.Logf("%d batches of %d bytes: %.1f MB written a day, %.1f KB a batch",
				dayBatches, dayBatch, float64(bytes)/1e6, float64(bytes)/1e3/dayBatches)
			if bytes > c.most*1e6 {
				t.Errorf("%d MB, want at most %d", bytes/1e6, c.most)
			}
		})
	}
}

// day appends and receives what a day brings.
func day(t *testing.T, dir string, dates bool) {
	t.Helper()
	now := start
	s, _ := open(t, dir, spool.Options{Now: func() time.Time { return now }})
	for seq := uint64(1); seq <= dayBatches; seq++ {
		sealed := noise(seq, dayBatch)
		if _, _, err := s.Append(spool.Record{Seq: seq, At: now, Sealed: sealed}); err != nil {
			t.Fatal(err)
		}
		if err := s.Receive(seq, record.HashOf(sealed)); err != nil {
			t.Fatal(err)
		}
		now = now.Add(10 * time.Second)
		if dates {
			paths := segments(t, dir)
			commit(t, paths[len(paths)-1], now)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// noise is what does not compress, the same for the same number.
func noise(seq uint64, size int) (b []byte) {
	for i := 0; len(b) < size; i++ {
		h := sha256.Sum256(fmt.Appendf(nil, "%d %d", seq, i))
		b = append(b, h[:]...)
	}
	return b[:size]
}

// commit gives a file another date and has the journal written.
func commit(t *testing.T, path string, at time.Time) {
	t.Helper()
	if err := os.Chtimes(path, time.Time{}, at); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := file.Sync(); err != nil {
		t.Fatal(err)
	}
}

// ext4 mounts a new file system on a loop device. written is how many bytes reached the device.
func ext4(t *testing.T, size int64) (dir string, written func() int64) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root for a loop device and a file system of its own")
	}
	image, err := os.CreateTemp(memory(t), "spool-*.img")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(image.Name()) })
	if err := image.Truncate(size); err != nil {
		t.Fatal(err)
	}
	image.Close()
	run := func(name string, args ...string) string {
		out, err := exec.Command(name, args...).CombinedOutput()
		if err != nil {
			t.Skipf("no loop device with ext4 here: %s %s: %v: %s", name, strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("mkfs.ext4", "-q", "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0", image.Name())
	device := run("losetup", "--find", "--show", image.Name())
	t.Cleanup(func() { undo(t, "losetup", "--detach", device) })
	dir = t.TempDir()
	run("mount", "-o", "noatime", device, dir)
	t.Cleanup(func() { undo(t, "umount", dir) })
	return dir, func() int64 { return sectors(t, filepath.Base(device)) * 512 }
}

func undo(t *testing.T, name string, args ...string) {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Errorf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
}

// memory is a directory that is not on this machine's own disk, where there is one.
func memory(t *testing.T) string {
	var fs unix.Statfs_t
	if err := unix.Statfs("/dev/shm", &fs); err == nil && fs.Type == unix.TMPFS_MAGIC {
		return "/dev/shm"
	}
	return t.TempDir()
}

// sectors is the seventh figure of a block device's statistics: what was written to it, in 512 bytes.
func sectors(t *testing.T, device string) int64 {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("/sys/block", device, "stat"))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(text))
	n, err := strconv.ParseInt(fields[6], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
