package spool_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/record"
)

func TestAGroupGoesOverSegments(t *testing.T) {
	dir := t.TempDir()
	opts := spool.Options{SegmentBytes: 300}
	s, _ := open(t, dir, opts)
	fill(t, s, 1, 2)
	changed := s.Changed()
	if n, dropped, err := s.Append(batches(3, 40)...); n != 38 || dropped != nil || err != nil {
		t.Fatalf("%d stored, dropped %v, %v", n, dropped, err)
	}
	<-changed
	if n := len(segments(t, dir)); n < 5 {
		t.Errorf("%d segments", n)
	}
	s.Close()
	s, gaps := open(t, dir, opts)
	if diff := cmp.Diff(numbers(1, 40), kept(t, s)); diff != "" || gaps != nil {
		t.Errorf("%s, gaps %v", diff, gaps)
	}
}

func TestAGroupIsStoredUpToWhatCannotBe(t *testing.T) {
	for _, c := range []struct {
		name   string
		bad    spool.Record
		stored int
		want   string
	}{
		{"number taken", batch(2), 3, "append batch 2 to spool"},
		{"empty", spool.Record{Seq: 4, At: start}, 3, "it has 0 bytes"},
		{"too large", spool.Record{Seq: 4, At: start, Sealed: make([]byte, record.MaxSealed+1)}, 3, "append batch 4 to spool"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := open(t, t.TempDir(), spool.Options{})
			n, _, err := s.Append(append(batches(1, 3), c.bad, batch(5))...)
			if n != c.stored || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%d stored, %v", n, err)
			}
			if diff := cmp.Diff(numbers(1, 3), kept(t, s)); diff != "" {
				t.Error(diff)
			}
			fill(t, s, 4, 5)
		})
	}
}

func TestHolesBetweenRecordsAreGapsAfterReopening(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir, spool.Options{})
	if n, _, err := s.Append(batch(1), batch(4), batch(5)); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	s.Close()
	s, gaps := open(t, dir, spool.Options{})
	if len(gaps) != 1 || gaps[0].First != 2 || gaps[0].Last != 3 {
		t.Errorf("gaps %v", gaps)
	}
	if diff := cmp.Diff([]uint64{1, 4, 5}, kept(t, s)); diff != "" {
		t.Error(diff)
	}
}

func TestAnAppendThatFailedLeavesNothingBehind(t *testing.T) {
	large := spool.Record{Seq: 4, At: batch(4).At, Sealed: bytes.Repeat([]byte{4}, 900)}
	for _, c := range []struct {
		name  string
		again spool.Record
	}{
		{"tried again in its place", batch(4)},
		{"tried again in a new segment", large},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			opts := spool.Options{SegmentBytes: 1000}
			s, _ := open(t, dir, opts)
			fill(t, s, 1, 3)
			s.FailSync(true)
			if n, _, err := s.Append(batches(4, 8)...); n != 0 || err == nil {
				t.Fatalf("%d stored, %v", n, err)
			}
			s.FailSync(false)
			if n, _, err := s.Append(c.again); n != 1 || err != nil {
				t.Fatalf("%d stored, %v", n, err)
			}
			s, gaps := open(t, copyDir(t, dir), opts)
			if seq, hash := s.Head(); seq != 4 || hash != record.HashOf(c.again.Sealed) || gaps != nil {
				t.Errorf("head %d %s, gaps %v", seq, hash, gaps)
			}
			if r, ok := s.Next(3); !ok || !bytes.Equal(r.Sealed, c.again.Sealed) {
				t.Errorf("batch 4 is %q", r.Sealed)
			}
		})
	}
}

func TestABatchDamagedMeanwhileIsPassedOverAndReported(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir, spool.Options{SegmentBytes: 300})
	fill(t, s, 1, 40)
	for _, path := range segments(t, dir)[1:3] {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data[30] ^= 4 // of its first batch
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list := kept(t, s)
	lost := fill(t, s, 41, 41)
	if len(list) != 38 || len(lost) != 2 {
		t.Fatalf("kept %v, lost %v", list, lost)
	}
	for _, g := range lost {
		if g.First != g.Last || slices.Contains(list, g.First) || g.Span.To.Before(g.Span.From) {
			t.Errorf("gap %v, kept %v", g, list)
		}
	}
	if more := fill(t, s, 42, 42); more != nil || len(kept(t, s)) != 40 {
		t.Errorf("reported twice: %v", more)
	}
}
