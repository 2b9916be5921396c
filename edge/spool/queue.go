package spool

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Next is the first stored batch with a number over after; ok is false where there is none. A batch that
// cannot be read any more is passed over: reopening reports it as a gap.
func (s *Spool) Next(after uint64) (r Record, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.segments {
		if g.size == 0 || g.last.seq <= after {
			s.forget(g)
			continue
		}
		if err := g.index(); err != nil {
			s.opts.Logger.Error("a segment of the spool cannot be read", "segment", g.path, "error", err)
			continue
		}
		i, _ := slices.BinarySearchFunc(g.entries, after+1, compareSeq)
		for _, e := range g.entries[i:] {
			r, err := g.read(e)
			if err == nil {
				return r, true
			}
			s.opts.Logger.Error("a batch of the spool cannot be read", "batch", e.seq, "error", err)
		}
	}
	return Record{}, false
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

// forget saves the memory for the entries of a segment that was read through.
func (s *Spool) forget(g *segment) {
	if g != s.active() {
		g.entries = nil
	}
}

// Receive takes a receipt: every batch up to seq is with the collector, and hash is that of batch seq.
// Segments that hold nothing else are deleted. A receipt that is older than the last changes nothing.
func (s *Spool) Receive(seq uint64, hash record.Hash) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seq <= s.received.Seq {
		return nil
	}
	if seq > s.head.Seq {
		return fmt.Errorf("receipt for batch %d, but the last is %d: %w", seq, s.head.Seq, ErrUnsent)
	}
	own, known := s.hash(seq)
	if !known {
		return nil // it was let go of; a later receipt will tell as much
	}
	if own != hash {
		return fmt.Errorf("receipt for batch %d: %w", seq, ErrHash)
	}
	next := position{Seq: seq, Hash: hash}
	if err := next.write(s.dir); err != nil {
		return fmt.Errorf("keep the receipt for batch %d: %w", seq, err)
	}
	s.received = next
	for len(s.segments) > 1 && s.segments[0].last.seq <= seq {
		s.remove()
	}
	s.broadcast()
	return nil
}

func (s *Spool) hash(seq uint64) (h record.Hash, known bool) {
	if seq == s.head.Seq {
		return s.head.Hash, true
	}
	for _, g := range s.segments {
		if seq < g.first.seq || seq > g.last.seq {
			continue
		}
		if err := g.index(); err != nil {
			return h, false
		}
		i, found := slices.BinarySearchFunc(g.entries, seq, compareSeq)
		if !found {
			return h, false
		}
		r, err := g.read(g.entries[i])
		return record.HashOf(r.Sealed), err == nil
	}
	return h, false
}

// dropOldest gives up the oldest segment and says what was lost by it.
func (s *Spool) dropOldest(why string) []record.Gap {
	g := s.segments[0]
	s.remove()
	if g.last.seq <= s.received.Seq {
		return nil
	}
	s.opts.Logger.Error("batches were dropped before they were received", "first", g.first.seq, "last", g.last.seq, "why", why)
	return []record.Gap{{
		First: max(g.first.seq, s.received.Seq+1),
		Last:  g.last.seq,
		Span:  record.Span{From: time.UnixMilli(g.first.at).UTC(), To: time.UnixMilli(g.last.at).UTC()},
		Why:   why,
	}}
}

// remove deletes the oldest segment. One that cannot be deleted comes back at the next Open, no harm done.
func (s *Spool) remove() {
	if err := os.Remove(s.segments[0].path); err != nil {
		s.opts.Logger.Warn("delete a segment of the spool", "error", err)
	}
	s.segments = slices.Delete(s.segments, 0, 1)
}
