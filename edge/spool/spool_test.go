package spool_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/record"
)

var start = time.Date(2027, 2, 1, 6, 0, 0, 0, time.UTC)

func content(seq uint64) []byte {
	return fmt.Appendf(nil, "batch %d %s", seq, bytes.Repeat([]byte{byte(seq)}, int(seq%7)*5))
}

func batch(seq uint64) spool.Record {
	return spool.Record{Seq: seq, At: start.Add(time.Duration(seq) * 10 * time.Second), Sealed: content(seq)}
}

func batches(first, last uint64) (list []spool.Record) {
	for _, n := range numbers(first, last) {
		list = append(list, batch(n))
	}
	return list
}

func open(t *testing.T, dir string, opts spool.Options) (*spool.Spool, []record.Gap) {
	t.Helper()
	s, gaps, err := spool.Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, gaps
}

func fill(t *testing.T, s *spool.Spool, first, last uint64) (dropped []record.Gap) {
	t.Helper()
	for seq := first; seq <= last; seq++ {
		_, gaps, err := s.Append(batch(seq))
		if err != nil {
			t.Fatal(err)
		}
		dropped = append(dropped, gaps...)
	}
	return dropped
}

// kept lists what Next gives, and fails on a batch that is not as it was appended.
func kept(t *testing.T, s *spool.Spool) (list []uint64) {
	t.Helper()
	for after := s.Received(); ; {
		r, ok := s.Next(after)
		if !ok {
			return list
		}
		if !bytes.Equal(r.Sealed, content(r.Seq)) || !r.At.Equal(start.Add(time.Duration(r.Seq)*10*time.Second)) {
			t.Fatalf("batch %d came back as %q of %s", r.Seq, r.Sealed, r.At)
		}
		list = append(list, r.Seq)
		after = r.Seq
	}
}

func numbers(first, last uint64) (list []uint64) {
	for n := first; n <= last; n++ {
		list = append(list, n)
	}
	return list
}

// frames is the size of the first n batches in a segment.
func frames(n uint64) (size int) {
	for _, r := range batches(1, n) {
		size += 24 + len(r.Sealed)
	}
	return size
}

func segments(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("segments: %v, %v", paths, err)
	}
	return paths
}

func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestBatchesAreKeptInOrderOverSegmentsAndReopening(t *testing.T) {
	dir := t.TempDir()
	opts := spool.Options{SegmentBytes: 300}
	s, _ := open(t, dir, opts)
	fill(t, s, 1, 40)
	if n := len(segments(t, dir)); n < 5 {
		t.Fatalf("%d segments", n)
	}
	s.Close()
	s, gaps := open(t, dir, opts)
	if diff := cmp.Diff(numbers(1, 40), kept(t, s)); diff != "" || gaps != nil {
		t.Errorf("%s, gaps %v", diff, gaps)
	}
	fill(t, s, 41, 45)
	if seq, hash := s.Head(); seq != 45 || hash != record.HashOf(content(45)) {
		t.Errorf("head %d %s", seq, hash)
	}
	if diff := cmp.Diff(numbers(1, 45), kept(t, s)); diff != "" {
		t.Error(diff)
	}
	if n, _, err := s.Append(batch(45)); err == nil || n != 0 {
		t.Error("a number was taken twice")
	}
}

func TestAReceiptLetsGoOfWholeSegmentsButNeverOfTheLastBatch(t *testing.T) {
	dir := t.TempDir()
	opts := spool.Options{SegmentBytes: 300, KeepReceived: -1}
	s, _ := open(t, dir, opts)
	fill(t, s, 1, 40)
	before, changed := s.Bytes(), s.Changed()
	if err := s.Receive(30, record.HashOf(content(30))); err != nil {
		t.Fatal(err)
	}
	<-changed
	if s.Bytes() >= before || s.Len() != 10 {
		t.Errorf("%d of %d bytes, %d wait", s.Bytes(), before, s.Len())
	}
	if err := s.Receive(12, record.HashOf(content(12))); err != nil || s.Received() != 30 {
		t.Errorf("an older receipt: %v, received %d", err, s.Received())
	}
	if err := s.Receive(40, record.HashOf(content(40))); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s, gaps := open(t, dir, opts)
	if seq, hash := s.Head(); seq != 40 || hash != record.HashOf(content(40)) || s.Len() != 0 || gaps != nil {
		t.Errorf("head %d %s, %d wait, gaps %v", seq, hash, s.Len(), gaps)
	}
	if n := len(segments(t, dir)); n != 1 {
		t.Errorf("%d segments left", n)
	}
}

func TestAReceiptForSomethingElseIsRefused(t *testing.T) {
	s, _ := open(t, t.TempDir(), spool.Options{})
	fill(t, s, 1, 3)
	if err := s.Receive(2, record.HashOf(content(3))); !errors.Is(err, spool.ErrHash) {
		t.Errorf("another hash: %v", err)
	}
	if err := s.Receive(4, record.HashOf(content(4))); !errors.Is(err, spool.ErrUnsent) {
		t.Errorf("a batch of the future: %v", err)
	}
	if diff := cmp.Diff(numbers(1, 3), kept(t, s)); diff != "" {
		t.Error(diff)
	}
}

