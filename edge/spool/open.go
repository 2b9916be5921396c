package spool

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Open opens the spool in dir, which it makes where there is none, and repairs what is broken. gaps says
// which batches were sealed and not received, and are no longer there. An error means that the
// directory itself cannot be used.
func Open(dir string, opts Options) (s *Spool, gaps []record.Gap, err error) {
	if opts.SegmentBytes <= 0 {
		opts.SegmentBytes = DefaultSegmentBytes
	}
	if opts.MaxBytes <= 0 {
		opts.MaxBytes = DefaultMaxBytes
	}
	opts.MaxBytes = max(opts.MaxBytes, 2*opts.SegmentBytes)
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("open spool: %w", err)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.seg")) // in order of names, which is that of numbers
	if err != nil {
		return nil, nil, fmt.Errorf("open spool %q: %w", dir, err)
	}
	s = &Spool{dir: dir, opts: opts, changed: make(chan struct{})}
	for i, path := range paths {
		g, err := s.load(path, i == len(paths)-1)
		if err != nil {
			return nil, nil, fmt.Errorf("open spool %q: %w", dir, err)
		}
		if g != nil {
			s.segments = append(s.segments, g)
		}
	}
	if err := s.locate(); err != nil {
		return nil, nil, fmt.Errorf("open spool %q: %w", dir, err)
	}
	gaps = s.missing()
	for _, g := range s.segments[:max(len(s.segments)-1, 0)] {
		g.entries = nil
	}
	return s, gaps, nil
}

// load reads one segment and repairs it; nil where nothing in it could be read.
func (s *Spool) load(path string, last bool) (*segment, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		s.opts.Logger.Error("a segment of the spool cannot be read and is set aside", "segment", path, "error", err)
		return nil, os.Rename(path, path+".damaged")
	}
	found, end, damaged := scan(data)
	torn := end < int64(len(data))
	switch {
	case damaged || torn && !last:
		s.opts.Logger.Error("a segment of the spool is damaged and is set aside", "segment", path, "saved batches", len(found))
		if data, err = salvage(path, data, found); err != nil {
			return nil, err
		}
		found, _, _ = scan(data)
	case torn:
		s.opts.Logger.Warn("the last write to the spool was not finished and is cut off", "segment", path, "bytes", int64(len(data))-end)
		if err := truncate(path, end); err != nil {
			return nil, err
		}
	}
	if len(found) == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		return nil, nil
	}
	g := &segment{path: path}
	for _, e := range found {
		g.add(e)
	}
	return g, nil
}

// salvage keeps the damaged content beside the segment and leaves in the segment what can be read.
func salvage(path string, data []byte, found []entry) ([]byte, error) {
	if err := writeFile(path+".damaged", data); err != nil {
		return nil, err
	}
	var good []byte
	for _, e := range found {
		good = append(good, data[e.offset:e.end()]...)
	}
	return good, writeFile(path, good)
}

func truncate(path string, size int64) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := file.Truncate(size); err != nil {
		return errors.Join(err, file.Close())
	}
	return errors.Join(file.Sync(), file.Close())
}

// locate finds the ends of the queue: the last batch sealed, and the last one received.
func (s *Spool) locate() error {
	received, ok := readPosition(s.dir)
	if a := s.active(); a != nil {
		last, err := a.read(a.last)
		if err != nil {
			return err
		}
		s.head = position{Seq: last.Seq, Hash: record.HashOf(last.Sealed)}
		if !ok { // which receipts came is lost: everything is sent again
			received.Seq = s.segments[0].first.seq - 1
		}
	}
	s.received = received
	if received.Seq > s.head.Seq {
		s.head = received
	}
	return nil
}

// missing finds the numbers without a batch between the last one received and the last one sealed.
func (s *Spool) missing() (gaps []record.Gap) {
	before := entry{seq: s.received.Seq}
	for _, g := range s.segments {
		for _, e := range g.entries {
			if e.seq > before.seq+1 && e.seq > s.received.Seq {
				if before.at == 0 {
					before.at = e.at
				}
				gaps = append(gaps, record.Gap{
					First: before.seq + 1,
					Last:  e.seq - 1,
					Span:  record.Span{From: time.UnixMilli(before.at).UTC(), To: time.UnixMilli(e.at).UTC()},
					Why:   "not in the spool any more: damaged, or dropped when it was full",
				})
			}
			if e.seq >= before.seq {
				before = e
			}
		}
	}
	return gaps
}
