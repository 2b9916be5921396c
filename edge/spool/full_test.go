package spool_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/record"
)

// smallDisk mounts one of 1 MiB.
func smallDisk(t *testing.T) (dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root for a disk of its own")
	}
	dir = t.TempDir()
	if err := syscall.Mount("spool", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("no small disk can be made here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestADamagedSpoolOnAFullDiskStillOpens(t *testing.T) {
	disk := smallDisk(t)
	dir := filepath.Join(disk, "spool")
	opts := spool.Options{SegmentBytes: 100 << 10}
	s, _ := open(t, dir, opts)
	for seq := uint64(1); seq <= 45; seq++ {
		if _, _, err := s.Append(spool.Record{Seq: seq, At: batch(seq).At, Sealed: noise(seq, 10<<10)}); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	paths := segments(t, dir)
	for _, path := range []string{paths[1], paths[len(paths)-1]} {
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteAt([]byte("damage"), 15<<10); err != nil { // in its second batch
			t.Fatal(err)
		}
		file.Close()
	}
	fillDisk(t, filepath.Join(disk, "other"))
	s, gaps := open(t, dir, opts)
	if len(gaps) != 2 || gaps[0].First != gaps[0].Last || gaps[1].First != gaps[1].Last {
		t.Fatalf("gaps %v", gaps)
	}
	if n, dropped, err := s.Append(spool.Record{Seq: 46, At: batch(46).At, Sealed: noise(46, 10<<10)}); n != 1 || err != nil {
		t.Fatalf("dropped %v, %v", dropped, err)
	}
	given := 0
	for after := uint64(0); ; given++ {
		r, ok := s.Next(after)
		if !ok {
			break
		}
		if !bytes.Equal(r.Sealed, noise(r.Seq, 10<<10)) {
			t.Fatalf("batch %d is another", r.Seq)
		}
		after = r.Seq
	}
	if given < 30 || given > 44 {
		t.Errorf("%d batches given", given)
	}
}

// fillDisk writes until nothing fits any more.
func fillDisk(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for err == nil {
		_, err = file.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// TestAFullDiskIsUsedToItsEnd has a disk of 1 MiB for a spool that may take more.
func TestAFullDiskIsUsedToItsEnd(t *testing.T) {
	disk := smallDisk(t)
	dir := filepath.Join(disk, "spool")
	opts := spool.Options{SegmentBytes: 150 << 10}
	s, _ := open(t, dir, opts)
	lost, last := uint64(0), uint64(300)
	for seq := uint64(1); seq <= last; seq++ {
		sealed := noise(seq, 10<<10)
		n, dropped, err := s.Append(spool.Record{Seq: seq, At: batch(seq).At, Sealed: sealed})
		if n != 1 || err != nil {
			t.Fatalf("batch %d: %v", seq, err)
		}
		for _, g := range dropped {
			if g.First > lost+1 || g.Why != "the disk was full" {
				t.Fatalf("dropped %v after %d", g, lost)
			}
			lost = max(lost, g.Last)
		}
		if seq == 30 {
			if err := s.Receive(30, record.HashOf(sealed)); err != nil {
				t.Fatal(err)
			}
			lost = 30
		}
	}
	s.Close()
	s, gaps := open(t, dir, opts)
	if len(gaps) != 1 || gaps[0].First != 31 || gaps[0].Last != lost {
		t.Errorf("gaps %v, want 31 to %d", gaps, lost)
	}
	var list []uint64
	for after := lost; ; {
		r, ok := s.Next(after)
		if !ok {
			break
		}
		list, after = append(list, r.Seq), r.Seq
	}
	if diff := cmp.Diff(numbers(lost+1, last), list); diff != "" || last-lost < 80 {
		t.Errorf("%d kept: %s", last-lost, diff)
	}
}