func TestABitFlipCostsOneBatchAndIsReported(t *testing.T) {
	whole := t.TempDir()
	opts := spool.Options{SegmentBytes: 400}
	s, _ := open(t, whole, opts)
	fill(t, s, 1, 4)
	s.Close()
	for at := frames(1); at < frames(2); at++ {
		dir := copyDir(t, whole)
		path := segments(t, dir)[0]
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data[at] ^= 1 << (at % 8)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s, gaps := open(t, dir, opts)
		want := []record.Gap{{
			First: 2, Last: 2, Span: record.Span{From: start.Add(10 * time.Second), To: start.Add(30 * time.Second)},
			Why: "not in the spool any more: damaged, or dropped when it was full",
		}}
		if diff := cmp.Diff(want, gaps); diff != "" {
			t.Fatalf("byte %d: %s", at, diff)
		}
		if diff := cmp.Diff([]uint64{1, 3, 4}, kept(t, s)); diff != "" {
			t.Fatalf("byte %d: %s", at, diff)
		}
		if aside, err := os.ReadFile(path + ".damaged"); err != nil || !bytes.Equal(aside, data) {
			t.Fatalf("byte %d: set aside: %v", at, err)
		}
		s.Close()
	}
}

func TestASegmentThatCannotBeReadAtAllDoesNotKeepTheAgentFromStarting(t *testing.T) {
	dir := t.TempDir()
	opts := spool.Options{SegmentBytes: 300}
	s, _ := open(t, dir, opts)
	fill(t, s, 1, 40)
	s.Close()
	paths := segments(t, dir)
	if err := os.WriteFile(paths[1], bytes.Repeat([]byte{0xFF}, 300), 0o600); err != nil {
		t.Fatal(err)
	}
	s, gaps := open(t, dir, opts)
	if len(gaps) != 1 || len(kept(t, s))+int(gaps[0].Last-gaps[0].First+1) != 40 {
		t.Fatalf("gaps %v", gaps)
	}
	if seq, _ := s.Head(); seq != 40 {
		t.Errorf("head %d", seq)
	}
}

func TestAFullSpoolDropsItsOldestAndSaysSo(t *testing.T) {
	dir := t.TempDir()
	opts := spool.Options{SegmentBytes: 300, MaxBytes: 1200}
	s, _ := open(t, dir, opts)
	fill(t, s, 1, 3)
	if err := s.Receive(2, record.HashOf(content(2))); err != nil {
		t.Fatal(err)
	}
	dropped := fill(t, s, 4, 60)
	next := uint64(3)
	for _, g := range dropped {
		if g.First != next || g.Last < g.First || g.Why != "the spool was full" {
			t.Fatalf("dropped %+v, want from %d on", g, next)
		}
		next = g.Last + 1
	}
	if diff := cmp.Diff(numbers(next, 60), kept(t, s)); diff != "" || next == 3 {
		t.Errorf("after the gaps up to %d: %s", next-1, diff)
	}
	if s.Bytes() > 1200 {
		t.Errorf("%d bytes", s.Bytes())
	}
	s.Close()
	_, gaps := open(t, dir, opts)
	if len(gaps) != 1 || gaps[0].First != 3 || gaps[0].Last != next-1 {
		t.Errorf("after reopening: %v", gaps)
	}
}

func TestALostPositionSendsAgainAndReportsNoGap(t *testing.T) {
	dir := t.TempDir()
	opts := spool.Options{SegmentBytes: 300}
	s, _ := open(t, dir, opts)
	fill(t, s, 1, 40)
	if err := s.Receive(33, record.HashOf(content(33))); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if err := os.WriteFile(filepath.Join(dir, "received"), []byte("34 nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, gaps := open(t, dir, opts)
	if list := kept(t, s); gaps != nil || list[0] > 34 || list[len(list)-1] != 40 {
		t.Errorf("kept %v, gaps %v", list, gaps)
	}
}

func TestAWriteThatFailsCanBeTriedAgain(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir, spool.Options{SegmentBytes: 60})
	fill(t, s, 1, 1)
	moved := dir + "-away"
	if err := os.Rename(dir, moved); err != nil { // the next batch needs a new segment there
		t.Fatal(err)
	}
	if n, _, err := s.Append(spool.Record{Seq: 2, At: start, Sealed: bytes.Repeat([]byte{2}, 60)}); err == nil || n != 0 {
		t.Fatal("stored in a directory that is gone")
	}
	if err := os.Rename(moved, dir); err != nil {
		t.Fatal(err)
	}
	fill(t, s, 2, 4)
	if diff := cmp.Diff(numbers(1, 4), kept(t, s)); diff != "" {
		t.Error(diff)
	}
}
