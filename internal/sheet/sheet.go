// Package sheet is how the tables that people open are written, whatever they hold: texts of a language, cells of a
// workbook, and text that a spreadsheet could take for a formula.
package sheet

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/xuri/excelize/v2"
)

// Texts reads the texts of one language, vi or en, from its file among files into all.
func Texts(files fs.ReadFileFS, lang string, all any) error {
	src, err := files.ReadFile(lang + ".yaml")
	if err != nil {
		return fmt.Errorf("language %q: there are vi and en", lang)
	}
	if err := yaml.UnmarshalWithOptions(src, all, yaml.Strict()); err != nil {
		return fmt.Errorf("texts of %s: %w", lang, err)
	}
	return nil
}

// Harmless keeps a spreadsheet that opens a CSV file from taking text for a formula. Plain takes it back.
func Harmless(text string) string {
	if looksLikeFormula(text) {
		return "'" + text
	}
	return text
}

// Plain is the text that Harmless was given.
func Plain(text string) string {
	if cut, quoted := strings.CutPrefix(text, "'"); quoted && looksLikeFormula(cut) {
		return cut
	}
	return text
}

// looksLikeFormula looks past apostrophes, so that a text that had one before is told from one that was given it.
func looksLikeFormula(text string) bool {
	return strings.IndexAny(strings.TrimLeft(text, "'"), "=+-@\t\r") == 0
}

// OnTheWall is a time as a workbook keeps it: what the clock on the wall shows, for a sheet knows no zones.
func OnTheWall(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// Book is one sheet of a workbook, being written.
type Book struct {
	*excelize.File
	Sheet string
}

// Put writes a cell, counted from 1; nil leaves it empty. A string is never a formula. A time is written as its clock
// shows it, and is a number unless the style says otherwise.
func (b Book) Put(column, row int, v any, style int) error {
	if v == nil {
		return nil
	}
	switch value := v.(type) {
	case string:
		v = escaped(value)
	case time.Time:
		v = serial(value)
	}
	cell, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return err
	}
	if err := b.SetCellValue(b.Sheet, cell, v); err != nil {
		return err
	}
	return b.SetCellStyle(b.Sheet, cell, cell, style)
}

// serial is a time as days since the first. The library does the same, but makes a style for each cell, of which
// there can be 65,430, and rounds to seconds.
func serial(t time.Time) float64 {
	wall := OnTheWall(t)
	return float64(wall.UnixMilli()-time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).UnixMilli()) / (24 * 60 * 60 * 1000)
}

var escape = regexp.MustCompile(`^_x[0-9A-Fa-f]{4}_`)

// escaped keeps a text such as _x0041_ from being shown as A, as a workbook's texts are.
func escaped(text string) string {
	var out strings.Builder
	for n := range len(text) {
		if text[n] == '_' && escape.MatchString(text[n:]) {
			out.WriteString("_x005F")
		}
		out.WriteByte(text[n])
	}
	return out.String()
}

// FreezeBelow keeps the rows down to this one in view.
func (b Book) FreezeBelow(row int) error {
	return b.SetPanes(b.Sheet, &excelize.Panes{Freeze: true, YSplit: row, TopLeftCell: fmt.Sprintf("A%d", row+1), ActivePane: "bottomLeft"})
}
