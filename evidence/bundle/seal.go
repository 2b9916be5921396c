package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
)

// sealBytes is the length of the archive's comment: a SHA-256 in hexadecimal.
const sealBytes = 2 * sha256.Size

// placeholder stands for the comment until all bytes before it are known.
var placeholder = strings.Repeat("0", sealBytes)

// sealer passes on what is written, but for the last bytes, which close replaces by the hash of all before.
type sealer struct {
	to   io.Writer
	hash hash.Hash
	held []byte
}

func newSealer(to io.Writer) *sealer { return &sealer{to: to, hash: sha256.New()} }

func (s *sealer) Write(b []byte) (int, error) {
	s.held = append(s.held, b...)
	if n := len(s.held) - sealBytes; n > 0 {
		s.hash.Write(s.held[:n])
		if _, err := s.to.Write(s.held[:n]); err != nil {
			return 0, err
		}
		s.held = append(s.held[:0], s.held[n:]...)
	}
	return len(b), nil
}

func (s *sealer) close() error {
	_, err := io.WriteString(s.to, hex.EncodeToString(s.hash.Sum(nil)))
	return err
}

// ErrChanged is of a file that is not as it was written: cut off, or changed on its way.
var ErrChanged = errors.New("the file is not as it was written: its own SHA-256 does not fit")

// Intact holds a file against the hash at its end.
func Intact(r io.ReaderAt, size int64) error {
	if size < sealBytes {
		return fmt.Errorf("%d bytes: %w", size, ErrChanged)
	}
	h, buffer := sha256.New(), make([]byte, 1<<20)
	for at := int64(0); at < size-sealBytes; {
		n, err := r.ReadAt(buffer[:min(int64(len(buffer)), size-sealBytes-at)], at)
		if n == 0 && err != nil {
			return fmt.Errorf("read bundle: %w", err)
		}
		h.Write(buffer[:n])
		at += int64(n)
	}
	said := make([]byte, sealBytes)
	if _, err := r.ReadAt(said, size-sealBytes); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read bundle: %w", err)
	}
	if string(said) != hex.EncodeToString(h.Sum(nil)) {
		return ErrChanged
	}
	return nil
}
