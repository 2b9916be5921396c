package spool_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/record"
)

// sealedLine is a spool of really sealed batches and what is needed to judge it.
type sealedLine struct {
	dir      string
	opts     spool.Options
	key      ed25519.PrivateKey
	keys     record.Keyring
	batches  []spool.Record // 1, 2, 3, ...
	sealed   map[uint64]spool.Record
	verified map[string]bool
}

// newSealedLine seals n batches and stores them; the spool is not closed. One is received when it was stored.
func newSealedLine(t *testing.T, n, received uint64, opts spool.Options) *sealedLine {
	t.Helper()
	l := &sealedLine{
		dir: t.TempDir(), opts: opts, key: ed25519.NewKeyFromSeed(make([]byte, 32)), keys: record.Keyring{},
		sealed: map[uint64]spool.Record{}, verified: map[string]bool{},
	}
	l.keys.Add("g", l.key.Public().(ed25519.PublicKey))
	s, _ := open(t, l.dir, opts)
	for range n {
		r := l.next(t, s)
		if _, _, err := s.Append(r); err != nil {
			t.Fatal(err)
		}
		l.batches = append(l.batches, r)
		if r.Seq != received {
			continue
		}
		if err := s.Receive(received, record.HashOf(r.Sealed)); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// next is the batch after the spool's head, sealed once.
func (l *sealedLine) next(t *testing.T, s *spool.Spool) spool.Record {
	t.Helper()
	seq, prev := s.Head()
	if r, ok := l.sealed[seq]; ok {
		return r
	}
	at := start.Add(time.Duration(seq) * 10 * time.Second)
	b := record.Batch{
		Gateway: "g", Seq: seq + 1, Prev: prev, Clock: record.Clock{State: record.ClockSynchronised}, SealedAt: at,
		Observed: []record.Observed{{Device: "press", Spans: []record.Span{{From: at.Add(-10 * time.Second), To: at}}, Polls: 10}},
	}
	random := rand.New(rand.NewPCG(seq, 7))
	for i := range 40 {
		b.Readings = append(b.Readings, record.Reading{
			Signal: fmt.Sprintf("press/signal_%d", i%8), Time: at.Add(time.Duration(i/8-10) * time.Second),
			Value: record.FloatValue(random.Float64()), Quality: record.Good,
		})
	}
	sealed, err := record.Seal(b, l.key)
	if err != nil {
		t.Fatal(err)
	}
	l.sealed[seq] = spool.Record{Seq: seq + 1, At: at, Sealed: sealed}
	return l.sealed[seq]
}

// survives opens a damaged spool, appends to it, and checks that nothing is lost in silence, nothing given
// twice, and nothing given that does not verify. atLeast is where the head must not fall behind.
func (l *sealedLine) survives(t *testing.T, dir string, atLeast uint64) error {
	t.Helper()
	s, gaps, err := spool.Open(dir, l.opts)
	if err != nil {
		return err
	}
	defer s.Close()
	head, hash := s.Head()
	if head < atLeast || hash != record.HashOf(l.batches[head-1].Sealed) {
		return fmt.Errorf("head %d, want at least %d, and its hash", head, atLeast)
	}
	next := l.next(t, s)
	n, more, err := s.Append(next)
	if n != 1 || err != nil {
		return err
	}
	if err := l.accounts(s, append(gaps, more...), next.Seq); err != nil || s.Received() == 0 {
		return err
	}
	if err := l.accounts(s, s.Rewind(0), next.Seq); err != nil {
		return fmt.Errorf("after a rewind: %w", err)
	}
	return nil
}

// accounts checks that each number after the last received is given once or reported, and at most one is
// reported: one damage costs one batch.
func (l *sealedLine) accounts(s *spool.Spool, gaps []record.Gap, last uint64) error {
	told := map[uint64]bool{}
	for _, g := range gaps {
		for seq := g.First; seq <= g.Last; seq++ {
			told[seq] = true
		}
	}
	given := map[uint64]bool{}
	for after := s.Received(); ; {
		r, ok := s.Next(after)
		if !ok {
			break
		}
		if r.Seq <= after || told[r.Seq] {
			return fmt.Errorf("batch %d is given after %d; lost by what was reported: %v", r.Seq, after, told[r.Seq])
		}
		if err := l.verify(r); err != nil {
			return err
		}
		given[r.Seq], after = true, r.Seq
	}
	for seq := s.Received() + 1; seq <= last; seq++ {
		if !given[seq] && !told[seq] {
			return fmt.Errorf("batch %d is gone without a gap; received %d, gaps %v", seq, s.Received(), gaps)
		}
	}
	if !given[last] || len(told) > 1 {
		return fmt.Errorf("the last batch is given: %v; reported as lost: %v", given[last], told)
	}
	return nil
}

// verify opens a batch; the same bytes only once.
func (l *sealedLine) verify(r spool.Record) error {
	if l.verified[string(r.Sealed)] {
		return nil
	}
	b, err := record.Open(r.Sealed, l.keys)
	if err != nil || b.Seq != r.Seq || !b.SealedAt.Equal(r.At) {
		return fmt.Errorf("batch %d of %s, given as %d of %s: %w", b.Seq, b.SealedAt, r.Seq, r.At, err)
	}
	l.verified[string(r.Sealed)] = true
	return nil
}

// put makes dir hold the given files and nothing else.
func put(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if _, ok := files[f.Name()]; !ok {
			if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func take(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if files[f.Name()], err = os.ReadFile(filepath.Join(dir, f.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// scratch is a directory for many small writes.
func scratch(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(memory(t), "spool-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// TestACutAtEveryByteOfTheLastSegment cuts the power while the last segment is written: behind the cut is
// nothing, the room that was prepared, or what a card makes of a block that it did not finish.
func TestACutAtEveryByteOfTheLastSegment(t *testing.T) {
	l := newSealedLine(t, 12, 3, spool.Options{SegmentBytes: 5000})
	files, paths := take(t, l.dir), segments(t, l.dir)
	last := filepath.Base(paths[len(paths)-1])
	whole := files[last]
	size, first := 0, uint64(len(l.batches))+1
	for n := len(bytes.TrimRight(whole, "\x00")); size < n; first-- {
		size += 24 + len(l.batches[first-2].Sealed)
	}
	if len(paths) < 2 || len(l.batches)-int(first) < 2 {
		t.Fatalf("%d segments, the last from batch %d on", len(paths), first)
	}
	random, dir := rand.New(rand.NewPCG(1, 2)), scratch(t)
	for cut := range size + 1 {
		kept, end := first-1, 0
		for ; kept < uint64(len(l.batches)) && end+24+len(l.batches[kept].Sealed) <= cut; kept++ {
			end += 24 + len(l.batches[kept].Sealed)
		}
		garbage := bytes.Clone(whole)
		for i := cut; i < len(garbage); i++ {
			garbage[i] = byte(random.Uint32())
		}
		if cut < size && garbage[cut] == whole[cut] {
			garbage[cut]++ // a byte that came out right would be no cut
		}
		zeros := append(bytes.Clone(whole[:cut]), make([]byte, len(whole)-cut)...)
		for name, content := range map[string][]byte{"cut": whole[:cut], "zeros": zeros, "garbage": garbage} {
			files[last] = content
			put(t, dir, files)
			if err := l.survives(t, dir, kept); err != nil {
				t.Fatalf("%s at byte %d: %v", name, cut, err)
			}
		}
	}
	t.Logf("3 x %d cuts over %d batches of about %d bytes", size+1, uint64(len(l.batches))-first+1, len(whole)/(len(l.batches)-int(first)+1))
}

// TestTenThousandBitFlips flips one bit anywhere in the directory each time.
func TestTenThousandBitFlips(t *testing.T) {
	const flips = 10_000
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	l := newSealedLine(t, 9, 4, spool.Options{SegmentBytes: 3000})
	s, _ := open(t, l.dir, l.opts)
	s.Close() // so that the position tells of the last batch
	files, dir := take(t, l.dir), scratch(t)
	var names []string
	total := 0
	for name, content := range files {
		names, total = append(names, name), total+len(content)
	}
	for range flips {
		at, name := random.IntN(total), ""
		for _, name = range names {
			if at < len(files[name]) {
				break
			}
			at -= len(files[name])
		}
		bit := byte(1) << random.IntN(8)
		files[name][at] ^= bit
		put(t, dir, files)
		if err := l.survives(t, dir, 9); err != nil {
			t.Fatalf("bit %08b of byte %d of %s: %v", bit, at, name, err)
		}
		files[name][at] ^= bit
	}
}
