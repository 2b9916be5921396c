package spool

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lineproof/lineproof/internal/durable"
	"github.com/lineproof/lineproof/record"
)

// PositionEvery is how old the file with the position may be while the agent runs.
const PositionEvery = 10 * time.Minute

// position is a place in the gateway's chain. The hash is zero where it is not known.
type position struct {
	Seq  uint64
	Hash record.Hash
}

// places are the two ends of the queue, as they are written to the file.
type places struct {
	done position // up to here nothing needs to be sent
	head position // the last batch sealed, as far as the file knows
}

const positionFile = "received"

func (p places) write(dir string) error {
	return durable.WriteFile(filepath.Join(dir, positionFile), []byte(p.done.line()+p.head.line()))
}

func (p position) line() string {
	text := fmt.Sprintf("%d %s", p.Seq, p.Hash)
	return fmt.Sprintf("%s %08x\n", text, crc32.Checksum([]byte(text), castagnoli))
}

// parsePosition takes back what line made; ok is false where not a character may differ.
func parsePosition(line string) (p position, ok bool) {
	var hash string
	var sum uint32
	if _, err := fmt.Sscanf(line, "%d %s %x\n", &p.Seq, &hash, &sum); err != nil {
		return position{}, false
	}
	if p.Hash.UnmarshalText([]byte(hash)) != nil || p.line() != line {
		return position{}, false
	}
	return p, true
}

// readPosition is false where the first line cannot be relied on. Without a file nothing was received yet.
// The second line may be missing or damaged: the segments say nearly the same.
func readPosition(dir string) (p places, ok bool) {
	data, err := os.ReadFile(filepath.Join(dir, positionFile))
	if errors.Is(err, os.ErrNotExist) {
		return p, true
	}
	if err != nil {
		return p, false
	}
	done, head, _ := strings.Cut(string(data), "\n")
	p.done, ok = parsePosition(done + "\n")
	p.head, _ = parsePosition(head)
	return p, ok
}

// places are those of this moment.
func (s *Spool) places() places {
	if s.spared.Seq > s.received.Seq {
		return places{done: s.spared, head: s.head}
	}
	return places{done: s.received, head: s.head}
}

// keepPosition writes the file where what it says is over. Behind what is true it may stay: batches are
// then sent again after a power cut, which the collector takes for what it is.
func (s *Spool) keepPosition() error {
	p := s.places()
	if p.done == s.written.done {
		return nil
	}
	return s.writePosition(p)
}

func (s *Spool) writePosition(p places) error {
	if err := p.write(s.dir); err != nil {
		return fmt.Errorf("keep the position of spool %q: %w", s.dir, err)
	}
	s.written, s.writtenAt = p, s.opts.Now()
	return nil
}

// positionDue tells whether the file is so old that it has to be written without another reason. A clock
// that went back makes it due.
func (s *Spool) positionDue() bool {
	age := s.opts.Now().Sub(s.writtenAt)
	return age >= PositionEvery || age < 0
}
