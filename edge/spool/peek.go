package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Summary is what a spool's files say, without opening it.
type Summary struct {
	Sealed     uint64    // last batch sealed; 0: none yet
	Received   uint64    // last batch with a receipt; of a running agent as old as PositionEvery
	ReceivedAt time.Time // when that was written, by the file's date; zero: none yet
	Oldest     time.Time // when the oldest batch without a receipt was sealed; zero: none waits
	Bytes      int64     // of all segments, prepared room included
}

// Waiting is how many batches have no receipt.
func (s Summary) Waiting() uint64 { return s.Sealed - min(s.Received, s.Sealed) }

// Peek reads what there is in dir and changes nothing; it may be the spool of a running agent, of which
// it sees a moment. A folder that is not there is an empty spool.
func Peek(dir string) (Summary, error) {
	var s Summary
	p, ok := readPosition(dir)
	if !ok {
		return s, fmt.Errorf("spool %q: the file %s cannot be read or is damaged", dir, positionFile)
	}
	s.Received, s.Sealed = p.done.Seq, max(p.done.Seq, p.head.Seq)
	if info, err := os.Stat(filepath.Join(dir, positionFile)); err == nil && s.Received > 0 {
		s.ReceivedAt = info.ModTime()
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.seg")) // in order of numbers
	if err != nil {
		return s, fmt.Errorf("spool %q: %w", dir, err)
	}
	for i, path := range paths {
		if err := s.add(path, i+1 < len(paths) && passed(path, paths[i+1], s.Received)); err != nil {
			return s, fmt.Errorf("spool %q: %w", dir, err)
		}
	}
	return s, nil
}

// add takes a segment in; of one that was received only the size matters.
func (s *Summary) add(path string, received bool) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil // the agent has just let go of it
	}
	if err != nil {
		return err
	}
	s.Bytes += info.Size()
	if received {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	found, _, _, _ := scan(data, s.Received)
	if len(found) > 0 {
		s.Sealed = max(s.Sealed, found[len(found)-1].seq)
		if s.Oldest.IsZero() {
			s.Oldest = time.UnixMilli(found[0].at).UTC()
		}
	}
	return nil
}
