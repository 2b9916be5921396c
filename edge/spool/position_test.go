package spool_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/record"
)

func receive(t *testing.T, s *spool.Spool, seq uint64) {
	t.Helper()
	if err := s.Receive(seq, record.HashOf(content(seq))); err != nil {
		t.Fatal(err)
	}
}

func TestThePositionIsWrittenSeldom(t *testing.T) {
	dir, now := t.TempDir(), start
	s, _ := open(t, dir, spool.Options{Now: func() time.Time { return now }})
	fill(t, s, 1, 9)
	for _, c := range []struct {
		name  string
		after time.Duration
		seq   uint64
		want  uint64 // on disk
	}{
		{"the first", 0, 1, 1},
		{"soon after", 9 * time.Minute, 2, 1},
		{"ten minutes after", time.Minute, 3, 3},
		{"soon after again", 9 * time.Minute, 4, 3},
		{"the clock went back", -time.Hour, 5, 5},
	} {
		now = now.Add(c.after)
		receive(t, s, c.seq)
		if got, err := spool.Peek(dir); err != nil || got.Received != c.want || s.Received() != c.seq {
			t.Errorf("%s: %d on disk, want %d (%v)", c.name, got.Received, c.want, err)
		}
	}
	receive(t, s, 6)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := spool.Peek(dir); err != nil || got.Received != 6 {
		t.Errorf("after closing: %d (%v)", got.Received, err)
	}
}

// TestAStalePositionSendsAgainAndReportsNoGap cuts the power after each receipt and each batch.
func TestAStalePositionSendsAgainAndReportsNoGap(t *testing.T) {
	dir := t.TempDir()
	opts := spool.Options{SegmentBytes: 300, KeepReceived: 600, Now: func() time.Time { return start }}
	s, _ := open(t, dir, opts)
	stale := 0
	for seq := uint64(1); seq <= 60; seq++ {
		fill(t, s, seq, seq)
		if seq > 3 {
			receive(t, s, seq-3)
		}
		again, gaps := open(t, copyDir(t, dir), opts)
		if gaps != nil || again.Received() > s.Received() {
			t.Fatalf("at batch %d: received %d of %d, gaps %v", seq, again.Received(), s.Received(), gaps)
		}
		if diff := cmp.Diff(numbers(again.Received()+1, seq), kept(t, again)); diff != "" {
			t.Fatalf("at batch %d: %s", seq, diff)
		}
		if again.Received() < s.Received() {
			stale++
		}
		again.Close()
	}
	if stale < 40 || len(segments(t, dir)) > 4 {
		t.Errorf("%d stale positions, %d segments", stale, len(segments(t, dir)))
	}
}

func TestADamagedLastBatchDoesNotGiveItsNumberAwayAgain(t *testing.T) {
	dir := t.TempDir()
	opts := spool.Options{SegmentBytes: 400, Now: func() time.Time { return start.Add(time.Hour) }}
	s, _ := open(t, dir, opts)
	fill(t, s, 1, 4)
	s.Close()
	path := segments(t, dir)[0]
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[frames(4)-1] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s, gaps := open(t, dir, opts)
	if seq, hash := s.Head(); seq != 4 || hash != record.HashOf(content(4)) {
		t.Errorf("head %d %s", seq, hash)
	}
	if len(gaps) != 1 || gaps[0].First != 4 || gaps[0].Last != 4 || !gaps[0].Span.To.Equal(start.Add(time.Hour)) {
		t.Errorf("gaps %v", gaps)
	}
	fill(t, s, 5, 6)
	if diff := cmp.Diff([]uint64{1, 2, 3, 5, 6}, kept(t, s)); diff != "" {
		t.Error(diff)
	}
}

func TestAPositionOfOneLineIsUnderstood(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir, spool.Options{})
	fill(t, s, 1, 4)
	receive(t, s, 3)
	s.Close()
	path := filepath.Join(dir, "received")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range data {
		if c == '\n' {
			data = data[:i+1]
			break
		}
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s, gaps := open(t, dir, spool.Options{})
	if seq, _ := s.Head(); seq != 4 || s.Received() != 3 || gaps != nil {
		t.Errorf("head %d, received %d, gaps %v", seq, s.Received(), gaps)
	}
}
