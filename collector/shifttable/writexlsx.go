package shifttable

import (
	"embed"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/lineproof/lineproof/internal/sheet"
)

//go:embed vi.yaml en.yaml
var files embed.FS

// words are the texts of a workbook in one language.
type words struct {
	Log     string                 `yaml:"log"`     // the sheet of the rows
	Help    string                 `yaml:"help"`    // the sheet that explains
	Heading string                 `yaml:"heading"` // of that sheet, as are the next two
	Name    string                 `yaml:"name"`
	Meaning string                 `yaml:"meaning"`
	Day     string                 `yaml:"day"` // how a time is shown
	Zone    string                 `yaml:"zone"`
	Rules   []string               `yaml:"rules"`
	Columns map[string]columnWords `yaml:"columns"` // by our names
}

// columnWords are those of one column.
type columnWords struct {
	Heading string `yaml:"heading"`
	Meaning string `yaml:"meaning"`
}

// WriteXLSX writes rows for people, in the language vi or en, with times by the zone's clock; without rows it is a
// template. A second sheet explains the columns. What Read gives back is as with WriteCSV.
func WriteXLSX(w io.Writer, rows []Row, zone *time.Location, lang string) error {
	if err := checkAll(rows); err != nil {
		return err
	}
	var texts words
	if err := sheet.Texts(files, lang, &texts); err != nil {
		return fmt.Errorf("write shift log: %w", err)
	}
	f := excelize.NewFile()
	defer f.Close()
	b := workbook{Book: sheet.Book{File: f, Sheet: texts.Log}, words: texts, zone: zone}
	if err := b.write(rows); err != nil {
		return fmt.Errorf("write shift log: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("write shift log: %w", err)
	}
	return nil
}

type workbook struct {
	sheet.Book
	words words
	zone  *time.Location
}

func (b workbook) write(rows []Row) error {
	bold, err := b.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	if err := b.SetSheetName("Sheet1", b.Sheet); err != nil {
		return err
	}
	for n, c := range columns {
		if err := b.column(n+1, c, rows, bold); err != nil {
			return err
		}
	}
	if err := b.FreezeBelow(1); err != nil {
		return err
	}
	return b.help(bold)
}

// column writes one. Its style is that of the cells below too, so that what is typed there stays what it is.
func (b workbook) column(at int, c column, rows []Row, bold int) error {
	style, err := b.NewStyle(&excelize.Style{CustomNumFmt: c.format(b.words)})
	if err != nil {
		return err
	}
	letter, err := excelize.ColumnNumberToName(at)
	if err != nil {
		return err
	}
	if err := b.SetColStyle(b.Sheet, letter, style); err != nil {
		return err
	}
	if err := b.SetColWidth(b.Sheet, letter, letter, c.width()); err != nil {
		return err
	}
	if err := b.Put(at, 1, b.words.Columns[c.name].Heading, bold); err != nil {
		return err
	}
	for n, row := range rows {
		if err := b.Put(at, n+2, b.value(c.value(&row)), style); err != nil {
			return err
		}
	}
	return nil
}

// value is a cell as the workbook keeps it. A time that the clock shows twice is written with its offset.
func (b workbook) value(v any) any {
	at, ok := v.(time.Time)
	if !ok {
		return v
	}
	at = at.In(b.zone)
	if back, m := atClock(sheet.OnTheWall(at), b.zone); m.code != "" || !back.Equal(at) {
		return at.Format(time.RFC3339Nano)
	}
	return at
}

func (c column) format(w words) *string {
	format := "#,##0.###"
	switch {
	case c.moment != nil:
		format = w.Day
	case c.text != nil:
		format = "@"
	case c.whole != nil:
		format = "#,##0"
	case c.name == coverage:
		format = "0.00%"
	}
	return &format
}

func (c column) width() float64 {
	switch {
	case c.name == comment:
		return 40
	case c.moment != nil || c.text != nil:
		return 18
	}
	return 13
}

// help writes the sheet that explains.
func (b workbook) help(bold int) error {
	if _, err := b.NewSheet(b.words.Help); err != nil {
		return err
	}
	wrap, err := b.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	b.Sheet = b.words.Help
	lines := [][]string{{b.words.Heading, b.words.Name, b.words.Meaning}}
	for _, c := range columns {
		lines = append(lines, []string{b.words.Columns[c.name].Heading, c.name, b.words.Columns[c.name].Meaning})
	}
	lines = append(lines, nil, []string{"", "", b.words.Zone + " " + b.zone.String()})
	for _, rule := range b.words.Rules {
		lines = append(lines, []string{"", "", rule})
	}
	for n, line := range lines {
		style := wrap
		if n == 0 {
			style = bold
		}
		for at, text := range line {
			if err := b.Put(at+1, n+1, text, style); err != nil {
				return err
			}
		}
	}
	if err := b.SetColWidth(b.Sheet, "A", "B", 24); err != nil {
		return err
	}
	if err := b.SetColWidth(b.Sheet, "C", "C", 80); err != nil {
		return err
	}
	return b.FreezeBelow(1)
}
