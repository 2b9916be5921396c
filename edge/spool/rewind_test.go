package spool_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/record"
)

func TestARewindGivesAgainWhatIsKept(t *testing.T) {
	for _, reopened := range []bool{false, true} {
		dir := t.TempDir()
		opts := spool.Options{SegmentBytes: 300, KeepReceived: 900}
		s, _ := open(t, dir, opts)
		fill(t, s, 1, 60)
		receive(t, s, 58)
		if reopened {
			s.Close()
			s, _ = open(t, dir, opts)
		}
		changed := s.Changed()
		gaps := s.Rewind(4)
		<-changed
		if len(gaps) != 1 || gaps[0].First != 5 || gaps[0].Why == "" || s.Received() != 4 {
			t.Fatalf("gaps %v, received %d", gaps, s.Received())
		}
		first := gaps[0].Last + 1
		if diff := cmp.Diff(numbers(first, 60), kept(t, s)); diff != "" || first > 45 {
			t.Errorf("from %d on: %s", first, diff)
		}
		s, gaps = open(t, copyDir(t, dir), opts) // the power goes
		if s.Received() != 4 || len(gaps) != 1 || gaps[0].First != 5 || gaps[0].Last != first-1 {
			t.Errorf("after reopening: received %d, gaps %v", s.Received(), gaps)
		}
		receive(t, s, 59)
		fill(t, s, 61, 62)
		if diff := cmp.Diff(numbers(60, 62), kept(t, s)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestARewindWithinWhatIsKeptHasNoGap(t *testing.T) {
	dir := t.TempDir()
	opts := spool.Options{SegmentBytes: 300}
	s, _ := open(t, dir, opts)
	fill(t, s, 1, 30)
	receive(t, s, 30)
	if gaps := s.Rewind(30); gaps != nil || s.Received() != 30 {
		t.Errorf("to where it is: %v", gaps)
	}
	for _, seq := range []uint64{21, 7, 0} {
		if gaps := s.Rewind(seq); gaps != nil {
			t.Errorf("to %d: %v", seq, gaps)
		}
		if diff := cmp.Diff(numbers(seq+1, 30), kept(t, s)); diff != "" {
			t.Errorf("to %d: %s", seq, diff)
		}
	}
	receive(t, s, 12)
	s, gaps := open(t, copyDir(t, dir), opts)
	if gaps != nil || s.Received() > 12 {
		t.Errorf("received %d, gaps %v", s.Received(), gaps)
	}
}

func TestARewindFindsWhatIsDamaged(t *testing.T) {
	dir := t.TempDir()
	opts := spool.Options{SegmentBytes: 300}
	s, _ := open(t, dir, opts)
	fill(t, s, 1, 40)
	receive(t, s, 40)
	s.Close()
	paths := segments(t, dir)
	if err := os.WriteFile(paths[1], []byte("nothing of a batch"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, gaps := open(t, dir, opts)
	if gaps != nil {
		t.Fatalf("of what was received: %v", gaps)
	}
	gaps = s.Rewind(2)
	if len(gaps) != 1 || len(kept(t, s))+int(gaps[0].Last-gaps[0].First+1) != 38 {
		t.Errorf("kept %v, gaps %v", kept(t, s), gaps)
	}
	if _, err := os.Stat(paths[1] + ".damaged"); err != nil {
		t.Error(err)
	}
}

func TestARewindBehindEverythingKeepsTheChain(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir, spool.Options{SegmentBytes: 300, KeepReceived: -1})
	fill(t, s, 1, 40)
	receive(t, s, 40)
	s.Rewind(3)
	s.Close()
	for _, path := range segments(t, dir) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	s, gaps := open(t, dir, spool.Options{})
	if seq, hash := s.Head(); seq != 40 || hash != record.HashOf(content(40)) || s.Received() != 3 {
		t.Errorf("head %d %s, received %d", seq, hash, s.Received())
	}
	if len(gaps) != 1 || gaps[0].First != 4 || gaps[0].Last != 40 {
		t.Errorf("gaps %v", gaps)
	}
}
