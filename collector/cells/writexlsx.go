package cells

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/lineproof/lineproof/internal/sheet"
	"github.com/lineproof/lineproof/record"
)

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
func (f Form[R]) WriteXLSX(w io.Writer, rows []R, zone *time.Location, lang string) error {
	if err := f.checkAll(rows); err != nil {
		return err
	}
	var texts words
	if err := sheet.Texts(f.Texts, lang, &texts); err != nil {
		return fmt.Errorf("write %s: %w", f.Noun, err)
	}
	file := excelize.NewFile()
	defer file.Close()
	b := workbook[R]{Book: sheet.Book{File: file, Sheet: texts.Log}, form: f, words: texts, zone: zone, lang: lang}
	if err := b.write(rows); err != nil {
		return fmt.Errorf("write %s: %w", f.Noun, err)
	}
	if err := file.Write(w); err != nil {
		return fmt.Errorf("write %s: %w", f.Noun, err)
	}
	return nil
}

type workbook[R any] struct {
	sheet.Book
	form  Form[R]
	words words
	zone  *time.Location
	lang  string
}

func (b workbook[R]) write(rows []R) error {
	bold, err := b.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	if err := b.SetSheetName("Sheet1", b.Sheet); err != nil {
		return err
	}
	for n, c := range b.form.Columns {
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
func (b workbook[R]) column(at int, c Column[R], rows []R, bold int) error {
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
	if err := b.Put(at, 1, b.words.Columns[c.Name].Heading, bold); err != nil {
		return err
	}
	if err := b.offer(letter, c); err != nil {
		return err
	}
	for n, row := range rows {
		if err := b.Put(at, n+2, b.value(c, c.value(&row)), style); err != nil {
			return err
		}
	}
	return nil
}

// offer lets a person choose among a column's texts, where they are few: a workbook keeps 255 characters of them. What is
// typed otherwise is not refused here.
func (b workbook[R]) offer(letter string, c Column[R]) error {
	names := choiceNames(c.Choices, b.lang)
	offered := excelize.NewDataValidation(true)
	if len(names) == 0 || offered.SetDropList(names) != nil {
		return nil
	}
	offered.SetSqref(fmt.Sprintf("%s2:%s%d", letter, letter, MostRows))
	return b.AddDataValidation(b.Sheet, offered)
}

// value is a cell as the workbook keeps it. A day is a time without one of the day, and a time that the clock shows twice is written with its offset.
func (b workbook[R]) value(c Column[R], v any) any {
	switch v := v.(type) {
	case record.Date:
		return time.Date(v.Year, v.Month, v.Day, 0, 0, 0, 0, time.UTC)
	case string:
		return b.choice(c, v)
	case time.Time:
		return b.moment(v)
	}
	return v
}

// choice is a text as the language shows it.
func (b workbook[R]) choice(c Column[R], v string) string {
	for _, o := range c.Choices {
		if o.Value == v {
			return o.shown(b.lang)
		}
	}
	return v
}

func (b workbook[R]) moment(at time.Time) any {
	at = at.In(b.zone)
	if back, m := atClock(sheet.OnTheWall(at), b.zone); m.code != "" || !back.Equal(at) {
		return at.Format(time.RFC3339Nano)
	}
	return at
}

func (c Column[R]) format(w words) *string {
	format := "#,##0.###"
	switch {
	case c.Moment != nil:
		format = w.Day
	case c.Day != nil:
		format, _, _ = strings.Cut(w.Day, " ")
	case c.Text != nil:
		format = "@"
	case c.Whole != nil:
		format = "#,##0"
	case c.Share:
		format = "0.00%"
	}
	return &format
}

func (c Column[R]) width() float64 {
	switch {
	case c.Long:
		return 40
	case c.Moment != nil || c.Text != nil:
		return 18
	}
	return 13
}

// help writes the sheet that explains.
func (b workbook[R]) help(bold int) error {
	if _, err := b.NewSheet(b.words.Help); err != nil {
		return err
	}
	wrap, err := b.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	b.Sheet = b.words.Help
	lines := [][]string{{b.words.Heading, b.words.Name, b.words.Meaning}}
	for _, c := range b.form.Columns {
		meaning := b.words.Columns[c.Name].Meaning
		if c.Choices != nil {
			meaning += " " + strings.Join(choiceNames(c.Choices, b.lang), "; ") + "."
		}
		lines = append(lines, []string{b.words.Columns[c.Name].Heading, c.Name, meaning})
	}
	if lines = append(lines, nil); b.words.Zone != "" {
		lines = append(lines, []string{"", "", b.words.Zone + " " + b.zone.String()})
	}
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
