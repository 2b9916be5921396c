package report

import "fmt"

const (
	chartHeight = 76. // with axis and legend, in millimetres
	chartAxis   = 17. // room for the texts of the upright axis
	chartLegend = 15.
)

// plot is the rectangle that values are drawn in.
type plot struct{ x, y, w, h, low, high float64 }

func (r plot) at(v float64) float64 { return r.y + r.h - (v-r.low)/(r.high-r.low)*r.h }

// chart draws both periods shift by shift. It needs no colour: rings before, discs after.
func (p *page) chart(c Chart) {
	p.y += 3
	p.fit(chartHeight)
	r := plot{x: marginLeft + chartAxis, y: p.y + 6.5, w: width - chartAxis, h: chartHeight - chartLegend - 9}
	r.low, r.high = c.Ticks[0].At, c.Ticks[len(c.Ticks)-1].At
	p.font("B", 10)
	p.Text(marginLeft, p.y+3, c.Name)
	p.grid(c, r)
	slots := 0
	for _, s := range c.Sides {
		slots += max(2, len(s.Values)) + 2
	}
	step, x := r.w/float64(slots), r.x
	for i, s := range c.Sides {
		w := step * float64(max(2, len(s.Values))+2)
		p.chartSide(s, plot{x, r.y, w, r.h, r.low, r.high}, step, i == len(c.Sides)-1)
		if x += w; i < len(c.Sides)-1 {
			p.SetDrawColor(0, 0, 0)
			p.SetLineWidth(.2)
			p.Line(x, r.y, x, r.y+r.h)
		}
	}
	p.target(c, r)
	p.legend(c, p.y+chartHeight-8)
	p.y += chartHeight
}

func (p *page) grid(c Chart, r plot) {
	p.font("", 9)
	for _, t := range c.Ticks {
		y := r.at(t.At)
		p.SetDrawColor(205, 205, 205)
		p.SetLineWidth(.1)
		p.Line(r.x, y, r.x+r.w, y)
		p.Text(r.x-1.5-p.GetStringWidth(t.Text), y+1.1, t.Text)
	}
	p.SetDrawColor(0, 0, 0)
	p.SetLineWidth(.2)
	p.Rect(r.x, r.y, r.w, r.h, "D")
}

// chartSide draws the interval as a band, the mean as a line, and each shift.
func (p *page) chartSide(s ChartSide, r plot, step float64, after bool) {
	if s.Low != nil && s.High != nil {
		p.SetFillColor(222, 222, 222)
		p.Rect(r.x+step/2, r.at(*s.High), r.w-step, r.at(*s.Low)-r.at(*s.High), "F")
	}
	p.SetDrawColor(0, 0, 0)
	if s.Mean != nil {
		p.SetLineWidth(.45)
		p.Line(r.x+step/2, r.at(*s.Mean), r.x+r.w-step/2, r.at(*s.Mean))
	}
	for i, v := range s.Values {
		if v != nil {
			p.dot(r.x+step*(float64(i)+1.5), r.at(*v), after)
		}
	}
	p.font("", 9)
	p.Text(r.x+step/2, r.y+r.h+4, s.From)
	if s.To != s.From {
		p.Text(r.x+r.w-step/2-p.GetStringWidth(s.To), r.y+r.h+4, s.To)
	}
	p.font("B", 9)
	p.centred(r.x+r.w/2, r.y+r.h+4, s.Name)
}

func (p *page) dot(x, y float64, after bool) {
	p.SetLineWidth(.2)
	if after {
		p.SetFillColor(0, 0, 0)
		p.Circle(x, y, .75, "F")
		return
	}
	p.Circle(x, y, .7, "D")
}

func (p *page) target(c Chart, r plot) {
	if c.Target == nil {
		return
	}
	p.SetLineWidth(.35)
	p.SetDashPattern([]float64{2, 1.2}, 0)
	p.Line(r.x, r.at(*c.Target), r.x+r.w, r.at(*c.Target))
	p.SetDashPattern(nil, 0)
}

// legend says what the signs are, in a line.
func (p *page) legend(c Chart, y float64) {
	p.font("", 9)
	x := marginLeft + chartAxis
	signs := []func(x, y float64){
		func(x, y float64) { p.dot(x+3, y, false) },
		func(x, y float64) { p.dot(x+3, y, true) },
		func(x, y float64) {
			p.SetFillColor(222, 222, 222)
			p.Rect(x, y-1.3, 6, 2.6, "F")
			p.SetLineWidth(.45)
			p.Line(x, y, x+6, y)
		},
		func(x, y float64) {
			p.SetLineWidth(.35)
			p.SetDashPattern([]float64{2, 1.2}, 0)
			p.Line(x, y, x+6, y)
			p.SetDashPattern(nil, 0)
		},
	}
	for i, text := range c.Legend {
		if i == 0 && len(c.Sides) < 2 || i == 3 && c.Target == nil {
			continue
		}
		signs[i](x, y)
		p.Text(x+7.5, y+1.1, text)
		x += 7.5 + p.GetStringWidth(text) + 5
	}
}

// evidence sets what can be looked up, with its code at the right.
func (p *page) evidence(e Evidence) {
	const side = 34.
	l := look{size: 10.5, leading: 1.25, hang: 4} // a digest of 64 digits stays in one line
	p.y += 2
	p.fit(side + 12)
	top, page, within := p.y, p.PageNo(), width
	if e.Code != "" {
		within -= side + 5
	}
	for _, row := range e.Rows {
		p.y += .8
		p.set([]Run{{Text: row.Name + ": ", Bold: true}, row.Value}, l, marginLeft, within)
	}
	if e.Code == "" {
		return
	}
	end := p.y
	if err := p.code(e.Code, marginLeft+width-side, top, side); err != nil {
		p.SetError(fmt.Errorf("code: %w", err)) // for Output to give
	}
	p.y = top + side
	p.set(plain(e.Hint), look{size: 9, leading: 1.15, style: "I", align: centre}, marginLeft+width-side-3, side+3)
	if p.PageNo() == page && end > p.y {
		p.y = end
	}
}
