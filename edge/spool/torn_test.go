package spool_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/record"
)

// TestATornTailIsCutWhereverThePowerWent has a spool that was not closed, as a power cut leaves it.
func TestATornTailIsCutWhereverThePowerWent(t *testing.T) {
	running := t.TempDir()
	opts := spool.Options{SegmentBytes: 400}
	s, _ := open(t, running, opts)
	fill(t, s, 1, 6)
	whole, err := os.ReadFile(segments(t, running)[0])
	if err != nil || len(whole) != 400 {
		t.Fatalf("%d bytes, %v; want room prepared", len(whole), err)
	}
	for _, filler := range []string{"cut", "zeros", "garbage"} {
		for size := frames(5); size < frames(6); size++ {
			dir := copyDir(t, running)
			torn := bytes.Clone(whole[:size])
			switch filler {
			case "zeros":
				torn = append(torn, make([]byte, 400-size)...)
			case "garbage":
				torn = append(torn, bytes.Repeat([]byte{0x5A}, 400-size)...)
			}
			if err := os.WriteFile(segments(t, dir)[0], torn, 0o600); err != nil {
				t.Fatal(err)
			}
			s, gaps := open(t, dir, opts)
			if seq, hash := s.Head(); seq != 5 || hash != record.HashOf(content(5)) || gaps != nil {
				t.Fatalf("%s at %d: head %d %s, gaps %v", filler, size, seq, hash, gaps)
			}
			fill(t, s, 6, 8)
			s.Close()
			s, _ = open(t, dir, opts)
			if diff := cmp.Diff(numbers(1, 8), kept(t, s)); diff != "" {
				t.Fatalf("%s at %d: %s", filler, size, diff)
			}
			s.Close()
		}
	}
}
