package cells

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// xmlCell is a cell as the file has it.
type xmlCell struct {
	Ref     string  `xml:"r,attr"`
	Type    string  `xml:"t,attr"`
	Style   int     `xml:"s,attr"`
	Formula *string `xml:"f"`
	Value   string  `xml:"v"`
	Inline  xmlText `xml:"is"`
}

// xmlText is a text, plain or in runs that look different.
type xmlText struct {
	Text string `xml:"t"`
	Runs []struct {
		Text string `xml:"t"`
	} `xml:"r"`
}

func (t xmlText) String() string {
	text := t.Text
	for _, r := range t.Runs {
		text += r.Text
	}
	return text
}

// sheet reads the rows of a sheet down to the row last, or all for 0.
func (b *book) sheet(s sheetPart, last int) (*grid, error) {
	r, err := b.reader(s.part, mostUnpacked)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	w := worksheet{book: b, decoder: d, grid: &grid{system: b.system}}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if err := w.element(start); err != nil {
			return nil, err
		}
		if last > 0 && w.row.number > last {
			break
		}
		if len(w.grid.lines) > MostRows+lastHeaderRow {
			return nil, unreadable(TooManyRows, "the file has more than %d rows", MostRows)
		}
	}
	w.endRow()
	return w.grid, nil
}

// worksheet is a sheet while it is read.
type worksheet struct {
	*book
	decoder *xml.Decoder
	grid    *grid
	row     line
	column  int // of the next cell, where it does not say
}

func (w *worksheet) element(start xml.StartElement) error {
	switch start.Name.Local {
	case "row":
		w.endRow()
		number := w.row.number + 1
		if said, err := strconv.Atoi(attribute(start, "r")); err == nil {
			number = said
		}
		if number <= w.row.number || number > excelize.TotalRows {
			return fmt.Errorf("row %d after row %d", number, w.row.number)
		}
		w.row, w.column = line{number: number}, 0
	case "c":
		if w.cells++; w.cells > mostCells {
			return errUnpacked
		}
		var c xmlCell
		if err := w.decoder.DecodeElement(&c, &start); err != nil {
			return err
		}
		return w.cell(c)
	case "mergeCell":
		if a, ok := areaOf(attribute(start, "ref")); ok {
			w.grid.merged = append(w.grid.merged, a)
		}
		if len(w.grid.merged) > mostMerged {
			return errUnpacked
		}
	}
	return nil
}

func (w *worksheet) endRow() {
	if !w.row.empty() {
		w.grid.lines = append(w.grid.lines, w.row)
	}
	w.row = line{number: w.row.number}
}

func (w *worksheet) cell(x xmlCell) error {
	at := w.column
	if x.Ref != "" {
		column, _, err := excelize.CellNameToCoordinates(x.Ref)
		if err != nil {
			return err
		}
		at = column - 1
	}
	w.column = at + 1
	c, err := w.valueOf(x)
	if err != nil {
		return fmt.Errorf("cell %s: %w", x.Ref, err)
	}
	if c.empty() {
		return nil
	}
	if at >= mostColumns {
		return unreadable(TooWide, "row %d has cells past the column %d", w.row.number, mostColumns)
	}
	for len(w.row.cells) <= at {
		w.row.cells = append(w.row.cells, cell{})
	}
	w.row.cells[at] = c
	return nil
}

func (w *worksheet) valueOf(x xmlCell) (cell, error) {
	value := strings.TrimSpace(x.Value)
	switch x.Type {
	case "s":
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || n >= len(w.strings) {
			return cell{}, fmt.Errorf("text %q is not among the %d", value, len(w.strings))
		}
		return cell{text: w.strings[n]}, nil
	case "inlineStr":
		return cell{text: unescaped(x.Inline.String())}, nil
	case "str", "d":
		return cell{text: unescaped(x.Value)}, nil
	case "b":
		return cell{text: strings.NewReplacer("0", "FALSE", "1", "TRUE").Replace(value)}, nil
	case "e":
		return cell{text: value, kind: broken}, nil
	}
	switch {
	case value == "" && x.Formula != nil:
		return cell{text: "=" + strings.TrimSpace(*x.Formula), kind: pending}, nil
	case x.Style >= 0 && x.Style < len(w.isDate) && w.isDate[x.Style]:
		return cell{text: value, kind: dated}, nil
	}
	return cell{text: value, kind: numeric}, nil
}

var escape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescaped is a text as it was before characters that XML cannot hold were written as _x000D_, without spaces around.
func unescaped(s string) string {
	if strings.Contains(s, "_x") {
		s = escape.ReplaceAllStringFunc(s, func(e string) string {
			n, err := strconv.ParseUint(e[2:6], 16, 16)
			if err != nil || utf16.IsSurrogate(rune(n)) {
				return e
			}
			return string(rune(n))
		})
	}
	return strings.TrimSpace(s)
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// areaOf reads such as B5:C8.
func areaOf(ref string) (a area, ok bool) {
	from, to, _ := strings.Cut(ref, ":")
	left, top, err := excelize.CellNameToCoordinates(from)
	if err != nil {
		return a, false
	}
	right, bottom, err := excelize.CellNameToCoordinates(to)
	return area{left - 1, top, right - 1, bottom}, err == nil && right >= left && bottom >= top
}

func (b *book) readStrings(part string) (all []string, err error) {
	r, err := b.reader(part, mostUnpacked)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", part, err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "si" {
			continue
		}
		var t xmlText
		if err := d.DecodeElement(&t, &start); err != nil {
			return nil, fmt.Errorf("%s: %w", part, err)
		}
		if all = append(all, unescaped(t.String())); len(all) > mostStrings {
			return nil, errUnpacked
		}
	}
}
