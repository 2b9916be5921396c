// Package spool keeps sealed batches on disk from the moment they are sealed until the collector's
// receipt for them has come.
//
// What it guarantees: when Append returns, the batch survives a power cut. Open always gives a working
// spool, whatever the last power cut left: a torn tail is cut off, a damaged segment is set aside with
// its readable batches saved, and every number that is missing is reported as a gap. The last batch is
// kept even when it was received, so that the chain goes on from it. A full spool lets go of its oldest
// segment and reports that as a gap too.
//
// It does not look into batches: signatures are the business of package record.
//
// # Files
//
// A segment is named by the sequence number of its first batch, 00000000000000000001.seg, and is a row
// of frames in big-endian order:
//
//	length   4 bytes, of the sealed batch
//	crc      4 bytes, CRC-32C of what follows
//	seq      8 bytes
//	at       8 bytes, Unix milliseconds of sealing
//	sealed   length bytes
//
// The file received holds the number and hash of the last batch that was received.
package spool

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/lineproof/lineproof/record"
)

// What Receive may answer.
var (
	ErrHash   = errors.New("the collector has another batch of this number")
	ErrUnsent = errors.New("the collector has a batch that was not sealed here")
)

// Defaults of Options.
const (
	DefaultSegmentBytes = 1 << 20
	DefaultMaxBytes     = 512 << 20
)

// Options sets the sizes of a spool; zero values take the defaults.
type Options struct {
	SegmentBytes int64 // a new segment is begun past this size
	MaxBytes     int64 // the oldest segment is dropped past this size of all; at least two segments
	Logger       *slog.Logger
}

// Record is one sealed batch as it is kept.
type Record struct {
	Seq    uint64
	At     time.Time // when it was sealed
	Sealed []byte
}

// Spool is a queue of sealed batches on disk. Its methods may be called from several goroutines.
type Spool struct {
	dir  string
	opts Options

	mu       sync.Mutex
	segments []*segment // oldest first; the last is the one appended to
	file     *os.File   // of the last segment; nil before the first Append
	head     position   // the last batch sealed
	received position   // the last batch with a receipt
	changed  chan struct{}
}

// Append stores a batch and returns when it is safe on disk. dropped says what had to be let go to make
// room. After an error nothing was stored, and the same batch may be tried again.
func (s *Spool) Append(seq uint64, at time.Time, sealed []byte) (dropped []record.Gap, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seq <= s.head.Seq {
		return nil, fmt.Errorf("append batch %d to spool %q: its last is %d", seq, s.dir, s.head.Seq)
	}
	frame := encodeFrame(seq, at, sealed)
	err = s.write(seq, frame)
	for errors.Is(err, syscall.ENOSPC) && len(s.segments) > 1 {
		dropped = append(dropped, s.dropOldest("the disk was full")...)
		err = s.write(seq, frame)
	}
	if err != nil {
		return dropped, fmt.Errorf("append batch %d to spool %q: %w", seq, s.dir, err)
	}
	s.active().add(entry{seq: seq, at: at.UnixMilli(), offset: s.active().size, length: len(sealed)})
	s.head = position{Seq: seq, Hash: record.HashOf(sealed)}
	for s.bytes() > s.opts.MaxBytes && len(s.segments) > 1 {
		dropped = append(dropped, s.dropOldest("the spool was full")...)
	}
	s.broadcast()
	return dropped, nil
}

// write puts a frame at the end of the last segment, or of a new one where that is full. What an earlier
// attempt left there is written over.
func (s *Spool) write(seq uint64, frame []byte) error {
	if a := s.active(); a == nil || a.size > 0 && a.size+int64(len(frame)) > s.opts.SegmentBytes {
		if err := s.begin(seq); err != nil {
			return err
		}
	}
	if s.file == nil {
		file, err := os.OpenFile(s.active().path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		s.file = file
	}
	if _, err := s.file.WriteAt(frame, s.active().size); err != nil {
		return err
	}
	return s.file.Sync()
}

// begin makes a new last segment and sees to it that its name is on disk.
func (s *Spool) begin(seq uint64) error {
	path := filepath.Join(s.dir, segmentName(seq))
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := syncDir(s.dir); err != nil {
		return errors.Join(err, file.Close())
	}
	if s.file != nil {
		if err := s.file.Close(); err != nil {
			s.opts.Logger.Warn("close a full segment", "segment", s.active().path, "error", err)
		}
	}
	if a := s.active(); a != nil {
		a.entries = nil // found again by reading the file
	}
	s.file = file
	s.segments = append(s.segments, &segment{path: path})
	return nil
}

// Head is the last batch sealed, received or not; 0 and no hash before the first.
func (s *Spool) Head() (seq uint64, hash record.Hash) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head.Seq, s.head.Hash
}

// Received is the number of the last batch that the collector confirmed; 0 before the first.
func (s *Spool) Received() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.received.Seq
}

// Bytes is the size of all segments on disk.
func (s *Spool) Bytes() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes()
}

// Len is how many batches wait for a receipt, those included that were dropped meanwhile.
func (s *Spool) Len() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head.Seq - s.received.Seq
}

// Changed is closed at the next Append or Receive.
func (s *Spool) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// Close lets go of the files. The spool must not be used after.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}

func (s *Spool) active() *segment {
	if len(s.segments) == 0 {
		return nil
	}
	return s.segments[len(s.segments)-1]
}

func (s *Spool) bytes() (n int64) {
	for _, g := range s.segments {
		n += g.size
	}
	return n
}

func (s *Spool) broadcast() {
	close(s.changed)
	s.changed = make(chan struct{})
}
