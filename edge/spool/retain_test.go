package spool_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/record"
)

func TestReceivedSegmentsAreKeptUpToASize(t *testing.T) {
	for _, c := range []struct {
		name string
		keep int64
		want int // segments, the last included
	}{
		{"by default", 0, 10},
		{"none", -1, 1},
		{"two", 650, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			s, _ := open(t, dir, spool.Options{SegmentBytes: 300, KeepReceived: c.keep, MaxBytes: 3000})
			fill(t, s, 1, 70)
			receive(t, s, 70)
			if got := len(segments(t, dir)); got != c.want {
				t.Errorf("%d segments, want %d", got, c.want)
			}
			if n := len(kept(t, s)); n != 0 || s.Len() != 0 {
				t.Errorf("%d are given again, %d wait", n, s.Len())
			}
		})
	}
}

func TestReceivedSegmentsGoFirstWhenTheSpoolIsFull(t *testing.T) {
	dir := t.TempDir()
	opts := spool.Options{SegmentBytes: 300, MaxBytes: 1500}
	s, _ := open(t, dir, opts)
	fill(t, s, 1, 20)
	receive(t, s, 20)
	if lost := fill(t, s, 21, 35); lost != nil || s.Bytes() > 1500 {
		t.Errorf("lost %v, %d bytes", lost, s.Bytes())
	}
	s, gaps := open(t, copyDir(t, dir), opts) // the power goes
	if gaps != nil || s.Received() < 15 {
		t.Errorf("received %d, gaps %v", s.Received(), gaps)
	}
}

func TestWhatTheLedgerHasIsDroppedWithoutAGap(t *testing.T) {
	dir := t.TempDir()
	opts := spool.Options{SegmentBytes: 300, MaxBytes: 1200}
	s, _ := open(t, dir, opts)
	fill(t, s, 1, 10)
	receive(t, s, 2)
	changed := s.Changed()
	s.Stored(9)
	<-changed
	if s.StoredSeq() != 9 || s.Received() != 2 {
		t.Errorf("stored %d, received %d", s.StoredSeq(), s.Received())
	}
	s.Stored(4)
	s.Stored(99)
	if s.StoredSeq() != 10 {
		t.Errorf("stored %d, want the head at most", s.StoredSeq())
	}
	lost := fill(t, s, 11, 60)
	if len(lost) == 0 || lost[0].First != 11 || !lost[0].Span.From.Equal(batch(11).At) {
		t.Errorf("lost %v, want from 11 on", lost)
	}
	if s.Received() != 2 {
		t.Errorf("received %d", s.Received())
	}
	s, gaps := open(t, copyDir(t, dir), opts)
	if len(gaps) != 1 || gaps[0].First != 11 || gaps[0].Last != lost[len(lost)-1].Last {
		t.Errorf("after a power cut: %v, dropped before: %v", gaps, lost)
	}
}

func TestTheStoredMarkIsNeverUnderTheReceivedOne(t *testing.T) {
	s, _ := open(t, t.TempDir(), spool.Options{})
	fill(t, s, 1, 8)
	s.Stored(3)
	receive(t, s, 5)
	if got := s.StoredSeq(); got != 5 {
		t.Errorf("stored %d", got)
	}
	s.Rewind(2)
	if got := s.StoredSeq(); got != 2 {
		t.Errorf("after a rewind: stored %d", got)
	}
}

func TestTheLastBatchSurvivesItsReceipt(t *testing.T) {
	dir := t.TempDir()
	opts := spool.Options{SegmentBytes: 60, KeepReceived: -1, MaxBytes: 120}
	s, _ := open(t, dir, opts)
	for seq := uint64(1); seq <= 20; seq++ {
		fill(t, s, seq, seq)
		receive(t, s, seq)
		again, gaps := open(t, copyDir(t, dir), opts)
		if got, hash := again.Head(); got != seq || hash != record.HashOf(content(seq)) || gaps != nil {
			t.Fatalf("head %d %s after batch %d, gaps %v", got, hash, seq, gaps)
		}
		again.Close()
	}
	if diff := cmp.Diff(1, len(segments(t, dir))); diff != "" {
		t.Error(diff)
	}
}
