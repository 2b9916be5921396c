package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// screen is where a command shows how far it has come: one line that moves on a terminal, and a plain line
// for every tenth of the way elsewhere.
type screen struct {
	w        io.Writer
	terminal bool
	tenth    int  // that was shown last, where there is no terminal
	dirty    bool // the moving line is there
}

func newScreen(w io.Writer) *screen { return &screen{w: w, terminal: isTerminal(w)} }

// isTerminal tells whether a person is at the other end of a stream.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// at shows that done of all is behind.
func (s *screen) at(done, all int, text string) {
	if s.terminal {
		const width = 24
		full := min(width, done*width/max(all, 1))
		fmt.Fprintf(s.w, "\r\x1b[K[%s%s] %s", strings.Repeat("█", full), strings.Repeat("·", width-full), text)
		s.dirty = true
		return
	}
	if tenth := done * 10 / max(all, 1); tenth > s.tenth {
		s.tenth = tenth
		fmt.Fprintf(s.w, "%3d %%  %s\n", min(tenth*10, 100), text)
	}
}

// clear takes the moving line away.
func (s *screen) clear() {
	if s.dirty {
		fmt.Fprint(s.w, "\r\x1b[K")
		s.dirty = false
	}
	s.tenth = 0
}

// say writes a line that stays.
func (s *screen) say(text string) {
	s.clear()
	fmt.Fprintln(s.w, text)
}

// paint gives text a colour (ANSI 31 red, 32 green, 33 yellow) where w is a terminal and nobody minds.
func paint(w io.Writer, colour int, text string) string {
	if !isTerminal(w) || os.Getenv("NO_COLOR") != "" {
		return text
	}
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", colour, text)
}
