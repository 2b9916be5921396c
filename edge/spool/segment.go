package spool

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// segment is one file of frames in order of their numbers.
type segment struct {
	path        string
	first, last entry
	count       int   // of frames
	size        int64 // of the frames
	held        int64 // of the file: zeros may follow the frames
	torn        bool  // something else than zeros may follow the frames
	unread      bool  // all received, and not looked into: first and last are what the names of files say
	entries     []entry
}

func segmentName(seq uint64) string { return fmt.Sprintf("%020d.seg", seq) }

// named is the number in a segment's name, which is at most that of its first batch.
func named(path string) (seq uint64, ok bool) {
	digits, ok := strings.CutSuffix(filepath.Base(path), ".seg")
	if !ok || len(digits) != 20 {
		return 0, false
	}
	seq, err := strconv.ParseUint(digits, 10, 64)
	return seq, err == nil
}

// passed tells by the names of a segment and of the next that all batches in it were received.
func passed(path, next string, received uint64) bool {
	first, ok := named(path)
	behind, ok2 := named(next)
	return ok && ok2 && 0 < first && first < behind && behind-1 <= received
}

func newSegment(path string, found []entry, held int64, torn bool) *segment {
	g := &segment{path: path, held: held, torn: torn}
	for _, e := range found {
		g.add(e)
	}
	return g
}

func (g *segment) add(e entry) {
	if g.first.seq == 0 {
		g.first = e
	}
	g.last, g.size, g.count = e, e.end(), g.count+1
	g.held = max(g.held, g.size)
	g.entries = append(g.entries, e)
}

// read gives the record of an entry, checked again.
func (g *segment) read(e entry) (Record, error) {
	file, err := os.Open(g.path)
	if err != nil {
		return Record{}, err
	}
	defer file.Close()
	frame := make([]byte, headerSize+e.length)
	if _, err := file.ReadAt(frame, e.offset); err != nil {
		return Record{}, fmt.Errorf("read batch %d of %s: %w", e.seq, g.path, err)
	}
	if again, ok := decodeFrame(frame); !ok || again.seq != e.seq {
		return Record{}, fmt.Errorf("read batch %d of %s: it is damaged", e.seq, g.path)
	}
	return Record{Seq: e.seq, At: time.UnixMilli(e.at).UTC(), Sealed: frame[headerSize:]}, nil
}

// index gives a segment's entries. Beside those of the last segment, which is appended to, only those of
// the segment that was read last stay in memory.
func (s *Spool) index(g *segment) []entry {
	if g.entries != nil || g.size == 0 && !g.unread {
		return g.entries
	}
	data, err := os.ReadFile(g.path)
	if err != nil {
		s.opts.Logger.Error("a segment of the spool cannot be read", "segment", g.path, "error", err)
	}
	found, _, _, _ := scan(data, g.first.seq-1)
	if s.reading != nil && s.reading != s.active() {
		s.reading.entries = nil
	}
	g.entries, s.reading = append([]entry{}, found...), g
	if len(found) < g.count {
		s.meet(g)
	}
	return g.entries
}

// meet takes note of batches that were there when the spool was opened and cannot be read any more. The
// next Append reports them.
func (s *Spool) meet(g *segment) {
	g.count = len(g.entries)
	h := holes{seq: max(g.first.seq-1, s.spare()), at: g.first.at}
	h.pass(g.entries)
	h.end(g.last.seq, g.last.at)
	s.met = append(s.met, h.gaps...)
}

func compareSeq(e entry, seq uint64) int {
	switch {
	case e.seq < seq:
		return -1
	case e.seq > seq:
		return 1
	}
	return 0
}

// lookup reads one batch; ok is false where it is not kept.
func (s *Spool) lookup(seq uint64) (r Record, ok bool) {
	at := s.segmentAfter(seq - 1)
	if at == len(s.segments) {
		return r, false
	}
	g := s.segments[at]
	i, found := slices.BinarySearchFunc(s.index(g), seq, compareSeq)
	if !found {
		return r, false
	}
	r, err := g.read(g.entries[i])
	return r, err == nil
}
