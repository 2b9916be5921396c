package spool

import (
	"errors"
	"os"
)

// AppendFrame is for tests that make many segments cheaply.
var AppendFrame = appendFrame

// FailSync lets the next writes reach the disk or not: nobody knows, as after a real failure.
func (s *Spool) FailSync(fail bool) {
	s.sync = syncData
	if fail {
		s.sync = func(*os.File) error { return errors.New("the disk does not answer") }
	}
}
