package spool

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/lineproof/lineproof/internal/durable"
	"github.com/lineproof/lineproof/record"
)

// Open opens the spool in dir, which it makes where there is none, and repairs what is broken. gaps says
// which batches were sealed and not received, and are no longer there. An error means that the
// directory itself cannot be used.
//
// What was not received is read and checked, one segment after the other. Segments that were received are
// only looked into when a Rewind needs them.
func Open(dir string, opts Options) (s *Spool, gaps []record.Gap, err error) {
	if err := durable.MkdirAll(dir); err != nil {
		return nil, nil, fmt.Errorf("open spool: %w", err)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.seg")) // in order of names, which is that of numbers
	if err != nil {
		return nil, nil, fmt.Errorf("open spool %q: %w", dir, err)
	}
	s = &Spool{dir: dir, opts: opts.withDefaults(), sync: syncData, changed: make(chan struct{})}
	before, known := readPosition(dir)
	s.written = before
	h := holes{seq: before.done.Seq}
	for i, path := range paths {
		if known && i+1 < len(paths) && s.passBy(path, paths[i+1], before.done.Seq) {
			continue
		}
		g := s.load(path, s.lastSeq(), i == len(paths)-1)
		if g == nil {
			continue
		}
		if !known { // which receipts came is lost: everything is sent again
			known, before.done, h.seq = true, position{Seq: g.first.seq - 1}, g.first.seq-1
			s.written.done.Seq = ^uint64(0)
		}
		h.pass(g.entries)
		g.entries = nil
		s.segments = append(s.segments, g)
	}
	s.received = before.done
	s.findHead(before)
	h.end(s.head.Seq, max(h.at, s.opts.Now().UnixMilli()))
	s.tidy()
	return s, h.gaps, nil
}

func (o Options) withDefaults() Options {
	if o.SegmentBytes <= 0 {
		o.SegmentBytes = DefaultSegmentBytes
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	o.MaxBytes = max(o.MaxBytes, 2*o.SegmentBytes)
	if o.KeepReceived == 0 {
		o.KeepReceived = DefaultKeepReceived
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// passBy takes a segment unread where all in it was received.
func (s *Spool) passBy(path, next string, received uint64) bool {
	info, err := os.Stat(path)
	if err != nil || info.Size() == 0 || !passed(path, next, received) {
		return false
	}
	first, _ := named(path)
	behind, _ := named(next)
	s.segments = append(s.segments, &segment{
		path: path, held: info.Size(), unread: true, first: entry{seq: first}, last: entry{seq: behind - 1},
	})
	return true
}

// look reads a segment that was passed by. It is taken out where nothing in it can be read.
func (s *Spool) look(i int) {
	after := uint64(0)
	if i > 0 {
		after = s.segments[i-1].last.seq
	}
	g := s.load(s.segments[i].path, after, false)
	if g == nil {
		s.segments = append(s.segments[:i], s.segments[i+1:]...)
		return
	}
	g.entries = nil
	s.segments[i] = g
}

// findHead finds the last batch sealed: in the last segment where there is something, or in the file.
func (s *Spool) findHead(before places) {
	for s.active() != nil && s.active().unread {
		s.look(len(s.segments) - 1)
	}
	if a := s.active(); a != nil {
		s.index(a) // the last segment's entries stay
		s.head.Seq = a.last.seq
		if r, err := a.read(a.last); err == nil {
			s.head.Hash = record.HashOf(r.Sealed)
		}
	}
	for _, p := range []position{before.done, before.head} {
		if p.Seq > s.head.Seq {
			s.head = p
		}
	}
}

// lastSeq is the number of the last batch in a segment so far.
func (s *Spool) lastSeq() uint64 {
	if a := s.active(); a != nil {
		return a.last.seq
	}
	return 0
}
