package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/people"
	"github.com/lineproof/lineproof/collector/shiftlog"
	"github.com/lineproof/lineproof/collector/shifttable"
	"github.com/lineproof/lineproof/record"
)

// logs is what the operations on shift logs need.
type logs struct {
	board  *board.Board
	people *people.People
	log    *shiftlog.Log
	fail   problems
}

// shifts registers the shift log.
func (l logs) shifts(a huma.API) {
	type entriesInput struct {
		LineID
		Window
	}
	type entries struct {
		Entries []shiftlog.Entry `json:"entries" nullable:"false"`
	}
	huma.Get(a, "/api/v1/lines/{line}/log", func(ctx context.Context, in *entriesInput) (*body[entries], error) {
		all, err := l.entries(ctx, in.Line, in.Window)
		return &body[entries]{entries{all}}, l.fail.of(ctx, err)
	}, op("get-line-log", "What people wrote down of the shifts that begin in a window, corrected entries too"))

	huma.Get(a, "/api/v1/lines/{line}/sheet", func(ctx context.Context, in *entriesInput) (*body[board.Sheet], error) {
		sheet, err := l.board.Sheet(in.Line, record.Span{From: in.From.UTC(), To: in.To.UTC()})
		return &body[board.Sheet]{sheet}, l.fail.of(ctx, err)
	}, op("get-line-sheet", "What an entry of the shift log can be of: the line's machines, its products, and its shifts in a window"))

	type writeInput struct {
		LineID
		Signer
		Body struct {
			ID    string    `json:"id" minLength:"1" maxLength:"64" doc:"chosen by the writer's device: what is sent twice is one entry"`
			Start time.Time `json:"shift_start"`
			record.ShiftEntry
		}
	}
	huma.Register(a, huma.Operation{
		OperationID: "write-line-log", Method: http.MethodPost, Path: "/api/v1/lines/{line}/log", DefaultStatus: http.StatusNoContent,
		Summary: "Write down a shift, or correct what was written",
	}, func(ctx context.Context, in *writeInput) (*struct{}, error) {
		line, by, err := l.who(ctx, in.Line, in.Signer)
		if err == nil {
			err = l.log.Write(ctx, line, by, shiftlog.Draft{ID: in.Body.ID, Start: in.Body.Start, ShiftEntry: in.Body.ShiftEntry})
		}
		return nil, l.fail.of(ctx, err)
	})

	type countersignInput struct {
		LineID
		Signer
		Entry string `path:"entry" doc:"its id"`
		Body  struct {
			ID      string      `json:"id" minLength:"1" maxLength:"64" doc:"chosen by the signer's device"`
			Hash    record.Hash `json:"hash" doc:"of the entry that they saw"`
			Agrees  bool        `json:"agrees"`
			Comment string      `json:"comment,omitempty" maxLength:"1000"`
		}
	}
	huma.Register(a, huma.Operation{
		OperationID: "sign-line-log", Method: http.MethodPost, Path: "/api/v1/lines/{line}/log/{entry}/signatures", DefaultStatus: http.StatusNoContent,
		Summary: "Say as a second person whether an entry is right",
	}, func(ctx context.Context, in *countersignInput) (*struct{}, error) {
		line, by, err := l.who(ctx, in.Line, in.Signer)
		if err == nil {
			err = l.log.Sign(ctx, line.ID, by, in.Body.ID, record.Signature{Entry: in.Entry, Hash: in.Body.Hash, Agrees: in.Body.Agrees, Comment: in.Body.Comment})
		}
		return nil, l.fail.of(ctx, err)
	})
	l.files(a)
	l.records(a)
	l.declare(a)
}

// records registers machine records from files, for studies.
func (l logs) records(a huma.API) {
	type importInput struct {
		LineID
		Signer
		File    string `query:"file" minLength:"1" maxLength:"200" required:"true" doc:"the file's name"`
		RawBody []byte `contentType:"application/octet-stream"`
	}
	huma.Register(a, huma.Operation{
		OperationID: "import-line-records", Method: http.MethodPost, Path: "/api/v1/lines/{line}/records", MaxBodyBytes: shifttable.MostBytes + 1,
		Summary: "Seal machine records from a file in the columns of the shift log, for studies that name it: all rows, or none while a cell is wrong",
	}, func(ctx context.Context, in *importInput) (*body[shiftlog.Imported], error) {
		line, by, err := l.who(ctx, in.Line, in.Signer)
		if err != nil {
			return nil, l.fail.of(ctx, err)
		}
		imported, err := l.log.Import(ctx, line, by, in.File, in.RawBody)
		return &body[shiftlog.Imported]{imported}, l.fail.of(ctx, err)
	})
	type recordFiles struct {
		Files []board.StudyFile `json:"files" nullable:"false"`
	}
	huma.Get(a, "/api/v1/lines/{line}/records", func(ctx context.Context, in *LineID) (*body[recordFiles], error) {
		all, err := l.board.StudyFiles(ctx, in.Line)
		return &body[recordFiles]{recordFiles{all}}, l.fail.of(ctx, err)
	}, op("list-line-records", "Files of machine records that were sealed for a line"))
}

