package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/export"
	"github.com/lineproof/lineproof/collector/kpi"
)

// file is an answer to be saved.
type file struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

const (
	csvType  = "text/csv; charset=utf-8"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// download is an operation whose answer is a file.
func download(id, path, contentType, summary string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary,
		Responses: map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{contentType: {}}}},
	}
}

// exports registers the KPI rows as files, with the same figures as /kpi.
func exports(a huma.API, b *board.Board, fail problems) {
	type input struct {
		LineID
		Window
		By   string `query:"by" enum:"machine,product,order,shift,hour,day,week" doc:"one row for each; one row for the line when absent"`
		Lang string `query:"lang" enum:"vi,en" default:"vi" doc:"of the words in XLSX"`
	}
	as := func(kind, contentType, id, summary string, write func(*bytes.Buffer, []kpi.Row, export.Sheet) error) {
		huma.Register(a, download(id, "/api/v1/lines/{line}/kpi."+kind, contentType, summary), func(ctx context.Context, in *input) (*file, error) {
			zone, err := b.Zone(in.Line)
			if err != nil {
				return nil, fail.of(ctx, err)
			}
			line, err := b.Line(ctx, in.Line)
			if err != nil {
				return nil, fail.of(ctx, err)
			}
			rows, err := b.KPI(ctx, in.Line, board.KPIQuery{From: in.From, To: in.To, By: kpi.By(in.By)})
			if err != nil {
				return nil, fail.of(ctx, err)
			}
			title := line.Name[in.Lang]
			if title == "" {
				title = in.Line
			}
			var out bytes.Buffer
			if err := write(&out, rows, export.Sheet{Title: title, Zone: zone, Lang: in.Lang}); err != nil {
				return nil, fail.of(ctx, err)
			}
			day := func(t time.Time) string { return t.In(zone).Format(time.DateOnly) }
			name := fmt.Sprintf("%s_%s_%s.%s", in.Line, day(in.From), day(in.To.Add(-time.Millisecond)), kind)
			return &file{contentType, fmt.Sprintf("attachment; filename=%q", name), out.Bytes()}, nil
		})
	}
	as("csv", csvType, "get-line-kpi-csv", "The rows of kpi as CSV, by the names and in the units of this interface",
		func(out *bytes.Buffer, rows []kpi.Row, s export.Sheet) error { return export.CSV(out, rows, s.Zone) })
	as("xlsx", xlsxType, "get-line-kpi-xlsx", "The rows of kpi as a spreadsheet for people",
		func(out *bytes.Buffer, rows []kpi.Row, s export.Sheet) error { return export.XLSX(out, rows, s) })
}
