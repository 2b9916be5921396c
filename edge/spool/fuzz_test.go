package spool_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/lineproof/lineproof/edge/spool"
)

func FuzzOpen(f *testing.F) {
	dir := f.TempDir()
	s, _, err := spool.Open(dir, spool.Options{SegmentBytes: 300})
	if err != nil {
		f.Fatal(err)
	}
	if _, _, err := s.Append(batches(1, 3)...); err != nil {
		f.Fatal(err)
	}
	s.Close()
	data, err := os.ReadFile(filepath.Join(dir, "00000000000000000001.seg"))
	if err != nil {
		f.Fatal(err)
	}
	position, err := os.ReadFile(filepath.Join(dir, "received"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, []byte("2 abc 0\n"))
	f.Add(data, position)
	f.Fuzz(func(t *testing.T, segment, position []byte) {
		dir := t.TempDir()
		os.WriteFile(filepath.Join(dir, "00000000000000000001.seg"), segment, 0o600)
		os.WriteFile(filepath.Join(dir, "received"), position, 0o600)
		s, _, err := spool.Open(dir, spool.Options{SegmentBytes: 300})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		head, _ := s.Head()
		if head == ^uint64(0) {
			return
		}
		if _, _, err := s.Append(spool.Record{Seq: head + 1, At: start, Sealed: []byte("next")}); err != nil {
			t.Fatal(err)
		}
		if r, ok := s.Next(head); !ok || string(r.Sealed) != "next" {
			t.Fatalf("got %q, %v", r.Sealed, ok)
		}
		last := uint64(0)
		for _, g := range s.Rewind(0) {
			if g.First <= last || g.Last < g.First {
				t.Fatalf("gap %v after %d", g, last)
			}
			last = g.Last
		}
		for after := uint64(0); after < head+1; {
			r, ok := s.Next(after)
			if !ok || r.Seq <= after {
				t.Fatalf("after %d came %d, %v", after, r.Seq, ok)
			}
			after = r.Seq
		}
	})
}
