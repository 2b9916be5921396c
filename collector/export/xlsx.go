package export

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/internal/sheet"
)

// Sheet is what an XLSX file says beside the rows.
type Sheet struct {
	Title string         // the line's name
	Zone  *time.Location // of the times
	Lang  string         // vi or en
}

// XLSX writes rows for people: words in their language, times by the clock on the wall, ratios in percent. A cell
// holds the whole figure, however few digits it shows.
func XLSX(w io.Writer, rows []kpi.Row, s Sheet) error {
	words, err := words(s.Lang)
	if err != nil {
		return err
	}
	t, err := tableOf(rows, s.Zone)
	if err != nil {
		return err
	}
	f := excelize.NewFile()
	defer f.Close()
	b := book{Book: sheet.Book{File: f, Sheet: words["sheet"]}, words: words}
	if err := f.SetSheetName("Sheet1", b.Sheet); err != nil {
		return fmt.Errorf("write xlsx: %w", err)
	}
	if err := b.write(t, s); err != nil {
		return fmt.Errorf("write xlsx: %w", err)
	}
	return f.Write(w)
}

type book struct {
	sheet.Book
	words map[string]string
}

// headRow is the row of the columns' names: above it are the title and where the times are from.
const headRow = 3

func (b book) write(t table, s Sheet) error {
	bold, err := b.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	if err := b.Put(1, 1, s.Title, bold); err != nil {
		return err
	}
	if err := b.Put(1, 2, fmt.Sprintf("%s %s", b.words["zone"], s.Zone), 0); err != nil {
		return err
	}
	formats := map[kind]string{moment: "yyyy-mm-dd hh:mm", whole: "#,##0", number: "#,##0.###", share: "0.00%"}
	for n, c := range t.columns {
		style := 0
		if format, ok := formats[c.kind]; ok {
			if style, err = b.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
				return err
			}
		}
		if err := b.Put(n+1, headRow, b.words[c.name], bold); err != nil {
			return err
		}
		for row, cells := range t.cells {
			if err := b.Put(n+1, headRow+1+row, value(cells[n]), style); err != nil {
				return err
			}
		}
	}
	last, err := excelize.ColumnNumberToName(len(t.columns))
	if err != nil {
		return err
	}
	if err := b.SetColWidth(b.Sheet, "A", last, 16); err != nil {
		return err
	}
	return b.FreezeBelow(headRow)
}

// value is a cell as the file keeps it.
func value(cell any) any {
	switch v := cell.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64() // it was one
		return f
	}
	return cell
}
