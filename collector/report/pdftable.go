package report

import "math"

// cellPadding is inside a cell, in millimetres.
const cellPadding = 1.2

// table draws rows; none is split between pages, and the heads stand again on each. A caption stays with the last row.
func (p *page) table(t Table, next []Block) {
	if len(t.Rows) == 0 {
		return
	}
	p.y += 2
	p.fit(p.tableHead(t))
	widths := columns(t.Widths, width)
	p.tableRow(t, 0, widths)
	for i := 1; i < len(t.Rows); i++ {
		height := p.rowHeight(t, i, widths)
		if i == len(t.Rows)-1 && follows(next, Caption) {
			height += 2 * looks[Caption].height()
		}
		if p.y+height > pageHeight-marginLow {
			p.turn()
			p.tableRow(t, 0, widths)
		}
		p.tableRow(t, i, widths)
	}
	p.y += 1.5
}

// tableHead is the height of the heads and the first row.
func (p *page) tableHead(t Table) float64 {
	widths := columns(t.Widths, width)
	height := 2 + p.rowHeight(t, 0, widths)
	if len(t.Rows) > 1 {
		height += p.rowHeight(t, 1, widths)
	}
	return height
}

// columns makes relative widths absolute.
func columns(relative []float64, within float64) (widths []float64) {
	var sum float64
	for _, w := range relative {
		sum += w
	}
	for _, w := range relative {
		widths = append(widths, w/sum*within)
	}
	return widths
}

func (t Table) look(row, column int) look {
	l := look{size: tableSize, leading: 1.2}
	if t.Small {
		l.size, l.leading = smallSize, 1.1
	}
	c := t.Rows[row][column]
	if c.Bold {
		l.style = "B"
	}
	switch {
	case row == 0:
		l.align = centre
	case !t.Read && (c.Number != nil || c.Text == "-"):
		l.align = right
	}
	return l
}

func (p *page) rowHeight(t Table, row int, widths []float64) (height float64) {
	for c, cell := range t.Rows[row] {
		l := t.look(row, c)
		rows := p.rows(p.words(plain(cell.Text), l), l, widths[c]-2*cellPadding)
		height = math.Max(height, float64(len(rows))*l.height())
	}
	if t.Small {
		return height + .8
	}
	return height + 2
}

func (p *page) tableRow(t Table, row int, widths []float64) {
	height := p.rowHeight(t, row, widths)
	p.SetLineWidth(.15)
	x := marginLeft
	for c, cell := range t.Rows[row] {
		p.Rect(x, p.y, widths[c], height, "D")
		l := t.look(row, c)
		lines := p.rows(p.words(plain(cell.Text), l), l, widths[c]-2*cellPadding)
		y := p.y + (height-float64(len(lines))*l.height())/2
		for _, line := range lines {
			line.last = true // cells are not justified
			p.draw(line, l, x+cellPadding, y+points(l.size)*.95, widths[c]-2*cellPadding)
			y += l.height()
		}
		x += widths[c]
	}
	p.y += height
}