// declare registers how a line comes to be that no gateway reads.
func (l logs) declare(a huma.API) {
	type declareInput struct {
		Signer
		Body board.Declaration
	}
	huma.Register(a, huma.Operation{
		OperationID: "declare-line", Method: http.MethodPost, Path: "/api/v1/lines", DefaultStatus: http.StatusNoContent,
		Summary: "Declare a line that no gateway reads, so that it can have a shift log; said again it describes the line anew",
	}, func(ctx context.Context, in *declareInput) (*struct{}, error) {
		by, err := l.people.Who(ctx, in.token())
		if err == nil {
			err = l.board.Declare(ctx, by, in.Body)
		}
		return nil, l.fail.of(ctx, err)
	})
}

// files registers the log as files, in and out.
func (l logs) files(a huma.API) {
	type loadInput struct {
		LineID
		Signer
		File    string `query:"file" minLength:"1" maxLength:"200" required:"true" doc:"the file's name, which the entries keep"`
		Try     bool   `query:"try" doc:"only look what is in it"`
		RawBody []byte `contentType:"application/octet-stream"`
	}
	huma.Register(a, huma.Operation{
		OperationID: "load-line-log", Method: http.MethodPost, Path: "/api/v1/lines/{line}/log/file", MaxBodyBytes: shifttable.MostBytes + 1,
		Summary: "Load a shift log from XLSX or CSV: all of its rows, or none while a cell is wrong",
	}, func(ctx context.Context, in *loadInput) (*body[shiftlog.Loaded], error) {
		line, by, err := l.who(ctx, in.Line, in.Signer)
		if err != nil {
			return nil, l.fail.of(ctx, err)
		}
		loaded, err := l.log.Load(ctx, line, by, in.File, in.RawBody, in.Try)
		return &body[shiftlog.Loaded]{loaded}, l.fail.of(ctx, err)
	})

	type fileInput struct {
		LineID
		From time.Time `query:"from" doc:"included, RFC 3339; without from and to the file is a form to fill in"`
		To   time.Time `query:"to" doc:"not included, RFC 3339"`
		Lang string    `query:"lang" enum:"vi,en" default:"vi" doc:"of the headings in XLSX"`
	}
	as := func(kind, contentType, id string, write func(*bytes.Buffer, []shifttable.Row, *time.Location, string) error) {
		huma.Register(a, download(id, "/api/v1/lines/{line}/log."+kind, contentType, "The shift log as a file that can be loaded again"), func(ctx context.Context, in *fileInput) (*file, error) {
			line, err := l.board.Logs(in.Line)
			if err != nil {
				return nil, l.fail.of(ctx, err)
			}
			rows, err := l.rows(ctx, in.Line, Window{From: in.From, To: in.To})
			if err != nil {
				return nil, l.fail.of(ctx, err)
			}
			var out bytes.Buffer
			if err := write(&out, rows, line.Zone, in.Lang); err != nil {
				return nil, l.fail.of(ctx, err)
			}
			return &file{contentType, fmt.Sprintf("attachment; filename=%q", in.Line+"_log."+kind), out.Bytes()}, nil
		})
	}
	as("csv", csvType, "get-line-log-csv", func(out *bytes.Buffer, rows []shifttable.Row, zone *time.Location, _ string) error {
		return shifttable.WriteCSV(out, rows, zone)
	})
	as("xlsx", xlsxType, "get-line-log-xlsx", func(out *bytes.Buffer, rows []shifttable.Row, zone *time.Location, lang string) error {
		return shifttable.WriteXLSX(out, rows, zone, lang)
	})
}

func (l logs) entries(ctx context.Context, line string, w Window) ([]shiftlog.Entry, error) {
	if err := l.board.Has(line); err != nil {
		return nil, err
	}
	return l.log.Entries(ctx, line, record.Span{From: w.From, To: w.To})
}

// rows are the standing entries; none without a window.
func (l logs) rows(ctx context.Context, line string, w Window) (rows []shifttable.Row, err error) {
	if w.From.IsZero() || w.To.IsZero() {
		return nil, nil
	}
	all, err := l.entries(ctx, line, w)
	for _, e := range shiftlog.Standing(all) {
		rows = append(rows, shifttable.Row{Start: e.Start, Entry: e.ShiftEntry})
	}
	return rows, err
}

// who is the line and the person of something that is said of it.
func (l logs) who(ctx context.Context, line string, s Signer) (shiftlog.Line, string, error) {
	by, err := l.people.Who(ctx, s.token())
	if err != nil {
		return shiftlog.Line{}, "", err
	}
	of, err := l.board.Logs(line)
	return of, by, err
}
