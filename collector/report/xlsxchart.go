package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/lineproof/lineproof/internal/sheet"
)

// chart puts the figures on a sheet of their own, and has the spreadsheet draw them there: on the document's sheet the end
// of a page could cut it in two.
func (f *form) chart(c Chart) error {
	if _, err := f.NewSheet(f.data); err != nil {
		return err
	}
	chart := &excelize.Chart{
		Type: excelize.Scatter, Dimension: excelize.ChartDimension{Width: 640, Height: 330},
		Title: []excelize.RichTextRun{{Text: c.Name}}, Legend: excelize.ChartLegend{Position: "bottom"},
		YAxis: excelize.ChartAxis{Minimum: &c.Ticks[0].At, Maximum: &c.Ticks[len(c.Ticks)-1].At, MajorGridLines: true},
	}
	if err := f.figures(c, func(side, from, to int) { f.series(chart, side < len(c.Sides)-1, from, to) }); err != nil {
		return err
	}
	if err := f.SetColWidth(f.data, "A", "G", 16); err != nil {
		return err
	}
	if err := f.layOut(f.data, "landscape"); err != nil {
		return err
	}
	if err := f.AddChart(f.data, "I2", chart); err != nil {
		return err
	}
	return f.text(Text{Role: Caption, Runs: plain(c.Where)})
}

// figures are those of the chart, a row for each shift; side is told where each side stands.
func (f *form) figures(c Chart, side func(n, from, to int)) error {
	b := sheet.Book{File: f.File, Sheet: f.data}
	format, err := f.NewStyle(&excelize.Style{CustomNumFmt: &c.Format})
	if err != nil {
		return err
	}
	for i, head := range c.Columns {
		if err := b.Put(i+1, 1, head, 0); err != nil {
			return err
		}
	}
	row := 2
	for i, s := range c.Sides {
		from := row
		for _, v := range s.Values {
			for column, cell := range []any{row - 1, s.Name, of(v), of(s.Mean), of(s.Low), of(s.High), of(c.Target)} {
				style := format
				if column < 2 {
					style = 0
				}
				if err := b.Put(column+1, row, cell, style); err != nil {
					return err
				}
			}
			row++
		}
		if row > from {
			side(i, from, row-1)
		}
	}
	return nil
}

// series are one side's shifts as dots, and its mean as a line.
func (f *form) series(chart *excelize.Chart, first bool, from, to int) {
	column := func(name string) string { return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", f.data, name, from, name, to) }
	cell := func(name string, row int) string { return fmt.Sprintf("'%s'!$%s$%d", f.data, name, row) }
	fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"000000"}}
	if first {
		fill.Color = []string{"FFFFFF"}
	}
	chart.Series = append(chart.Series,
		excelize.ChartSeries{Name: cell("B", from), Categories: column("A"), Values: column("C"), Line: excelize.ChartLine{Type: excelize.ChartLineNone}, Marker: excelize.ChartMarker{Symbol: "circle", Size: 5, Fill: fill}},
		excelize.ChartSeries{Name: cell("D", 1), Categories: column("A"), Values: column("D"), Line: excelize.ChartLine{Width: 2}, Marker: excelize.ChartMarker{Symbol: "none"}})
}

// of is a cell of what may not be known.
func of(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}
