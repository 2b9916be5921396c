package report

import "math"

// letterhead sets the office at the left, and state and motto at the right, each with its rule.
func (p *page) letterhead(h Letterhead) {
	const share = .42
	office := look{size: 12, leading: 1.25, align: centre}
	bold := office
	bold.style = "B"
	y, leftWidth := p.y, width*share-2
	if h.Above != "" {
		p.set(plain(h.Above), office, marginLeft, leftWidth)
	}
	p.set(plain(h.Office), bold, marginLeft, leftWidth)
	p.font("B", 12)
	length := math.Min(p.GetStringWidth(h.Office), leftWidth)
	p.rule(marginLeft+leftWidth/2, p.y+.8, length*.4)
	bottom := p.y

	x, rightWidth := marginLeft+width*share, width*(1-share)
	p.y = y
	p.set(plain(h.State), bold, x, rightWidth)
	motto := look{size: 13, leading: 1.25, style: "B", align: centre}
	p.set(plain(h.Motto), motto, x, rightWidth)
	p.font("B", 13)
	p.rule(x+rightWidth/2, p.y+.8, p.GetStringWidth(h.Motto))

	p.y = math.Max(bottom, p.y) + 2.5
	line := p.y
	p.set(h.Number, look{size: 13, leading: 1.25, align: centre}, marginLeft, leftWidth)
	p.y = line
	p.set(h.Issued, look{size: 13, leading: 1.25, style: "I", align: centre}, x, rightWidth)
}

// Heights of what is signed, in millimetres.
const (
	handSpace = 26. // for signature and seal
	lineSpace = 6.
)

// signatures stand on one page, side by side.
func (p *page) signatures(s Signatures) {
	p.fit(s.height())
	p.y += 6
	columns := len(s.Columns)
	x, top, end := marginLeft, p.y, p.y
	if s.Recipients != nil {
		p.recipients(s, width*.42)
		x, end = marginLeft+width*.45, p.y
	}
	each := (marginLeft + width - x) / float64(max(1, columns))
	for i, c := range s.Columns {
		p.y = top
		p.signature(c, s.Hint, x+float64(i)*each, each)
		end = math.Max(end, p.y)
	}
	p.y = end
}

// height is about what signatures and recipients take.
func (s Signatures) height() float64 {
	height := 8 + 3*lineSpace + handSpace
	if s.Recipients != nil {
		height = math.Max(height, 8+6+5*float64(len(s.To)+2))
	}
	return height
}

func (p *page) recipients(s Signatures, within float64) {
	p.set(s.Recipients, look{size: 12, leading: 1.2, style: "BI"}, marginLeft, within)
	for _, to := range s.To {
		p.set(to, look{size: 11, leading: 1.2}, marginLeft, within)
	}
}

func (p *page) signature(s Signature, hint string, x, within float64) {
	bold := look{size: bodySize, leading: 1.25, style: "B", align: centre}
	p.set(s.As, bold, x, within)
	p.set(plain(hint), look{size: 11.5, leading: 1.25, style: "I", align: centre}, x, within)
	p.y += handSpace
	p.set(s.Name, bold, x, within)
}
