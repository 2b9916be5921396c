package report

import (
	"strings"
	"unicode/utf8"
)

// word is text without spaces, of one or more styles.
type word struct {
	pieces []piece
	width  float64
	blank  bool // dots that reach to the end of the line where they are the last
	glued  bool // follows the word before without a space
}

type piece struct {
	text, style string
	width       float64
}

// words measures runs.
func (p *page) words(runs []Run, l look) (all []word) {
	fresh := true // the next text begins a word
	for _, r := range runs {
		style := styleOf(r, l.style)
		p.font(style, l.size)
		if r.Blank {
			w := p.GetStringWidth(dots)
			all = append(all, word{pieces: []piece{{dots, style, w}}, width: w, blank: true, glued: !fresh})
			fresh = false
			continue
		}
		for i, text := range strings.Split(together.Replace(r.Text), " ") {
			if i > 0 {
				fresh = true
			}
			if text == "" {
				continue
			}
			pc := piece{text, style, p.GetStringWidth(text)}
			if last := len(all) - 1; !fresh && last >= 0 && !all[last].blank {
				all[last].pieces, all[last].width = append(all[last].pieces, pc), all[last].width+pc.width
			} else {
				all = append(all, word{pieces: []piece{pc}, width: pc.width, glued: !fresh})
			}
			fresh = false
		}
	}
	return all
}

// together keeps a figure with its sign.
var together = strings.NewReplacer(" %", "\u00a0%")

func styleOf(r Run, style string) string {
	if r.Bold && !strings.Contains(style, "B") {
		style = "B" + style
	}
	if r.Italic && !strings.Contains(style, "I") {
		style += "I"
	}
	return style
}

// row is one line of words.
type row struct {
	words []word
	width float64 // with single spaces
	last  bool    // of its paragraph
}

// rows breaks words into lines of a width. A word that no line can hold is broken anywhere.
func (p *page) rows(words []word, l look, within float64) (rows []row) {
	p.font(l.style, l.size)
	space := p.GetStringWidth(" ")
	room := within - l.indent
	var now row
	end := func() {
		rows, now, room = append(rows, now), row{}, within-l.hang
	}
	for len(words) > 0 {
		w := words[0]
		words = words[1:]
		gap := space
		if len(now.words) == 0 || w.glued {
			gap = 0
		}
		switch {
		case now.width+gap+w.width <= room:
			now.words, now.width = append(now.words, w), now.width+gap+w.width
		case len(now.words) > 0:
			end()
			w.glued = false
			words = append([]word{w}, words...)
		default:
			head, rest := p.broken(w, l, room)
			now.words, now.width = []word{head}, head.width
			end()
			if rest.width > 0 {
				words = append([]word{rest}, words...)
			}
		}
	}
	now.last = true
	return append(rows, now)
}

// broken splits a word where the room ends.
func (p *page) broken(w word, l look, room float64) (head, rest word) {
	pc := w.pieces[0]
	p.font(pc.style, l.size)
	n, width := 0, 0.
	for n < len(pc.text) {
		_, size := utf8.DecodeRuneInString(pc.text[n:])
		if wider := p.GetStringWidth(pc.text[:n+size]); wider <= room || n == 0 {
			n, width = n+size, wider
			continue
		}
		break
	}
	head = word{pieces: []piece{{pc.text[:n], pc.style, width}}, width: width}
	if n < len(pc.text) {
		left := piece{pc.text[n:], pc.style, p.GetStringWidth(pc.text[n:])}
		rest = word{pieces: append([]piece{left}, w.pieces[1:]...), width: w.width - pc.width + left.width}
	} else if len(w.pieces) > 1 {
		rest = word{pieces: w.pieces[1:], width: w.width - pc.width}
	}
	return head, rest
}

// balanced breaks text in the middle into lines of about the same length.
func (p *page) balanced(words []word, l look, within float64) []row {
	rows := p.rows(words, l, within)
	if l.align != centre || len(rows) == 1 {
		return rows
	}
	for less := within - 2; less > within/2; less -= 2 {
		narrow := p.rows(words, l, less)
		if len(narrow) > len(rows) {
			break
		}
		rows = narrow
	}
	return rows
}
