package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progress shows how far a long piece of work has come: a bar that moves on a terminal, a line for every
// tenth elsewhere.
type progress struct {
	w        io.Writer
	title    string
	terminal bool
	begun    time.Time
	shown    int // per mille, of what was printed last
}

func newProgress(w io.Writer, title string) *progress {
	p := &progress{w: w, title: title, begun: time.Now(), shown: -1000}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

// show says that done (0 to 1) of the work is behind, with a word on where that is.
func (p *progress) show(done float64, where string) {
	mille := int(done * 1000)
	step := 100
	if p.terminal {
		step = 2
	}
	if mille < p.shown+step && mille < 1000 || mille == p.shown {
		return
	}
	p.shown = mille
	gone := time.Since(p.begun)
	left := ""
	if done > 0.02 && done < 1 {
		left = fmt.Sprintf(", about %d s left", int((gone.Seconds()/done-gone.Seconds())+0.5))
	}
	if !p.terminal {
		fmt.Fprintf(p.w, "%s: %3d %%  %s%s\n", p.title, mille/10, where, left)
		return
	}
	const width = 32
	full := mille * width / 1000
	fmt.Fprintf(p.w, "\r\x1b[K%s [%s%s] %3d %%  %s%s", p.title, strings.Repeat("█", full), strings.Repeat("·", width-full), mille/10, where, left)
	if mille >= 1000 {
		fmt.Fprintln(p.w)
	}
}
