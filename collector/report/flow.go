package report

import "strings"

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

// height is the distance of two base lines.
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

// text sets a line of the template. What heads others stays with them.
func (p *page) text(t Text, next []Block) {
	l, runs := looks[t.Role], t.Runs
	switch t.Role {
	case Section, Subsection:
		p.fit(l.above + l.height() + p.least(next))
	case Paragraph:
		switch b := after(next).(type) {
		case Table:
			p.fit(l.above + 2*l.height() + p.least(next))
		case Signatures: // nobody signs a page without a word on it
			p.fit(l.above + float64(len(p.balanced(p.words(runs, l), l, width)))*l.height() + b.height())
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
