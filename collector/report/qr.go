package report

import "rsc.io/qr"

// quiet is the white border that a reader needs, in modules.
const quiet = 4

// code draws a QR code as vectors in a square, with its border.
func (p *page) code(text string, x, y, side float64) error {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return err
	}
	module := side / float64(c.Size+2*quiet)
	p.SetFillColor(0, 0, 0)
	for row := range c.Size {
		for from := 0; from < c.Size; from++ {
			to := from
			for to < c.Size && c.Black(to, row) {
				to++
			}
			if to > from {
				p.Rect(x+module*float64(from+quiet), y+module*float64(row+quiet), module*float64(to-from), module, "F")
				from = to
			}
		}
	}
	return nil
}
