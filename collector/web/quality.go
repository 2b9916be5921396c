package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/people"
	"github.com/lineproof/lineproof/record"
)

// Freeze is the baseline of a control chart's limits.
type Freeze struct {
	From time.Time `query:"freeze_from" doc:"included, RFC 3339; limits are frozen from this baseline; from and to themselves when absent"`
	To   time.Time `query:"freeze_to" doc:"not included, RFC 3339"`
}

// Resolve finds a baseline of which one end is missing, that ends before it begins, or is too long.
func (f *Freeze) Resolve(huma.Context) []error {
	if f.From.IsZero() && f.To.IsZero() {
		return nil
	}
	wrong := ""
	switch {
	case f.From.IsZero() || f.To.IsZero():
		wrong = "takes freeze_from and freeze_to, or neither"
	case !f.From.Before(f.To):
		wrong = "must be before freeze_to"
	case f.To.Sub(f.From) > maxWindow:
		wrong = "must be at most 20 years before freeze_to"
	default:
		return nil
	}
	return []error{&huma.ErrorDetail{Message: wrong, Location: "query.freeze_from", Value: f.From}}
}

func (f Freeze) span() *record.Span {
	if f.From.IsZero() {
		return nil
	}
	return &record.Span{From: f.From, To: f.To}
}

// Charted is what a control chart is of.
type Charted struct {
	Kind    string `query:"kind" enum:"quality,measure" doc:"quality: scrap; measure: the measured variable that measure names. When absent: measure where one is named, else quality"`
	Measure string `query:"measure" doc:"machine.name of a measured variable" example:"press.pressure"`
}

// Resolve finds a kind that does not agree with measure.
func (c *Charted) Resolve(huma.Context) []error {
	switch {
	case c.Kind == "measure" && c.Measure == "":
		return []error{&huma.ErrorDetail{Message: "must be named for kind=measure", Location: "query.measure", Value: c.Measure}}
	case c.Kind == "quality" && c.Measure != "":
		return []error{&huma.ErrorDetail{Message: "takes no measure", Location: "query.kind", Value: c.Kind}}
	}
	return nil
}

// quality registers what tells whether a line's process is in control, and whether its figures can be true.
func quality(a huma.API, b *board.Board, p *people.People, fail problems) {
	type controlInput struct {
		LineID
		Window
		Freeze
		Charted
		By string `query:"by" enum:"hour,shift,day" default:"shift" doc:"one point for each"`
	}
	huma.Get(a, "/api/v1/lines/{line}/control", func(ctx context.Context, in *controlInput) (*body[board.Control], error) {
		chart, err := b.Control(ctx, in.Line, board.ControlQuery{
			From: in.Window.From, To: in.Window.To, By: kpi.By(in.By), Measure: in.Measure, Frozen: in.Freeze.span(),
		})
		return &body[board.Control]{chart}, fail.of(ctx, err)
	}, op("get-line-control", "Control chart of a line's scrap or of a measured variable, with the points that are out of control"))

	type scrapInput struct {
		LineID
		Window
	}
	huma.Get(a, "/api/v1/lines/{line}/scrap", func(ctx context.Context, in *scrapInput) (*body[board.Scrap], error) {
		scrap, err := b.Scrap(ctx, in.Line, in.From, in.To)
		return &body[board.Scrap]{scrap}, fail.of(ctx, err)
	}, op("get-line-scrap", "Reasons for scrap in the order of Pareto"))

	type findingsInput struct {
		LineID
		Window
	}
	huma.Get(a, "/api/v1/lines/{line}/findings", func(ctx context.Context, in *findingsInput) (*body[board.Findings], error) {
		findings, err := b.Findings(ctx, in.Line, in.From, in.To)
		return &body[board.Findings]{findings}, fail.of(ctx, err)
	}, op("get-line-findings", "What physics and a line's own last weeks have against its figures: questions to be asked, not verdicts"))

	type doubtsInput struct {
		LineID
		Window
	}
	huma.Get(a, "/api/v1/lines/{line}/doubts", func(ctx context.Context, in *doubtsInput) (*body[board.Doubts], error) {
		doubts, err := b.Doubts(ctx, in.Line, in.From, in.To)
		return &body[board.Doubts]{doubts}, fail.of(ctx, err)
	}, op("get-line-doubts", "What speaks against the figures of closed days, remembered"))

	type countInput struct {
		LineID
		Signer
		Body struct {
			ID   string    `json:"id" minLength:"1" maxLength:"64" doc:"chosen by the writer's device: what is sent twice is one count"`
			From time.Time `json:"from" doc:"a whole minute, as to is"`
			record.HandCount
		}
	}
	huma.Register(a, huma.Operation{
		OperationID: "count-line", Method: http.MethodPost, Path: "/api/v1/lines/{line}/counts", DefaultStatus: http.StatusNoContent,
		Summary: "Write down what was counted by hand at a machine, to be held against its meters; the ledger keeps it",
	}, func(ctx context.Context, in *countInput) (*struct{}, error) {
		by, err := p.Who(ctx, in.token())
		if err == nil {
			err = b.Count(ctx, in.Line, by, board.CountDraft{ID: in.Body.ID, From: in.Body.From, HandCount: in.Body.HandCount})
		}
		return nil, fail.of(ctx, err)
	})
}
