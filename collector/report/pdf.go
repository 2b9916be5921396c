package report

import (
	"bytes"
	"fmt"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifbolditalic"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
)

// The page, in millimetres: A4 with margins as the decree wants them, 20 to 25 above and below, 30 to 35 at the left and
// 15 to 20 at the right. Sizes are in points: text of 13 to 14.
const (
	pageWidth, pageHeight                         = 210., 297.
	marginTop, marginRight, marginLow, marginLeft = 20., 15., 20., 30.
	width                                         = pageWidth - marginLeft - marginRight
	bodySize, tableSize, smallSize                = 13., 11.5, 10.
	family                                        = "serif"
)

// page is the document being set: where the next block begins, and the means to draw it.
type page struct {
	*fpdf.Fpdf
	y float64 // from the head of the sheet
}

// PDF sets a document. The typeface is Liberation Serif, which has the widths of Times New Roman; what is used of it is in
// the file.
func PDF(d Document) ([]byte, error) {
	p := page{Fpdf: fpdf.New("P", "mm", "A4", "")}
	p.SetCatalogSort(true)
	p.SetCreationDate(d.Dated)
	p.SetModificationDate(d.Dated)
	p.SetProducer("Lineproof", true)
	p.SetTitle(d.Title, true)
	p.SetLang(d.Lang)
	p.SetAutoPageBreak(false, 0)
	p.AddUTF8FontFromBytes(family, "", liberationserifregular.TTF)
	p.AddUTF8FontFromBytes(family, "B", liberationserifbold.TTF)
	p.AddUTF8FontFromBytes(family, "I", liberationserifitalic.TTF)
	p.AddUTF8FontFromBytes(family, "BI", liberationserifbolditalic.TTF)
	p.turn()
	for i, b := range d.Blocks {
		p.block(b, d.Blocks[i+1:])
	}
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		return nil, fmt.Errorf("write pdf: %w", err)
	}
	return out.Bytes(), nil
}

// turn begins a page. Its number stands in the middle of the upper margin from the second on.
func (p *page) turn() {
	p.AddPage()
	p.y = marginTop
	if n := p.PageNo(); n > 1 {
		p.font("", bodySize)
		p.centred(pageWidth/2, 13, fmt.Sprint(n))
	}
}

// fit turns the page unless so much height is left.
func (p *page) fit(height float64) {
	if p.y+height > pageHeight-marginLow && p.y > marginTop {
		p.turn()
	}
}

func (p *page) block(b Block, next []Block) {
	switch b := b.(type) {
	case Text:
		p.text(b, next)
	case Letterhead:
		p.letterhead(b)
	case Table:
		p.table(b, next)
	case Chart:
		p.chart(b)
	case Evidence:
		p.evidence(b)
	case Signatures:
		p.signatures(b)
	case PageBreak:
		if p.y > marginTop {
			p.turn()
		}
	}
}

func (p *page) font(style string, size float64) { p.SetFont(family, style, size) }

// centred draws text around x, on the base line y.
func (p *page) centred(x, y float64, text string) {
	p.Text(x-p.GetStringWidth(text)/2, y, text)
}

// points is a size in millimetres.
func points(pt float64) float64 { return pt * 25.4 / 72 }
