package report

import (
	"bytes"
	"fmt"
	"math"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/lineproof/lineproof/internal/sheet"
)

// The sheet is a grid of narrow columns, which texts and tables take as many of as they need.
const (
	gridColumns = 12
	gridWidth   = 7.3  // of each, in the digits that a spreadsheet measures by
	lineChars   = 950  // of a line over the whole width, times the size of its letters in points; roughly
	lineHeight  = 1.45 // of the size of the letters
)

// form is a document being written to a workbook.
type form struct {
	sheet.Book
	row    int // the next one
	styles map[string]int
	data   string // name of the sheet with the chart's figures
}

// XLSX writes the same document for those who compute with it: numbers are numbers, the chart is the spreadsheet's own. It
// prints on A4 with the document's margins.
func XLSX(d Document) ([]byte, error) {
	file := excelize.NewFile()
	defer file.Close()
	f := &form{Book: sheet.Book{File: file, Sheet: d.Sheet}, row: 1, styles: map[string]int{}, data: d.DataSheet}
	err := file.SetSheetName("Sheet1", f.Sheet)
	if err == nil {
		err = f.setUp(d)
	}
	for _, b := range d.Blocks {
		if err == nil {
			err = f.block(b)
		}
	}
	// The library takes the kinds of pictures from a map.
	kinds := file.ContentTypes.Defaults
	sort.Slice(kinds, func(i, j int) bool { return kinds[i].Extension < kinds[j].Extension })
	var out bytes.Buffer
	if err == nil {
		err = file.Write(&out)
	}
	if err != nil {
		return nil, fmt.Errorf("write xlsx: %w", err)
	}
	return out.Bytes(), nil
}

// setUp makes the page: A4 upright, as many pages as it needs, numbers at the head from the second on.
func (f *form) setUp(d Document) error {
	inches := func(mm float64) *float64 { v := mm / 25.4; return &v }
	steps := []func() error{
		func() error { return f.SetColWidth(f.Sheet, "A", "L", gridWidth) },
		func() error { return f.layOut(f.Sheet, "portrait") },
		func() error {
			return f.SetPageMargins(f.Sheet, &excelize.PageLayoutMarginsOptions{Top: inches(marginTop), Bottom: inches(marginLow), Left: inches(marginLeft), Right: inches(marginRight), Header: inches(10), Footer: inches(10)})
		},
		func() error {
			return f.SetHeaderFooter(f.Sheet, &excelize.HeaderFooterOptions{DifferentFirst: true, OddHeader: `&C&P`})
		},
		func() error {
			day := d.Dated.UTC().Format("2006-01-02T15:04:05Z")
			return f.SetDocProps(&excelize.DocProperties{Title: d.Title, Language: d.Lang, Creator: "Lineproof", Created: day, Modified: day})
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// layOut has a sheet printed on A4, one page wide.
func (f *form) layOut(name, orientation string) error {
	a4, one, any, yes := 9, 1, 0, true
	if err := f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	return f.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &orientation, FitToWidth: &one, FitToHeight: &any})
}

func (f *form) block(b Block) error {
	switch b := b.(type) {
	case Text:
		return f.text(b)
	case Letterhead:
		return f.letterhead(b)
	case Table:
		return f.table(b)
	case Chart:
		return f.chart(b)
	case Evidence:
		return f.evidence(b)
	case Signatures:
		return f.signatures(b)
	case PageBreak:
		return f.InsertPageBreak(f.Sheet, fmt.Sprintf("A%d", f.row))
	}
	return nil
}

// face is how a cell looks.
type face struct {
	size   float64
	style  string // B, I
	align  string // left, center, right, justify
	border bool
	format string
}

func (f *form) style(c face) (int, error) {
	key := fmt.Sprintf("%+v", c)
	if id, ok := f.styles[key]; ok {
		return id, nil
	}
	s := &excelize.Style{
		Font:      &excelize.Font{Family: "Times New Roman", Size: c.size, Bold: strings.Contains(c.style, "B"), Italic: strings.Contains(c.style, "I")},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center", Horizontal: c.align},
	}
	if c.border {
		for _, side := range []string{"left", "top", "right", "bottom"} {
			s.Border = append(s.Border, excelize.Border{Type: side, Color: "000000", Style: 1})
		}
	}
	if c.format != "" {
		s.CustomNumFmt = &c.format
	}
	id, err := f.NewStyle(s)
	f.styles[key] = id
	return id, err
}

// put writes a value over columns of the current row, counted from 1.
func (f *form) put(from, to int, v any, c face) error {
	style, err := f.style(c)
	if err != nil {
		return err
	}
	first, err := excelize.CoordinatesToCellName(from, f.row)
	if err != nil {
		return err
	}
	last, err := excelize.CoordinatesToCellName(to, f.row)
	if err != nil {
		return err
	}
	if from < to {
		if err := f.MergeCell(f.Sheet, first, last); err != nil {
			return err
		}
	}
	if err := f.SetCellStyle(f.Sheet, first, last, style); err != nil {
		return err
	}
	return f.Put(from, f.row, v, style)
}

// next ends a row of a height in points: what is merged gets none by itself.
func (f *form) next(height float64) error {
	row := f.row
	f.row++
	return f.SetRowHeight(f.Sheet, row, math.Min(409, max(height, lineHeight*smallSize)))
}

// heightOf guesses what a text takes over so many columns, in points.
func heightOf(text string, columns int, size float64) float64 {
	room := lineChars / size * float64(columns) / gridColumns
	return math.Ceil(float64(utf8.RuneCountInString(text))/room)*size*lineHeight + 2
}

// text writes a line over the whole width. Parts in bold or italics are not told apart in it.
func (f *form) text(t Text) error {
	l := looks[t.Role]
	c := face{size: l.size, style: l.style, align: map[align]string{left: "left", justified: "justify", centre: "center"}[l.align]}
	text := said(t.Runs)
	if t.Role == Item {
		text = "- " + text
	}
	if err := f.put(1, gridColumns, text, c); err != nil {
		return err
	}
	return f.next(heightOf(text, gridColumns, l.size))
}
