package report

import (
	"strings"
	"unicode/utf8"
)

// look is how a text is set.
type look struct {
	size    float64 // points
	leading float64 // of the size
	indent  float64 // of the first line, in millimetres
	hang    float64 // of the others
	style   string  // of all of it, beside its own
	align   align
	above   float64 // space before, in millimetres
}

type align int

const (
	left align = iota
	justified
	centre
	right
)

// looks of what a text can be.
var looks = map[Role]look{
	Paragraph:  {size: bodySize, leading: 1.25, indent: 10, align: justified, above: 1.6},
	Title:      {size: 14, leading: 1.25, style: "B", align: centre, above: 7},
	Subtitle:   {size: 14, leading: 1.25, style: "B", align: centre, above: .5},
	Section:    {size: bodySize, leading: 1.25, style: "B", indent: 10, align: left, above: 4},
	Subsection: {size: bodySize, leading: 1.25, style: "B", indent: 10, align: left, above: 2.4},
	Basis:      {size: bodySize, leading: 1.25, style: "I", indent: 10, align: justified, above: 1.6},
	Item:       {size: bodySize, leading: 1.25, indent: 10, align: justified, above: 1.2},
	Caption:    {size: tableSize, leading: 1.2, style: "I", align: left, above: 1.2},
}

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

// draw sets one line, its base line at y.
func (p *page) draw(r row, l look, x, y, within float64) {
	p.font(l.style, l.size)
	space := p.GetStringWidth(" ")
	gaps := 0
	for _, w := range r.words[min(1, len(r.words)):] {
		if !w.glued {
			gaps++
		}
	}
	spare := within - r.width
	if last := len(r.words) - 1; r.last && last >= 0 && r.words[last].blank && (l.align == justified || l.align == left) {
		p.stretch(&r.words[last], l, spare)
		spare = 0
	}
	switch {
	case l.align == centre:
		x += spare / 2
	case l.align == right:
		x += spare
	case l.align == justified && !r.last && gaps > 0:
		space += spare / float64(gaps)
	}
	for i, w := range r.words {
		if i > 0 && !w.glued {
			x += space
		}
		for _, pc := range w.pieces {
			p.font(pc.style, l.size)
			p.Text(x, y, pc.text)
			x += pc.width
		}
	}
}

// stretch adds dots to a blank.
func (p *page) stretch(w *word, l look, by float64) {
	p.font(w.pieces[0].style, l.size)
	if n := int(by / p.GetStringWidth(".")); n > 0 {
		w.pieces = []piece{{w.pieces[0].text + strings.Repeat(".", n), w.pieces[0].style, w.pieces[0].width + by}}
	}
}

// leading is the distance of two base lines.
func (l look) height() float64 { return points(l.size) * l.leading }

// set draws a paragraph at x and moves below it, turning pages as it goes. It never leaves a single line at the foot of a
// page with others to come.
func (p *page) set(runs []Run, l look, x, within float64) {
	rows := p.balanced(p.words(runs, l), l, within)
	p.y += l.above
	p.fit(l.height() * float64(min(2, len(rows))))
	for i, r := range rows {
		p.fit(l.height())
		indent := l.hang
		if i == 0 {
			indent = l.indent
		}
		p.draw(r, l, x+indent, p.y+points(l.size)*.95, within-indent)
		p.y += l.height()
	}
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

// text sets a line of the template. What heads others stays with them.
func (p *page) text(t Text, next []Block) {
	l, runs := looks[t.Role], t.Runs
	switch t.Role {
	case Section, Subsection:
		p.fit(l.above + l.height() + p.least(next))
	case Paragraph:
		if _, ok := after(next).(Table); ok {
			p.fit(l.above + 2*l.height() + p.least(next))
		}
	case Item:
		runs = append(plain("- "), runs...)
	}
	p.set(runs, l, marginLeft, width)
	if t.Role == Subtitle && !follows(next, Subtitle) {
		p.rule(pageWidth/2, p.y+1, width/5)
		p.y += 3
	}
}

func follows(next []Block, role Role) bool {
	t, ok := after(next).(Text)
	return ok && t.Role == role
}

// after is the next block; nil at the end.
func after(next []Block) Block {
	if len(next) == 0 {
		return nil
	}
	return next[0]
}

// least is the height that a heading wants below it.
func (p *page) least(next []Block) float64 {
	if len(next) == 0 {
		return 0
	}
	switch b := next[0].(type) {
	case Text:
		l := looks[b.Role]
		if b.Role == Subsection {
			return l.above + l.height() + p.least(next[1:])
		}
		return l.above + 2*l.height()
	case Table:
		return p.tableHead(b)
	case Chart:
		return chartHeight
	}
	return 0
}

// rule draws a line around x.
func (p *page) rule(x, y, length float64) {
	p.SetLineWidth(.25)
	p.Line(x-length/2, y, x+length/2, y)
}
