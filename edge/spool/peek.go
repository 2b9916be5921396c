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
	Received   uint64    // last batch with a receipt
	ReceivedAt time.Time // when that came, by the file's date; zero: none yet
	Oldest     time.Time // when the oldest batch without a receipt was sealed; zero: none waits
	Bytes      int64     // of all segments
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
	s.Received = p.Seq
	if info, err := os.Stat(filepath.Join(dir, positionFile)); err == nil {
		s.ReceivedAt = info.ModTime()
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.seg")) // in order of numbers
	if err != nil {
		return s, fmt.Errorf("spool %q: %w", dir, err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue // the agent has just let go of it
		}
		if err != nil {
			return s, fmt.Errorf("spool %q: %w", dir, err)
		}
		s.Bytes += int64(len(data))
		found, _, _ := scan(data)
		for _, e := range found {
			if e.seq > s.Received && s.Oldest.IsZero() {
				s.Oldest = time.UnixMilli(e.at).UTC()
			}
			s.Sealed = max(s.Sealed, e.seq)
		}
	}
	s.Sealed = max(s.Sealed, s.Received)
	return s, nil
}
