package report

import (
	"fmt"
	_ "image/png" // the spreadsheet library looks at the code's picture

	"github.com/xuri/excelize/v2"
	"rsc.io/qr"
)

const halfGrid = 5 // columns of the office's half of the head

func (f *form) letterhead(h Letterhead) error {
	rows := []struct {
		left, right           string
		leftStyle, rightStyle string
	}{
		{h.Above, h.State, "", "B"}, {h.Office, h.Motto, "B", "B"}, {said(h.Number), said(h.Issued), "", "I"},
	}
	for _, r := range rows {
		if err := f.put(1, halfGrid, r.left, face{size: 12, style: r.leftStyle, align: "center"}); err != nil {
			return err
		}
		if err := f.put(halfGrid+1, gridColumns, r.right, face{size: 12, style: r.rightStyle, align: "center"}); err != nil {
			return err
		}
		if err := f.next(max(heightOf(r.left, halfGrid, 14), heightOf(r.right, gridColumns-halfGrid, 14))); err != nil {
			return err
		}
	}
	return f.next(0)
}

// table gives each column its part of the grid.
func (f *form) table(t Table) error {
	if len(t.Rows) == 0 {
		return nil
	}
	spans := spansOf(t.Widths)
	for i, row := range t.Rows {
		from, height := 1, 0.
		for c, cell := range row {
			looks := face{size: 11, border: true, align: "left", format: cell.Format}
			if cell.Bold {
				looks.style = "B"
			}
			var v any = cell.Text
			switch {
			case i == 0:
				looks.align = "center"
			case cell.Number != nil:
				v = *cell.Number
				if looks.align = "right"; t.Read {
					looks.align = "left"
				}
			}
			if err := f.put(from, from+spans[c]-1, v, looks); err != nil {
				return err
			}
			height = max(height, heightOf(cell.Text, spans[c], 12))
			from += spans[c]
		}
		if err := f.next(height); err != nil {
			return err
		}
	}
	return f.next(0)
}

// spansOf are whole columns of the grid for relative widths, at least one each.
func spansOf(widths []float64) (spans []int) {
	from, sum := 0, 0.
	for i, edge := range columns(widths, gridColumns) {
		sum += edge
		to := max(from+1, int(sum+.5))
		if left := len(widths) - 1 - i; to > gridColumns-left {
			to = gridColumns - left
		}
		spans = append(spans, to-from)
		from = to
	}
	return spans
}

func (f *form) evidence(e Evidence) error {
	first := f.row
	for _, row := range e.Rows {
		text := row.Name + ": " + said([]Run{row.Value})
		if err := f.put(1, gridColumns-3, text, face{size: 11, align: "left"}); err != nil {
			return err
		}
		if err := f.next(heightOf(text, gridColumns-4, 11)); err != nil {
			return err
		}
	}
	if e.Code == "" {
		return nil
	}
	c, err := qr.Encode(e.Code, qr.M)
	if err != nil {
		return fmt.Errorf("code: %w", err)
	}
	picture := &excelize.Picture{Extension: ".png", File: c.PNG(), Format: &excelize.GraphicOptions{AltText: e.Code, LockAspectRatio: true, Positioning: "oneCell", ScaleX: 130 / float64(8*(c.Size+8)), ScaleY: 130 / float64(8*(c.Size+8))}}
	if err := f.AddPictureFromBytes(f.Sheet, fmt.Sprintf("J%d", first), picture); err != nil {
		return err
	}
	for f.row < first+7 { // as high as the picture
		if err := f.next(0); err != nil {
			return err
		}
	}
	return nil
}

func (f *form) signatures(s Signatures) error {
	if err := f.next(0); err != nil {
		return err
	}
	first, from := f.row, 1
	if s.Recipients != nil {
		if err := f.recipients(s); err != nil {
			return err
		}
		f.row, from = first, halfGrid+1
	}
	each := (gridColumns + 1 - from) / max(1, len(s.Columns))
	for line, size := range []float64{bodySize, 11, bodySize} {
		for i, c := range s.Columns {
			text, style := [3]string{said(c.As), s.Hint, said(c.Name)}[line], [3]string{"B", "I", "B"}[line]
			if err := f.put(from+i*each, from+(i+1)*each-1, text, face{size: size, style: style, align: "center"}); err != nil {
				return err
			}
		}
		if err := f.next(heightOf("", 1, size) + size*lineHeight); err != nil {
			return err
		}
		if line == 1 {
			f.row += 4 // for signature and seal
		}
	}
	f.row = max(f.row, first+len(s.To)+1)
	return nil
}

func (f *form) recipients(s Signatures) error {
	lines := append([][]Run{s.Recipients}, s.To...)
	for i, to := range lines {
		c := face{size: 11, align: "left"}
		if i == 0 {
			c = face{size: 12, style: "BI", align: "left"}
		}
		if err := f.put(1, halfGrid, said(to), c); err != nil {
			return err
		}
		f.row++
	}
	return nil
}
