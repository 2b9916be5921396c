package spool_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/lineproof/lineproof/edge/spool"
)

// manySegments writes segments of full frames into dir, and gives the number of the last batch.
func manySegments(tb testing.TB, dir string, segments, frames, size int) (seq uint64) {
	tb.Helper()
	sealed := noise(1, size)
	var data []byte
	for range segments {
		name := filepath.Join(dir, fmt.Sprintf("%020d.seg", seq+1))
		data = data[:0]
		for range frames {
			seq++
			data = spool.AppendFrame(data, spool.Record{Seq: seq, At: start.Add(time.Duration(seq) * time.Second), Sealed: sealed})
		}
		if err := os.WriteFile(name, data, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return seq
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestMemoryDoesNotGrowWithTheSpool has a row of 5,000 segments with 500,000 batches, whose entries alone
// would take 16 MB.
func TestMemoryDoesNotGrowWithTheSpool(t *testing.T) {
	const segments, frames, most = 5000, 100, 3 << 20
	dir := scratch(t)
	last := manySegments(t, dir, segments, frames, 30)
	before := heap()
	s, gaps := open(t, dir, spool.Options{SegmentBytes: 6000})
	if seq, _ := s.Head(); seq != last || gaps != nil {
		t.Fatalf("head %d, gaps %v", seq, gaps)
	}
	opened := heap() - before
	for seq := uint64(1); seq <= last; seq += frames / 2 { // twice in each segment, as on the way to the collector
		if r, ok := s.Next(seq - 1); !ok || r.Seq != seq {
			t.Fatalf("got batch %d, want %d", r.Seq, seq)
		}
	}
	read := heap() - before
	t.Logf("%d batches in %d segments: %d KiB after opening, %d KiB after reading", last, segments, opened>>10, read>>10)
	if opened > most || read > most {
		t.Errorf("want at most %d KiB", most>>10)
	}
}

// BenchmarkOpen opens a spool at its default bound, of which nothing was received and everything is checked.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	manySegments(b, dir, 512, 1680, 600)
	b.SetBytes(512 * 1680 * 624)
	for b.Loop() {
		s, gaps, err := spool.Open(dir, spool.Options{})
		if err != nil || gaps != nil {
			b.Fatal(gaps, err)
		}
		s.Close()
	}
}

func BenchmarkOpenReceived(b *testing.B) {
	dir := b.TempDir()
	last := manySegments(b, dir, 512, 1680, 600)
	s, _, err := spool.Open(dir, spool.Options{KeepReceived: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	_, hash := s.Head()
	if err := s.Receive(last, hash); err != nil {
		b.Fatal(err)
	}
	s.Close()
	for b.Loop() {
		s, gaps, err := spool.Open(dir, spool.Options{KeepReceived: 1 << 30})
		if err != nil || gaps != nil {
			b.Fatal(gaps, err)
		}
		s.Close()
	}
}
