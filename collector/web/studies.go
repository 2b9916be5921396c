package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/people"
	"github.com/lineproof/lineproof/collector/shifttable"
	"github.com/lineproof/lineproof/record"
)

// StudyID is the study named in a path.
type StudyID struct {
	Study string `path:"study" doc:"the study's name" example:"block-quality"`
}

// studies registers what asks whether lines gained, and what came out.
func studies(a huma.API, b *board.Board, p *people.People, fail problems) {
	type listInput struct {
		Line string `query:"line" doc:"only those of a line"`
	}
	type studyList struct {
		Studies []board.Study       `json:"studies" nullable:"false"`
		Metrics []board.StudyMetric `json:"metrics" nullable:"false" doc:"all that a study can be about"`
	}
	huma.Get(a, "/api/v1/studies", func(ctx context.Context, in *listInput) (*body[studyList], error) {
		all, err := b.Studies(ctx, in.Line)
		return &body[studyList]{studyList{all, board.StudyMetrics()}}, fail.of(ctx, err)
	}, op("list-studies", "All studies: what each asks, how far it is and what it came to, sealed or so far"))

	huma.Get(a, "/api/v1/studies/{study}", func(ctx context.Context, in *StudyID) (*body[board.StudyDetail], error) {
		d, err := b.StudyDetail(ctx, in.Study)
		return &body[board.StudyDetail]{d}, fail.of(ctx, err)
	}, op("get-study", "One study: all versions of its protocol, their verdicts, and both sides shift by shift"))

	studyShifts(a, b, fail)
	writeStudies(a, b, p, fail)
}

// studyShifts registers the shifts of a side as a file, from which lineproof study evaluate works out the same figures.
func studyShifts(a huma.API, b *board.Board, fail problems) {
	type input struct {
		StudyID
		Side string `query:"side" enum:"before,after" default:"after"`
	}
	huma.Register(a, download("get-study-shifts", "/api/v1/studies/{study}/shifts.csv", csvType, "The shifts of one side in the columns of the shift log, for lineproof study evaluate"),
		func(ctx context.Context, in *input) (*file, error) {
			d, err := b.StudyDetail(ctx, in.Study)
			if err != nil {
				return nil, fail.of(ctx, err)
			}
			zone, err := b.Zone(d.Line)
			if err != nil {
				return nil, fail.of(ctx, err)
			}
			side := d.Sides.After
			if in.Side == "before" {
				side = d.Sides.Before
			}
			var rows []shifttable.Row
			for _, s := range side.Shifts {
				rows = append(rows, shifttable.Row{Start: s.From, Entry: s.ShiftEntry})
			}
			var out bytes.Buffer
			if err := shifttable.WriteCSV(&out, rows, zone); err != nil {
				return nil, fail.of(ctx, err)
			}
			return &file{csvType, fmt.Sprintf("attachment; filename=%q", in.Study+"_"+in.Side+".csv"), out.Bytes()}, nil
		})
}

// writeStudies registers how studies come to be and to their end.
func writeStudies(a huma.API, b *board.Board, p *people.People, fail problems) {
	type previewStudyInput struct {
		Body struct {
			Line     string               `json:"line"`
			Protocol record.StudyProtocol `json:"protocol"`
			Expected *float64             `json:"expected,omitempty" doc:"value of the metric after that is hoped for"`
			Power    float64              `json:"power,omitempty" default:"0.8" exclusiveMinimum:"0" exclusiveMaximum:"1" doc:"the chance to prove a gain that there is"`
		}
	}
	huma.Register(a, huma.Operation{
		OperationID: "preview-study", Method: http.MethodPost, Path: "/api/v1/studies/preview",
		Summary: "What would become of a protocol: all that is wrong with it, and how many shifts it takes. Nothing is kept",
	}, func(ctx context.Context, in *previewStudyInput) (*body[board.StudyPreview], error) {
		v, err := b.PreviewStudy(ctx, board.StudyDraft{Line: in.Body.Line, StudyProtocol: in.Body.Protocol}, in.Body.Power, in.Body.Expected)
		return &body[board.StudyPreview]{v}, fail.of(ctx, err)
	})

	type registerStudyInput struct {
		Signer
		Body struct {
			ID       string               `json:"id" minLength:"1" maxLength:"64" doc:"chosen by the writer's device: what is sent twice is one version"`
			Line     string               `json:"line"`
			Protocol record.StudyProtocol `json:"protocol"`
		}
	}
	huma.Register(a, huma.Operation{
		OperationID: "register-study", Method: http.MethodPost, Path: "/api/v1/studies", DefaultStatus: http.StatusNoContent,
		Summary: "Register a study, keep a draft of one, or say another version that replaces the last; the ledger keeps each",
	}, func(ctx context.Context, in *registerStudyInput) (*struct{}, error) {
		by, err := p.Who(ctx, in.token())
		if err == nil {
			err = b.RegisterStudy(ctx, by, board.StudyDraft{ID: in.Body.ID, Line: in.Body.Line, StudyProtocol: in.Body.Protocol})
		}
		return nil, fail.of(ctx, err)
	})

	type concludeStudyInput struct {
		StudyID
		Signer
		Body struct {
			ID string `json:"id" minLength:"1" maxLength:"64" doc:"chosen by the writer's device"`
		}
	}
	huma.Register(a, huma.Operation{
		OperationID: "conclude-study", Method: http.MethodPost, Path: "/api/v1/studies/{study}/conclude", DefaultStatus: http.StatusNoContent,
		Summary: "Seal what a study came to, once all of its shifts are over",
	}, func(ctx context.Context, in *concludeStudyInput) (*struct{}, error) {
		by, err := p.Who(ctx, in.token())
		if err == nil {
			err = b.ConcludeStudy(ctx, by, board.StudyConclusion{ID: in.Body.ID, Study: in.Study})
		}
		return nil, fail.of(ctx, err)
	})

	type withdrawStudyInput struct {
		StudyID
		Signer
		Body struct {
			ID  string `json:"id" minLength:"1" maxLength:"64" doc:"chosen by the writer's device"`
			Why string `json:"why" minLength:"1" maxLength:"1000"`
		}
	}
	huma.Register(a, huma.Operation{
		OperationID: "withdraw-study", Method: http.MethodPost, Path: "/api/v1/studies/{study}/withdraw", DefaultStatus: http.StatusNoContent,
		Summary: "Take a study back for good, by its author, before it is concluded; all that was said of it stays",
	}, func(ctx context.Context, in *withdrawStudyInput) (*struct{}, error) {
		by, err := p.Who(ctx, in.token())
		if err == nil {
			err = b.WithdrawStudy(ctx, by, board.StudyWithdrawal{ID: in.Body.ID, Study: in.Study, Why: in.Body.Why})
		}
		return nil, fail.of(ctx, err)
	})
}

// place is a path in a body, such as body.protocol.exclude[0].to.
func place(root string, path []string) string {
	for _, part := range path {
		if _, err := strconv.Atoi(part); err == nil {
			root += "[" + part + "]"
		} else {
			root += "." + part
		}
	}
	return root
}

// wrongStudy names each thing that cannot be, by its place in the body.
func wrongStudy(w *board.WrongStudy) error {
	details := make([]error, 0, len(w.Mistakes))
	for _, m := range w.Mistakes {
		message := m.Message
		if m.Hint != "" {
			message += "; " + m.Hint
		}
		details = append(details, &huma.ErrorDetail{Message: message, Location: place("body.protocol", m.Path), Value: m.Code})
	}
	return huma.Error422UnprocessableEntity("the protocol cannot be", details...)
}
